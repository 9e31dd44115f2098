"""Distances between samples: against POT, exact cases, and what they can resolve."""

import math

import jax
import numpy as np
import pytest

from retrain_sim.dose.distances import (
    KINDS,
    kinds_for,
    resolve,
    squared_bures,
    squared_sinkhorn,
    squared_sliced,
    squared_w2_line,
)
from retrain_sim.dose.distances.line import pairing, squared_w2_sorted
from retrain_sim.dose.distances.sliced import directions
from retrain_sim.metrics.frechet import frechet_distance
from retrain_sim.metrics.sliced_wasserstein import wasserstein_1d

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(60, 3)), 0.5 + 1.3 * RNG.normal(size=(45, 3))
SHIFT = np.array([1.0, 2.0, 2.0])


@pytest.fixture(scope="module")
def ot():
    return pytest.importorskip("ot")


@pytest.mark.parametrize("m", [1, 7, 45, 60])
def test_transport_on_a_line_is_exact(ot, m):
    x, y = X[:, 0], Y[:m, 0] if m <= 45 else 2 * X[:, 1]
    expected = ot.wasserstein_1d(x, y, p=2)
    assert squared_w2_line(x, y) == pytest.approx(expected, rel=1e-12)


def test_pairs_carry_the_first_distance_too():
    """Our pairing with |x - y| is the W1 of the metrics, which integrates |F - G|."""
    first, second, mass = pairing(60, 45)
    moved = np.abs(np.sort(X[:, 0])[first] - np.sort(Y[:, 0])[second]) @ mass
    sizes = (np.ones(60, np.float32), np.ones(45, np.float32))
    lines = (X[:, 0].astype(np.float32), Y[:, 0].astype(np.float32))
    assert moved == pytest.approx(float(wasserstein_1d(*lines, *sizes)), rel=1e-5)


@pytest.mark.parametrize(("n", "m"), [(1, 1), (3, 5), (4, 6), (100, 99)])
def test_pairs_use_every_point_up(n, m):
    first, second, mass = pairing(n, m)
    np.testing.assert_allclose(np.bincount(first, mass), np.full(n, 1 / n), rtol=1e-9)
    np.testing.assert_allclose(np.bincount(second, mass), np.full(m, 1 / m), rtol=1e-9)
    assert len(mass) <= n + m - 1


def test_sliced_distances_are_those_of_pot(ot):
    across = directions(3, 512)
    expected = ot.sliced_wasserstein_distance(X, Y, projections=across.T) ** 2
    assert squared_sliced(X, Y) == pytest.approx(expected, rel=1e-6)


def test_many_rows_are_sliced_by_threads_alike(monkeypatch):
    from retrain_sim.dose.distances import sliced

    alone = squared_sliced(X, Y)
    monkeypatch.setattr(sliced, "WORTH_THREADS", 0)
    assert squared_sliced(X, Y) == pytest.approx(alone, rel=1e-12)


def test_a_far_offset_costs_no_digits():
    far = squared_sliced(X + 1e6, X + 1e6 + SHIFT)
    assert far == pytest.approx(squared_sliced(X, X + SHIFT), rel=1e-4)
    assert squared_sinkhorn(X + 1e6, X + 1e6 + SHIFT) == pytest.approx(9.0, rel=1e-3)


def test_distances_of_gaussians_are_those_of_pot(ot):
    moments = [(z.mean(0), np.cov(z.T, ddof=0)) for z in (X, Y)]
    (m, c), (other_m, other_c) = moments
    expected = ot.gaussian.bures_wasserstein_distance(m, other_m, c, other_c) ** 2
    assert squared_bures(X, Y) == pytest.approx(expected, rel=1e-9)


def test_distances_of_gaussians_are_those_of_the_metric():
    rows = [(z.astype(np.float32), np.ones(len(z), np.float32)) for z in (X, Y)]
    metric = float(frechet_distance(*rows))
    assert squared_bures(X, Y) == pytest.approx(metric, rel=1e-5)


def entropic(ot, x, y, eps):
    """Compute POT's plan, and from it the primal value."""
    costs = ot.dist(x, y)
    a, b = (np.full(len(z), 1 / len(z)) for z in (x, y))
    plan = ot.bregman.sinkhorn_log(a, b, costs, eps, numItermax=20_000, stopThr=1e-9)
    logs = np.log(np.maximum(plan, 1e-300) / np.outer(a, b))
    return (plan * costs).sum() + eps * (plan * logs).sum()


@pytest.mark.parametrize("epsilon", [0.15, 1.0])
def test_sinkhorn_divergences_are_those_of_pot(ot, epsilon):
    eps = epsilon * ot.dist(X, Y).mean()
    cross, own = entropic(ot, X, Y, eps), [entropic(ot, z, z, eps) for z in (X, Y)]
    expected = cross - sum(own) / 2
    assert squared_sinkhorn(X, Y, epsilon) == pytest.approx(expected, rel=3e-5)
    with jax.enable_x64(True):
        assert squared_sinkhorn(X, Y, epsilon) == pytest.approx(expected, rel=1e-8)


def test_sinkhorn_lies_between_transport_and_the_means():
    exact = squared_w2_line(X[:, 0], Y[:, 0])
    means = (X[:, 0].mean() - Y[:, 0].mean()) ** 2
    with jax.enable_x64(True):
        near, far = (squared_sinkhorn(X[:, :1], Y[:, :1], e) for e in (2e-3, 1e3))
    assert near == pytest.approx(exact, rel=0.02)
    assert far == pytest.approx(means, rel=0.02)


@pytest.mark.parametrize("kind", ["bures", "sinkhorn", "sliced"])
def test_a_shift_has_its_length(kind):
    """Sliced ones times the dimension: on average over directions."""
    squared = KINDS[kind].squared(X, X + SHIFT)
    gap2 = KINDS[kind].gap2(squared, 3)
    assert gap2 == pytest.approx(9.0, rel=0.2 if kind == "sliced" else 1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sample_is_at_no_distance_of_itself(kind):
    assert KINDS[kind].squared(X[:, :1], X[:, :1]) == pytest.approx(0, abs=1e-6)


def test_a_line_needs_one_feature():
    assert "wasserstein-1d" in kinds_for(1)
    assert "wasserstein-1d" not in kinds_for(2)
    with pytest.raises(ValueError, match="one feature, got 3"):
        KINDS["wasserstein-1d"].squared(X, Y)


@pytest.mark.parametrize(("kind", "dim"), [("sliced", 3), ("bures", 3),
                                           ("wasserstein-1d", 1)])  # fmt: skip
def test_debiased_distances_and_errors_are_right(kind, dim):
    """Over many samples: no bias beyond 4 standard errors, errors of the right size."""
    found, truth = [], 0.36 / (dim if kind == "sliced" else 1)
    for seed in range(40):
        rng = np.random.default_rng(seed)
        x, y = rng.normal(size=(60, dim)), rng.normal(size=(90, dim))
        y[:, 0] += 0.6
        found.append(resolve(x, y, kind, draws=10, seed=seed))
    gaps = np.array([r.gap2 for r in found])
    spread = gaps.std(ddof=1)
    assert abs(gaps.mean() - truth) < 4 * spread / math.sqrt(len(gaps))
    assert 0.6 < np.mean([r.error for r in found]) / spread < 1.8
    inside = [r.interval[0] ** 2 <= truth <= r.interval[1] ** 2 for r in found]
    assert np.mean(inside) > 0.7


@pytest.mark.parametrize("kind", ["sliced", "bures"])
def test_no_distance_is_rarely_resolved(kind):
    """Two samples of one law: 90 % intervals err on at most one side, 5 %."""
    claims = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        x, y = rng.normal(size=(2, 40, 2))
        claims.append(resolve(x, y, kind, draws=10, seed=seed).resolvable)
    assert np.mean(claims) < 0.05 + 4 * math.sqrt(0.05 * 0.95 / 40)


def test_the_floor_is_the_distance_of_two_real_halves():
    rng = np.random.default_rng(0)
    few, many = rng.normal(size=(30, 2)), rng.normal(size=(3000, 2))
    floors = [resolve(z, z + 5.0, draws=10).floor for z in (few, many)]
    assert 0 < floors[1] < floors[0] / 3
    expected = math.sqrt(squared_sliced(many[::2], many[1::2], 128))
    assert floors[1] == pytest.approx(expected, rel=0.5)


def test_too_few_points_are_refused():
    with pytest.raises(ValueError, match="3 and 60 points"):
        resolve(X[:3], X)


def test_sorted_pairs_broadcast_over_directions():
    x, y = np.sort(X.T, axis=1), np.sort(Y.T, axis=1)
    rows = squared_w2_sorted(x, y, pairing(60, 45))
    each = [squared_w2_line(a, b) for a, b in zip(X.T, Y.T, strict=True)]
    np.testing.assert_allclose(rows, each, rtol=1e-12)


def test_points_that_nearly_coincide_are_at_no_distance():
    """Rounding of a mean made them 1e-16 apart, and their costs underflow."""
    rng = np.random.default_rng(0)
    same, spread = np.full((20, 3), 0.1), rng.normal(size=(30, 3))
    assert squared_sinkhorn(same, same[:10]) == pytest.approx(0, abs=1e-20)
    assert squared_sinkhorn(same, same[:10] * (1 + 1e-15)) < 1e-20
    assert not resolve(same, same, "sinkhorn", draws=2).resolvable
    far = squared_sinkhorn(spread, spread + 2.0)
    tiny = squared_sinkhorn(1e-25 * spread, 1e-25 * (spread + 2.0))
    assert tiny / 1e-50 == pytest.approx(far, rel=1e-3)
