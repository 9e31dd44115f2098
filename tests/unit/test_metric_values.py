"""Metrics against NumPy and SciPy, with unequal weights."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats

from retrain_sim import metrics
from retrain_sim.base import Frame, Selection, View
from retrain_sim.metrics.sliced_wasserstein import wasserstein_1d

NAMES = ("a", "b", "c", "empty")
KEY = jax.random.key(0)
RELATIVE = 2e-5  # float32 sums of some hundred terms


def sample(seed, n=150, d=3):
    """Weighted outcomes in three of four groups; a tenth is absent."""
    rng = np.random.default_rng(seed)
    weights = rng.gamma(1.0, size=n)
    weights[rng.choice(n, n // 10, replace=False)] = 0
    return View(
        jnp.asarray(rng.normal(size=(n, d)), jnp.float32),
        jnp.asarray(weights, jnp.float32),
        jnp.asarray(rng.normal(size=(2, n)), jnp.float32),
        jnp.asarray(rng.integers(3, size=n), jnp.int32),
    )


VIEW = sample(0)
FRAME = Frame(sample(1, n=90), NAMES, ("r", "s"))
X, W, R, G = (np.asarray(part, np.float64) for part in VIEW)
SHARES = np.bincount(G.astype(int), W, minlength=4) / W.sum()


def close(value):
    return pytest.approx(value, rel=RELATIVE)


def test_shares():
    rows = metrics.Shares()(KEY, VIEW, FRAME)
    assert rows == {f"share/{n}": close(s) for n, s in zip(NAMES, SHARES, strict=True)}


def test_optimal_mass_counts_what_is_as_good_as_the_best():
    peaks = R.max(axis=1)
    rows = metrics.OptimalMass(0.4, jnp.asarray(peaks, jnp.float32))(KEY, VIEW, FRAME)
    best = [(r >= peak - 0.4) @ W / W.sum() for r, peak in zip(R, peaks, strict=True)]
    assert rows == {"optimal/r": close(best[0]), "optimal/s": close(best[1])}
    assert 0 < min(best) < max(best) < 0.2


def test_diversity():
    rows = metrics.Diversity(0.3)(KEY, VIEW, FRAME)
    entropy = scipy.stats.entropy(SHARES)
    uniform = np.full(4, 0.25)
    assert rows == {
        "collapse/class_entropy": close(entropy),
        "collapse/effective_number": close(math.exp(entropy)),
        "collapse/kl_to_uniform": close(scipy.stats.entropy(SHARES, uniform)),
        "collapse/heterozygosity": close(1 - (SHARES**2).sum()),
        "collapse/groups_kept": (SHARES >= 0.3).sum(),
    }
    assert 0 < (SHARES >= 0.3).sum() < 3


def test_a_single_group_has_no_diversity():
    one = VIEW._replace(groups=jnp.zeros_like(VIEW.groups))
    rows = metrics.Diversity(0.01)(KEY, one, FRAME)
    assert float(rows["collapse/class_entropy"]) == 0.0
    assert float(rows["collapse/effective_number"]) == 1.0
    assert float(rows["collapse/heterozygosity"]) == 0.0
    assert float(rows["collapse/groups_kept"]) == 1.0


def test_rewards():
    rows = metrics.Rewards()(KEY, VIEW, FRAME)
    for name, r in zip(("r", "s"), R, strict=True):
        mean = np.average(r, weights=W)
        variance = np.average((r - mean) ** 2, weights=W)
        assert float(rows[f"reward/{name}/mean"]) == close(mean)
        assert float(rows[f"reward/{name}/variance"]) == close(variance)


def test_spread_is_the_mean_trace_of_the_groups_covariances():
    members = [np.flatnonzero(np.equal(G, g)) for g in range(3)]
    traces = [np.trace(np.cov(X[i].T, aweights=W[i], ddof=0)) for i in members]
    rows = metrics.Spread()(KEY, VIEW, FRAME)
    expected = SHARES[:3] @ traces
    assert float(rows["collapse/within_group_spread"]) == close(expected)


def test_spread_of_one_group_is_the_total_variance():
    one = VIEW._replace(groups=jnp.zeros_like(VIEW.groups))
    rows = metrics.Spread()(KEY, one, FRAME)
    expected = np.trace(np.cov(X.T, aweights=W, ddof=0))
    assert float(rows["collapse/within_group_spread"]) == close(expected)


def test_spread_does_not_see_where_the_groups_are():
    moved = VIEW._replace(x=VIEW.x + 100.0 * VIEW.groups[:, None])
    near, far = (metrics.Spread()(KEY, v, FRAME) for v in (VIEW, moved))
    name = "collapse/within_group_spread"
    assert float(far[name]) == pytest.approx(float(near[name]), rel=1e-3)


def weighted_line(seed, n):
    rng = np.random.default_rng(seed)
    weights = rng.gamma(0.5, size=n)
    weights[: n // 5] = 0
    return rng.normal(size=n).round(1), weights


@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 40), (30, 50), (200, 200)])
def test_wasserstein_on_a_line_equals_scipys(n, m):
    """Ties and absent points included."""
    (x, v), (y, w) = weighted_line(n, n), weighted_line(m + 1, m)
    found = wasserstein_1d(*(jnp.asarray(a, jnp.float32) for a in (x, y, v, w)))
    expected = scipy.stats.wasserstein_distance(x, y, v, w)
    assert float(found) == pytest.approx(expected, rel=1e-4)


def test_wasserstein_of_a_sample_to_itself_is_zero():
    x, w = (jnp.asarray(a, jnp.float32) for a in weighted_line(0, 50))
    assert float(wasserstein_1d(x, x[::-1], w, w[::-1])) < 1e-6


def test_sliced_wasserstein_is_the_mean_over_directions():
    """In one dimension there is a single direction, and it is exact."""
    line = VIEW._replace(x=VIEW.x[:, :1])
    reference = FRAME.reference._replace(x=FRAME.reference.x[:, :1])
    rows = metrics.SlicedWasserstein(5)(KEY, line, FRAME.replace(reference=reference))
    expected = scipy.stats.wasserstein_distance(
        X[:, 0], np.asarray(reference.x[:, 0]), W, np.asarray(reference.weights)
    )
    assert float(rows["quality/sliced_wasserstein"]) == close(expected)


def test_sliced_wasserstein_of_a_shift():
    """A shift by v costs |v . u| in direction u, in the mean |v| / 2 for d = 3."""
    shift = jnp.asarray([3.0, 0.0, 4.0])
    frame = FRAME.replace(reference=VIEW)
    moved = VIEW._replace(x=VIEW.x + shift[None])
    rows = metrics.SlicedWasserstein(4000)(KEY, moved, frame)
    expected, sd = 5 / 2, 5 / math.sqrt(12)  # |cos| is uniform on [0, 1]
    error = sd / math.sqrt(4000)
    found = float(rows["quality/sliced_wasserstein"])
    assert abs(found - expected) <= 4 * error


def test_directions_are_the_same_in_every_round():
    metric = metrics.SlicedWasserstein(3)
    a, b = (metric(jax.random.key(i), VIEW, FRAME) for i in (1, 2))
    assert float(a["quality/sliced_wasserstein"]) == float(
        b["quality/sliced_wasserstein"]
    )


SELECTION = Selection(jnp.asarray([0, 1, 1, 2]), jnp.asarray([0, 0, 1, 1]))


def test_kept_shares_count_what_was_kept():
    groups = jnp.asarray([2, 0, 1], jnp.int32)
    view = View(VIEW.x[:3], jnp.ones(3), VIEW.rewards[:, :3], groups)
    rows = metrics.KeptShares()(view, SELECTION, FRAME)
    assert {name: float(v) for name, v in rows.items()} == {
        "selection/share/a": 0.5,
        "selection/share/b": 0.25,
        "selection/share/c": 0.25,
        "selection/share/empty": 0.0,
    }


@pytest.mark.parametrize(
    ("rewards", "voters", "expected"),
    [
        ([[3.0, 2.0, 0.0], [0.0, 1.0, 5.0]], [0, 0, 1, 1], 0.25),
        ([[3.0, 2.0, 0.0], [0.0, 1.0, 5.0]], [0, 0, 0, 0], 0.0),
        ([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]], [0, 1, 0, 1], 0.0),
        ([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]], [0, 0, 0, 1], 0.75),
    ],
)
def test_leakage_counts_what_pleases_another_voter_more(rewards, voters, expected):
    """Only voters that kept something count, and ties do not leak."""
    view = View(VIEW.x[:3], jnp.ones(3), jnp.asarray(rewards), VIEW.groups[:3])
    selection = SELECTION._replace(voter=jnp.asarray(voters))
    rows = metrics.Leakage()(view, selection, FRAME)
    assert float(rows["selection/leakage"]) == expected
