"""Distances to real data against POT, scikit-learn, SciPy, and their exact biases."""

import math

import numpy as np
import pytest
import scipy.linalg
import scipy.spatial.distance
import scipy.stats
from samples import (
    assert_blocks_change_nothing,
    counted,
    measure,
    measure_all,
    repeated,
)
from sklearn.metrics.pairwise import rbf_kernel
from support import assert_mean

from retrain_sim import metrics
from retrain_sim.classifier import WIDTH, Classifier
from retrain_sim.models.networks import Perceptron

FAKE, REAL = counted(0, n=90, shift=0.5), counted(1, n=70)
X, Y = repeated(FAKE), repeated(REAL)
RUNS, SIZE = 400, 20


def pairs_of_one_law(d, runs=RUNS, n=SIZE, q=SIZE):
    rng = np.random.default_rng(2)
    return (
        rng.normal(size=(runs, n, d)).astype(np.float32),
        rng.normal(size=(runs, q, d)).astype(np.float32),
    )


@pytest.mark.parametrize("coordinate", [0, 2])
def test_wasserstein_of_a_coordinate_equals_pots(coordinate):
    ot = pytest.importorskip("ot")
    found = measure(metrics.Wasserstein1D(coordinate), FAKE, REAL)
    expected = ot.emd2_1d(X[:, coordinate], Y[:, coordinate], metric="euclidean")
    assert found["distance/wasserstein_1d"] == pytest.approx(expected, rel=1e-5)


def test_energy_distance_equals_numpys():
    def mean_distance(a, b):
        return scipy.spatial.distance.cdist(a, b).mean()

    expected = 2 * mean_distance(X, Y) - mean_distance(X, X) - mean_distance(Y, Y)
    found = measure(metrics.EnergyDistance(), FAKE, REAL)
    assert found["distance/energy"] == pytest.approx(expected, rel=1e-5)


def test_energy_distance_on_a_line_equals_scipys():
    fake, real = counted(3, d=1), counted(4, d=1)
    root = scipy.stats.energy_distance(repeated(fake)[:, 0], repeated(real)[:, 0])
    found = measure(metrics.EnergyDistance(), fake, real)
    assert found["distance/energy"] == pytest.approx(root**2, rel=1e-3, abs=1e-6)


def test_the_bias_of_the_energy_distance_is_as_documented():
    """(1/n + 1/q) E|X - X'|, and E|X - X'| = 2 / sqrt(pi) for a normal law."""
    rows = measure_all(metrics.EnergyDistance(), *pairs_of_one_law(1, q=10))
    assert_mean(rows["distance/energy"], (1 / 20 + 1 / 10) * 2 / math.sqrt(math.pi))


def unbiased_mmd2(x, y, bandwidth):
    gamma = 1 / (2 * bandwidth**2)

    def off_diagonal(a):
        kernel = rbf_kernel(a, gamma=gamma)
        return (kernel.sum() - len(a)) / (len(a) * (len(a) - 1))

    return off_diagonal(x) + off_diagonal(y) - 2 * rbf_kernel(x, y, gamma).mean()


@pytest.mark.parametrize("bandwidth", [0.3, 1.0, 4.0])
def test_mmd_equals_scikit_learns(bandwidth):
    """In absolute terms: it is a difference of numbers below one."""
    found = measure(metrics.Mmd(np.float32(bandwidth)), FAKE, REAL)
    expected = unbiased_mmd2(X, Y, bandwidth)
    assert found["distance/mmd2"] == pytest.approx(expected, abs=1e-6)


def test_mmd_is_unbiased_between_samples_of_one_law():
    rows = measure_all(metrics.Mmd(np.float32(1.0)), *pairs_of_one_law(2))
    assert_mean(rows["distance/mmd2"], 0.0)
    assert 0.3 < (rows["distance/mmd2"] < 0).mean() < 0.8


def frechet(x, y):
    """The textbook formula, by SciPy's square root of a matrix."""
    c, d = (np.cov(a.T, ddof=0) for a in (x, y))
    root = scipy.linalg.sqrtm(c @ d).real
    shift = x.mean(axis=0) - y.mean(axis=0)
    return shift @ shift + np.trace(c + d - 2 * root)


def test_frechet_distance_equals_scipys():
    found = measure(metrics.Frechet(), FAKE, REAL)
    assert found["distance/frechet"] == pytest.approx(frechet(X, Y), rel=1e-5)


def test_frechet_distance_of_flat_clouds():
    """Directions without variance, in one cloud or in both, lose no digits."""
    x, y = (a.copy() for a in (FAKE[0], REAL[0]))
    x[:, 1:], y[:, 2] = 0.0, 5.0
    found = measure(metrics.Frechet(), (x, FAKE[1]), (y, REAL[1]))
    x, y = repeated((x, FAKE[1])), repeated((y, REAL[1]))
    sds = x.std(axis=0), y.std(axis=0)  # only one coordinate varies in x
    overlap = math.sqrt(np.cov(y.T, ddof=0)[0, 0]) * sds[0][0]
    spread = (sds[0] ** 2).sum() + (sds[1] ** 2).sum() - 2 * overlap
    expected = ((x.mean(axis=0) - y.mean(axis=0)) ** 2).sum() + spread
    assert found["distance/frechet"] == pytest.approx(expected, rel=1e-5)


def test_frechet_distance_of_a_sample_to_itself_is_rounding():
    found = measure(metrics.Frechet(), FAKE, FAKE)
    assert 0 <= found["distance/frechet"] < 1e-5


def test_frechet_distance_of_fewer_samples_than_dimensions():
    fake, real = counted(5, n=8, d=12), counted(6, n=9, d=12, shift=1.0)
    found = measure(metrics.Frechet(), fake, real)
    expected = frechet(repeated(fake), repeated(real))
    assert found["distance/frechet"] == pytest.approx(expected, rel=1e-4)


@pytest.fixture
def classifier(key):
    network = Perceptron((WIDTH, 4))
    return Classifier(network.init(key, FAKE[0][:1]), 4)


def test_the_logits_are_linear_in_the_classifiers_features(classifier):
    features = np.asarray(classifier.features(FAKE[0]))
    last = classifier.params["params"]["Dense_1"]
    logits = features @ np.asarray(last["kernel"]) + np.asarray(last["bias"])[None]
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    found = classifier.probabilities(FAKE[0])
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_frechet_distance_of_features_is_that_of_the_features(classifier):
    found = measure(metrics.Frechet("classifier", classifier), FAKE, REAL)
    mapped = [(np.asarray(classifier.features(x)), w) for x, w in (FAKE, REAL)]
    assert found == pytest.approx(measure(metrics.Frechet(), *mapped), rel=1e-4)


@pytest.mark.parametrize(
    "metric", [metrics.EnergyDistance(), metrics.Mmd(np.float32(1.0))], ids=repr
)
def test_the_size_of_a_block_changes_nothing(metric, monkeypatch):
    assert_blocks_change_nothing(metric, FAKE, REAL, monkeypatch)
