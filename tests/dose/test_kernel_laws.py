"""Kernel ridge regression towards a generator: exact risks and their optima."""

import math

import numpy as np
import pytest
from support import assert_mean

from retrain_sim.dose.laws import (
    PowerLaw,
    best_strength,
    best_strength_exponents,
    best_strength_of_process,
    bound_minimizer,
    bound_regret,
    fit_kernel_ridge,
    fixed_design_risk,
    gaussian_kernel,
    generator_distance,
    kernel_risk,
    power_law_risk,
    published_bound,
)

STRENGTHS = np.geomspace(1e-4, 1e2, 6001)
INPUTS = np.random.default_rng(0).uniform(size=(40, 1))
POINTS = np.linspace(0, 1, 60)[:, None]


def wave(x):
    return 0.3 * np.sin(2 * np.pi * x[:, 0])


@pytest.fixture(scope="module")
def kernels():
    gram = gaussian_kernel(INPUTS, INPUTS, 0.15)
    return gram, gaussian_kernel(POINTS, INPUTS, 0.15)


@pytest.mark.parametrize("strength", [1e-3, 0.1])
def test_risks_are_those_of_simulated_fits(kernels, strength):
    """The solver against the eigendecomposition, over draws of the noise."""
    gram, cross = kernels
    rng = np.random.default_rng(1)
    truth, made = np.cos(INPUTS[:, 0]), np.cos(INPUTS[:, 0]) - wave(INPUTS)
    labels = truth + 0.2 * rng.normal(size=(1000, 40))
    errors = {"points": [], "inputs": []}
    for y in labels:
        alpha = fit_kernel_ridge(gram, y, made, strength)
        errors["points"].append(np.mean((cross @ alpha - wave(POINTS)) ** 2))
        errors["inputs"].append(np.mean((gram @ alpha - wave(INPUTS)) ** 2))
    outside = kernel_risk(gram, cross, (wave(INPUTS), wave(POINTS)), 0.2, [strength])
    inside = fixed_design_risk(gram, wave(INPUTS), 0.2, [strength])
    assert_mean(errors["points"], outside.total[0])
    assert_mean(errors["inputs"], inside.total[0])


def test_the_risk_at_the_inputs_is_the_general_one(kernels):
    gram, _ = kernels
    gap = wave(INPUTS)
    general = kernel_risk(gram, gram, (gap, gap), 0.2, STRENGTHS)
    for one, other in zip(
        fixed_design_risk(gram, gap, 0.2, STRENGTHS), general, strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-9)


def test_the_fit_is_the_minimum_of_its_objective(kernels):
    gram, _ = kernels
    rng = np.random.default_rng(2)
    y, g = rng.normal(size=(2, 40))
    alpha = fit_kernel_ridge(gram, y, g, 0.05)

    def objective(a):
        return np.mean((y - g - gram @ a) ** 2) + 0.05 * a @ gram @ a

    least = objective(alpha)
    for step in rng.normal(size=(20, 40)) * 1e-3:
        assert objective(alpha + step) > least


@pytest.mark.parametrize(
    ("n", "noise", "scale", "expected"),
    [(20, 0.5, 0.2, 0.3125), (80, 0.5, 1.0, 0.003125)],
)
def test_the_best_strength_of_a_process(n, noise, scale, expected):
    """Expected risks over the process are least there, inside and outside."""
    law = best_strength_of_process(n, noise, scale)
    assert law == pytest.approx(expected)
    x = np.random.default_rng(3).uniform(size=(n, 1))
    gram, cross = gaussian_kernel(x, x, 0.15), gaussian_kernel(POINTS, x, 0.15)
    grid = law * np.geomspace(0.5, 2, 141)
    for points, between in (
        (gram, gram),
        (cross, gaussian_kernel(POINTS, POINTS, 0.15)),
    ):
        risks = []
        for lam in grid:
            smooth = points @ np.linalg.inv(gram + n * lam * np.eye(n))
            bias = between - 2 * smooth @ points.T + smooth @ gram @ smooth.T
            risks.append(scale**2 * np.trace(bias) + noise**2 * (smooth**2).sum())
        assert grid[np.argmin(risks)] == pytest.approx(law, rel=0.02)


def test_sampled_processes_have_the_expected_risk(kernels):
    gram, _ = kernels
    values, vectors = np.linalg.eigh(gram)
    root = vectors * np.sqrt(np.maximum(values, 0))
    gaps = 0.3 * np.random.default_rng(4).normal(size=(60, 40)) @ root.T
    risks = [fixed_design_risk(gram, gap, 0.1, [0.01]).total[0] for gap in gaps]
    m = np.maximum(values, 0) / 40
    expected = (0.01**2 * 0.3**2 * 40 * m + 0.1**2 * m**2) / (m + 0.01) ** 2
    assert_mean(risks, expected.mean())


def test_the_sequence_risk_is_a_sum(monkeypatch):
    from retrain_sim.dose.laws import power_law

    monkeypatch.setattr(power_law, "TERMS", 2)
    task = PowerLaw(noise=0.5, decay=1.0, smoothness=0.5, size=2.0)
    (found,) = power_law_risk(task, 10, [0.1])
    first = (0.1**2 * 4 + 0.025) / 1.1**2
    second = (0.1**2 * (2 / 4) ** 2 + 0.025 / 16) / 0.35**2
    assert found == pytest.approx(first + second, rel=1e-12)


@pytest.mark.parametrize(
    ("decay", "smoothness", "in_n", "in_size"),
    [
        (1, 0.5, 0.503, 1.005),
        (1, 0.25, 0.667, 1.333),
        (2, 0.8, 0.451, 0.897),
        (1, 0.8, 0.420, None),
    ],
)
def test_the_best_strength_scales_as_its_exponents(decay, smoothness, in_n, in_size):
    """Exponents hold as N grows: measured slopes come nearer from a known side."""
    task = PowerLaw(1.0, decay, smoothness)
    law = best_strength_exponents(task)
    sizes = (1e5, 1e6)
    few, many = (best_strength(task, n) for n in sizes)
    slope = -math.log10(many / few)
    assert slope == pytest.approx(in_n, rel=0.02)
    assert slope == pytest.approx(law.strength, rel=0.06)
    risks = [power_law_risk(task, n, [best_strength(task, n)])[0] for n in sizes]
    assert -math.log10(risks[1] / risks[0]) == pytest.approx(law.risk, rel=0.03)
    if in_size:
        other = best_strength(task._replace(size=2.0), 1e6)
        assert -math.log2(other / many) == pytest.approx(in_size, rel=0.02)


def test_the_best_strength_is_that_of_a_grid():
    task = PowerLaw(0.5, 2.0, 0.8)
    grid = np.geomspace(0.006, 0.012, 100)
    found = grid[power_law_risk(task, 1000, grid).argmin()]
    assert best_strength(task, 1000) == pytest.approx(found, rel=0.01)


def test_the_minimum_of_the_bound_is_a_minimum():
    task = PowerLaw(0.5, 2.0, 0.8)
    distance = generator_distance(task)
    chosen = bound_minimizer(distance, 0.5, 1000, 2.0)
    values = published_bound(distance, 0.5, 1000, 2.0, STRENGTHS)
    assert STRENGTHS[values.argmin()] == pytest.approx(chosen, rel=0.002)
    assert (np.diff(np.log(values), 2) > -1e-12).all()


def test_the_bound_is_loose_by_a_factor_of_thirty_six():
    task = PowerLaw(0.5, 2.0, 0.8)
    chosen = bound_minimizer(generator_distance(task), 0.5, 1000, 2.0)
    assert chosen == pytest.approx(0.18, rel=0.02)
    assert best_strength(task, 1000) == pytest.approx(0.0087, rel=0.02)
    assert bound_regret(task, 1000) == pytest.approx(36, rel=0.03)


@pytest.mark.parametrize(("decay", "slope"), [(1.0, -0.26667), (2.0, -0.25806)])
def test_the_exponent_of_the_bound_is_not_that_of_the_optimum(decay, slope):
    few, many = (bound_minimizer(1.0, 1.0, n, decay) for n in (1e3, 1e4))
    assert math.log10(many / few) == pytest.approx(slope, abs=1e-5)
    law = best_strength_exponents(PowerLaw(decay=decay, smoothness=0.8))
    assert law.strength > -slope + 0.1


def test_distances_are_sums_and_may_diverge():
    j = np.arange(1.0, 1e6)
    direct = 3 * np.sqrt((j ** (-4 * 0.6)).sum())
    task = PowerLaw(decay=2.0, smoothness=0.8, size=3.0)
    assert generator_distance(task) == pytest.approx(direct, rel=1e-6)
    assert generator_distance(PowerLaw(decay=2.0, smoothness=0.6)) == math.inf
    assert bound_minimizer(0.0, 1.0, 100, 1.0) == math.inf


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: fit_kernel_ridge(np.eye(1), np.ones(1), np.ones(1), 0), "strength"),
        (lambda: best_strength(PowerLaw(decay=0.5), 10), "decay contains 0.5"),
        (lambda: PowerLaw(smoothness=-0.4).check(), "smoothness contains -0.4"),
        (lambda: best_strength_of_process(5, 1.0, 0.0), "scale contains 0"),
        (lambda: published_bound(1.0, 1.0, 10, 1.0, [0.0]), "strengths contains 0"),
    ],
)
def test_arguments_out_of_range_are_named(call, says):
    with pytest.raises(ValueError, match=says):
        call()
