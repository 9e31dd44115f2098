"""Metrics of nearest neighbors against prdc, SciPy and known entropies."""

import math

import numpy as np
import pytest
import scipy.spatial
from samples import (
    assert_blocks_change_nothing,
    counted,
    measure,
    measure_all,
    repeated,
)
from scipy.special import digamma, gammaln
from support import assert_mean

from retrain_sim import metrics
from retrain_sim.metrics.pairwise import neighbor_squares

FAKE, REAL = counted(0, n=90, shift=0.5), counted(1, n=70)
X, Y = repeated(FAKE), repeated(REAL)
ONCE = [(x, np.ones(len(x), np.float32)) for x, _ in (FAKE, REAL)]


@pytest.mark.parametrize("k", [1, 4, 30])
def test_distances_to_neighbors_equal_those_of_a_tree(k):
    """Every copy of a row is a neighbor of the others, at distance zero."""
    x, counts = FAKE
    present = counts > 0
    found = np.sqrt(neighbor_squares(x, counts, k))[present]
    distances, _ = scipy.spatial.cKDTree(X).query(x[present], k=[k + 1])
    np.testing.assert_allclose(found, distances[:, 0], rtol=1e-5)


def test_too_few_neighbors_reach_to_the_farthest():
    x = np.array([[0.0], [1.0], [4.0], [99.0]], np.float32)
    found = neighbor_squares(x, np.array([1, 1, 1, 0], np.float32), 7)
    np.testing.assert_array_equal(found[:3], [16, 9, 16])


@pytest.mark.parametrize("samples", [(FAKE, REAL), ONCE], ids=["counts", "once"])
@pytest.mark.parametrize("k", [1, 5])
def test_precision_and_recall_equal_prdcs(samples, k):
    prdc = pytest.importorskip("prdc")
    fake, real = samples
    expected = prdc.compute_prdc(repeated(real), repeated(fake), k)
    found = measure(metrics.PrecisionRecall(k), fake, real)
    for name, value in expected.items():
        assert found[f"fidelity/{name}"] == pytest.approx(value, rel=1e-6)
    assert 0 < found["fidelity/precision"] < 1


def test_a_sample_that_is_the_real_one_is_perfect():
    """Neighbors are counted as exactly as they are measured: copies are at 0."""
    found = measure(metrics.PrecisionRecall(5), ONCE[1], ONCE[1])
    assert found == pytest.approx({f"fidelity/{n}": 1 for n in PERFECT}, rel=1e-6)


PERFECT = ("precision", "recall", "density", "coverage")


def test_density_and_coverage_of_one_law_are_as_documented():
    """1, and 1 - (n-1)...(n-k) / (2n-1)...(2n-k), which tends to 1 - 2^-k."""
    n, k = 20, 3
    rng = np.random.default_rng(3)
    pairs = rng.normal(size=(2, 400, n, 2)).astype(np.float32)
    rows = measure_all(metrics.PrecisionRecall(k), *pairs)
    missed = math.prod((n - i) / (2 * n - i) for i in range(1, k + 1))
    assert_mean(rows["fidelity/density"], 1.0)
    assert_mean(rows["fidelity/coverage"], 1 - missed)


@pytest.mark.parametrize(("k", "d"), [(1, 1), (3, 2), (5, 4)])
def test_entropy_equals_its_formula(k, d):
    x, ones = counted(4, n=200, d=d)[0], np.ones(200, np.float32)
    radii, _ = scipy.spatial.cKDTree(x).query(x, k=[k + 1])
    ball = d / 2 * math.log(math.pi) - gammaln(d / 2 + 1)
    expected = digamma(200) - digamma(k) + ball + d * np.log(radii).mean()
    found = measure(metrics.KnnEntropy(k), (x, ones), REAL_OF[d])
    assert found["diversity/knn_entropy"] == pytest.approx(expected, rel=2e-5)


REAL_OF = {d: counted(5, d=d) for d in (1, 2, 4)}


def test_entropy_of_a_normal_law():
    """log(sd) + log(2 pi e) / 2 nats; on a line the bias is far below the noise."""
    x = np.random.default_rng(6).normal(scale=3.0, size=(200, 400, 1))
    rows = measure_all(metrics.KnnEntropy(), x.astype(np.float32), x[:, :2])
    expected = math.log(3.0) + math.log(2 * math.pi * math.e) / 2
    assert_mean(rows["diversity/knn_entropy"], expected)


def test_entropy_of_copies_is_finite_and_says_so():
    x, floor = np.zeros((50, 2), np.float32), 1e-4
    metric = metrics.KnnEntropy(3, np.float32(floor))
    found = measure(metric, (x, np.ones(50, np.float32)), REAL_OF[2])
    offset = digamma(50) - digamma(3) + math.log(math.pi)
    expected = offset + 2 * math.log(floor)
    assert found["diversity/knn_entropy"] == pytest.approx(expected, rel=1e-5)


def test_entropy_does_not_see_a_shift():
    x, counts = FAKE
    here, there = (
        measure(metrics.KnnEntropy(5), (x + shift, counts), REAL) for shift in (0, 8)
    )
    assert here == pytest.approx(there, abs=1e-3)


def test_nearest_real_is_the_ratio_of_two_medians():
    train, usual = counted(7, n=40)[0], 0.5
    tree = scipy.spatial.cKDTree(train)
    distances = np.sort(tree.query(X)[0])
    median = distances[(len(distances) - 1) // 2]
    metric = metrics.NearestReal(train, np.float32(usual))
    found = measure(metric, FAKE, REAL)["memorization/nearest_real"]
    assert found == pytest.approx(median / usual, rel=1e-5)


def test_copies_of_training_samples_are_at_distance_zero():
    """In many dimensions, far from the origin."""
    train = 100 + counted(8, n=40, d=50)[0]
    metric = metrics.NearestReal(train, np.float32(1.0))
    copies = train[::-1].copy(), np.ones(40, np.float32)
    assert measure(metric, copies, copies) == {"memorization/nearest_real": 0.0}


@pytest.mark.parametrize(
    "metric",
    [
        metrics.KnnEntropy(5),
        metrics.PrecisionRecall(3),
        metrics.NearestReal(REAL[0], np.float32(1.0)),
    ],
    ids=lambda metric: type(metric).__name__,
)
def test_the_size_of_a_block_changes_nothing(metric, monkeypatch):
    assert_blocks_change_nothing(metric, FAKE, REAL, monkeypatch)
