"""Vendi score and variance against vendi-score and NumPy, and their exact biases."""

import math

import numpy as np
import pytest
import scipy.linalg
from samples import (
    assert_blocks_change_nothing,
    counted,
    measure,
    measure_all,
    repeated,
)
from scipy.special import digamma
from sklearn.metrics.pairwise import cosine_similarity, rbf_kernel
from support import assert_mean

from retrain_sim import metrics

FAKE, REAL = counted(0, n=60, shift=0.5), counted(1, n=70)
X, Y = repeated(FAKE), repeated(REAL)
GAUSSIAN = metrics.Vendi("gaussian", np.float32(1.5))
COSINE = metrics.Vendi()


def effective_number(kernel):
    """Write the definition in NumPy: the exponential of the eigenvalues' entropy."""
    eigenvalues = scipy.linalg.eigvalsh(kernel / len(kernel))
    positive = eigenvalues[eigenvalues > 1e-14]
    return math.exp(-(positive * np.log(positive)).sum())


@pytest.mark.parametrize("d", [1, 3, 20, 100])
def test_vendi_of_cosines_equals_numpys(d):
    """By the smaller of two matrices, whichever it is."""
    fake = counted(2, n=60, d=d)
    expected = effective_number(cosine_similarity(repeated(fake)))
    found = measure(COSINE, fake, counted(1, d=d))
    assert found["diversity/vendi"] == pytest.approx(expected, rel=2e-5)


def test_vendi_of_cosines_equals_the_authors():
    vendi = pytest.importorskip("vendi_score.vendi")
    found = measure(COSINE, FAKE, REAL)["diversity/vendi"]
    assert found == pytest.approx(vendi.score_dual(X), rel=1e-5)


@pytest.mark.parametrize("bandwidth", [0.1, 1.5, 30.0])
def test_vendi_of_a_gaussian_kernel_equals_numpys(bandwidth):
    metric = metrics.Vendi("gaussian", np.float32(bandwidth))
    expected = effective_number(rbf_kernel(X, gamma=1 / (2 * bandwidth**2)))
    found = measure(metric, FAKE, REAL)["diversity/vendi"]
    assert found == pytest.approx(expected, rel=1e-4)


def test_vendi_counts_samples_that_are_unrelated():
    """Ten places far from each other, unequally visited: exp of their entropy."""
    x = 100 * np.arange(10, dtype=np.float32)[:, None]
    counts = np.arange(1, 11, dtype=np.float32)
    found = measure(GAUSSIAN, (x, counts), (x, counts))["diversity/vendi"]
    shares = counts / counts.sum()
    expected = math.exp(-(shares * np.log(shares)).sum())
    assert found == pytest.approx(expected, rel=1e-5)


def test_vendi_of_origins_is_finite():
    """A sample at the origin has no direction."""
    x, counts = FAKE
    found = measure(COSINE, (0 * x, counts), REAL)
    assert found == {"diversity/vendi": 1.0}


def test_vendi_of_many_samples_is_that_of_evenly_spaced_ones():
    metric = metrics.Vendi("gaussian", np.float32(1.5), 24)
    found = measure(metric, FAKE, REAL)["diversity/vendi"]
    spaced = X[((np.arange(24) + 0.5) / 24 * len(X)).astype(int)]
    expected = effective_number(rbf_kernel(spaced, gamma=1 / (2 * 1.5**2)))
    assert found == pytest.approx(expected, rel=1e-4)


def test_the_size_of_a_block_changes_nothing(monkeypatch):
    assert_blocks_change_nothing(GAUSSIAN, FAKE, REAL, monkeypatch)


@pytest.mark.parametrize("ddof", [0, 1])
def test_variance_equals_numpys(ddof):
    covariance = np.cov(X.T, ddof=ddof)
    shift = X.mean(axis=0) - Y.mean(axis=0)
    found = measure(metrics.Variance(ddof), FAKE, REAL)
    assert found == {
        "variance/trace": pytest.approx(np.trace(covariance), rel=1e-5),
        "variance/log_determinant": pytest.approx(
            np.linalg.slogdet(covariance)[1] / 3, abs=1e-5
        ),
        "variance/mean_distance2": pytest.approx(shift @ shift, rel=1e-4),
    }


def test_a_direction_of_little_variance_keeps_its_digits():
    """1e-5 of the largest standard deviation: lost, were the covariance formed."""
    x = FAKE[0] * np.array([1e3, 1.0, 1e-2], np.float32)
    found = measure(metrics.Variance(), (x, FAKE[1]), REAL)
    exact = np.linalg.slogdet(np.cov(repeated((x, FAKE[1])).T, ddof=0))[1] / 3
    assert found["variance/log_determinant"] == pytest.approx(exact, abs=1e-3)


@pytest.mark.parametrize("n", [40, 3])
def test_a_flat_cloud_has_the_least_variance(n):
    """A flat direction, or fewer samples than dimensions."""
    x, least = counted(3, n=n, d=4)[0], 1e-8
    x[:, :2] = 0
    sample = x, np.ones(n, np.float32)
    found = measure(metrics.Variance(0, np.float32(least)), sample, sample)
    sizes = np.linalg.eigvalsh(np.cov(x.T, ddof=0))[::-1]
    expected = (np.log(sizes[:2]).sum() + 2 * math.log(least)) / 4
    assert found["variance/log_determinant"] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("ddof", [0, 1])
def test_the_biases_of_the_variance_are_as_documented(ddof):
    n, d, runs = 30, 2, 1000
    x, y = np.random.default_rng(4).normal(size=(2, runs, n, d)).astype(np.float32)
    rows = measure_all(metrics.Variance(ddof), x, y)
    assert_mean(rows["variance/trace"], d * (1 if ddof else 1 - 1 / n))
    assert_mean(rows["variance/mean_distance2"], 2 * d / n)
    degrees = n - np.arange(1, d + 1)
    exact = digamma(degrees / 2).mean() + math.log(2 / (n - ddof))
    assert_mean(rows["variance/log_determinant"], exact)
    documented = -(d + 3 - 2 * ddof) / (2 * n)
    assert exact == pytest.approx(documented, rel=0.1)
