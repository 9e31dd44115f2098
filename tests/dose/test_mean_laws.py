"""Laws of mixed means, against simulation, grids and each other."""

import math

import numpy as np
import pytest
from support import assert_mean

from retrain_sim.dose.laws import (
    AdaptationTask,
    StabilityTask,
    best_adaptation_weight,
    best_mean_ratio,
    best_mean_weight,
    best_stable_share,
    mean_task,
    pool_tasks,
    stability_bound,
    u_shape_threshold,
    useless_distance,
)

RATIOS = np.concatenate([[0.0], np.geomspace(1e-4, 1e4, 200_001)])
SHARES = np.linspace(0, 1, 200_001)


def squares(estimate):
    return (estimate**2).sum(axis=-1)


@pytest.mark.parametrize("ratio", [0, 0.5, 3])
@pytest.mark.parametrize("made_sd", [0.7, 1.3])
def test_risk_of_pooling_is_that_of_simulated_means(ratio, made_sd):
    rng = np.random.default_rng(0)
    n, d, gap = 8, 3, 0.4
    task = mean_task(n, gap, d, d * made_sd**2)
    real = rng.normal(size=(20_000, n, d))
    made = made_sd * rng.normal(size=(20_000, int(ratio * n), d))
    made[..., 0] += gap
    pooled = np.concatenate([real, made], axis=1).mean(axis=1)
    assert_mean(squares(pooled), task.risk(ratio))


@pytest.mark.parametrize(("gap", "expected"), [(0.3, 7.69), (0.5, 2.22)])
def test_reference_values_of_the_pooled_law(gap, expected):
    task = mean_task(20, gap)
    assert 20 * best_mean_ratio(task) == pytest.approx(expected, abs=0.005)
    grid = RATIOS[task.risk(RATIOS).argmin()]
    assert best_mean_ratio(task) == pytest.approx(grid, rel=1e-3)


@pytest.mark.parametrize("made", [0.0, 0.5, 1.0, 1.7, 2.5])
@pytest.mark.parametrize("gap", [0.0, 0.1, 0.3, 1.0])
def test_no_ratio_beats_the_best_one(gap, made):
    task = mean_task(20, gap, 1.0, made)
    best = best_mean_ratio(task)
    assert task.risk(best) <= task.risk(RATIOS).min() + 1e-15
    assert task.risk(best) <= min(task.risk(0.0), gap**2)


def test_the_u_shape_begins_at_its_threshold():
    threshold = u_shape_threshold(mean_task(20, 0.0, 1.0, 0.8))
    assert threshold == pytest.approx(math.sqrt(0.8 / 40))
    below, above = (mean_task(20, f * threshold, 1.0, 0.8) for f in (0.99, 1.01))
    assert best_mean_ratio(below) == math.inf
    assert (np.diff(below.risk(RATIOS)) <= 0).all()
    assert 0 < best_mean_ratio(above) < math.inf
    signs = np.sign(np.diff(above.risk(np.linspace(0, 400, 4000))))
    assert (np.diff(signs) >= 0).all()
    assert {*signs} == {-1, 1}


def test_noisy_synthetic_points_cannot_help_a_pool():
    assert best_mean_ratio(mean_task(20, 1.0, 1.0, 2.0)) == 0.0
    assert best_mean_ratio(mean_task(20, 0.1, 1.0, 2.5)) == math.inf


@pytest.mark.parametrize("ratio", [0.3, 2.0, math.inf])
def test_the_best_weight_is_that_of_a_grid(ratio):
    task = mean_task(20, 0.3, 1.0, 1.6)
    few = 0.0 if ratio == math.inf else task.synthetic_error / ratio
    risk = SHARES**2 * (0.09 + few) + (1 - SHARES) ** 2 * task.real_error
    best = best_mean_weight(task, ratio)
    assert best == pytest.approx(SHARES[risk.argmin()], abs=1e-5)
    assert risk.min() == pytest.approx(task.real_error * (1 - best), rel=1e-6)


def test_reference_value_of_the_best_weight():
    assert best_mean_weight(mean_task(20, 0.3)) == pytest.approx(0.357, abs=5e-4)
    weight = best_mean_weight(mean_task(20, 0.3))
    assert weight / (1 - weight) == pytest.approx(1 / (20 * 0.3**2))


def test_pooled_tasks_have_the_mean_risk():
    tasks = [mean_task(20, 0.1, 2.0), mean_task(5, 0.6, 1.0, 0.3)]
    both = pool_tasks(tasks, [0.25, 0.75])
    risk = 0.25 * tasks[0].risk(RATIOS) + 0.75 * tasks[1].risk(RATIOS)
    np.testing.assert_allclose(both.risk(RATIOS), risk, rtol=1e-12)


@pytest.mark.parametrize("curved", [False, True])
def test_the_stable_share_is_the_least_of_its_bound(curved):
    task = StabilityTask(200, 0.004, 1.3, 0.8, 1.1, curved)
    bound = stability_bound(task, SHARES[1:])
    best = best_stable_share(task)
    assert 0 < best < 1
    assert best == pytest.approx(SHARES[1:][bound.argmin()], abs=1e-5)
    larger, farther = task._replace(n_real=400), task._replace(distance=0.008)
    assert max(best_stable_share(larger), best_stable_share(farther)) < best


def test_the_share_is_zero_from_the_useless_distance_on():
    task = StabilityTask(100, 0.0)
    far = useless_distance(task)
    assert best_stable_share(task._replace(distance=far)) == 0
    assert best_stable_share(task._replace(distance=0.99 * far)) > 0
    assert useless_distance(task._replace(synthetic_curvature=True)) == math.inf


def test_small_shares_of_the_curved_bound():
    task = StabilityTask(10**6, 2.0, 1.3, 0.8, 1.1, True)
    approximate = 1.3 / math.sqrt(10**6 * 1.1 * 0.8 * 2.0)
    assert best_stable_share(task) == pytest.approx(approximate, rel=1e-5)


def test_the_adaptation_weight_is_that_of_a_simulation():
    rng = np.random.default_rng(1)
    source, made = rng.normal(size=(2, 5)) / 5
    task = AdaptationTask(source, made, 5 / 20, 5 / 30)
    best = best_adaptation_weight(task)
    assert 0 < best < 1
    risks = task.risk(SHARES)
    assert best == pytest.approx(SHARES[risks.argmin()], abs=1e-5)
    means = [b + rng.normal(size=(40_000, 5)) / np.sqrt(n)
             for b, n in ((source, 20), (made, 30))]  # fmt: skip
    mixed = (1 - best) * means[0] + best * means[1]
    assert_mean(squares(mixed), task.risk(best)[0])


def test_opposed_biases_cancel():
    off = np.array([1.0, 0.0])
    assert best_adaptation_weight(AdaptationTask(off, -off, 0.0, 0.0)) == 0.5
    assert best_adaptation_weight(AdaptationTask(0 * off, off, 0.0, 0.1)) == 0.0
    in_domain = best_adaptation_weight(AdaptationTask(0 * off, 0.3 * off, 0.05, 0.0))
    assert in_domain == pytest.approx(best_mean_weight(mean_task(20, 0.3)))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: mean_task(0, 1.0), "n_real is 0"),
        (lambda: mean_task(5, -1.0), "gap contains -1"),
        (lambda: mean_task(5, 1.0, 0.0), "variance contains 0"),
        (lambda: best_mean_weight(mean_task(5, 1.0), 0.0), "ratio is 0"),
        (lambda: stability_bound(StabilityTask(5, 1.0), [1.5]), "shares contains 1.5"),
        (lambda: best_stable_share(StabilityTask(5, math.nan)), "distance contains"),
    ],
)
def test_arguments_out_of_range_are_named(call, says):
    with pytest.raises(ValueError, match=says):
        call()


@pytest.mark.parametrize(
    "law",
    [best_mean_ratio, best_mean_weight, best_adaptation_weight, best_stable_share],
)
def test_laws_say_what_they_assume(law):
    assert law.assumes
