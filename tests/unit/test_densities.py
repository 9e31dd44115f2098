"""Log densities beside SciPy's, and what a sampling bias does to samples."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import multivariate_normal
from support import ROUNDING, assert_close, assert_identical, assert_mean

from retrain_sim.base import Density
from retrain_sim.models import Categorical, FlowMatching, Gaussian
from retrain_sim.models.gaussian import Moments
from retrain_sim.registry import build

KEY = jax.random.key(0)
MEAN, COV = np.array([1.0, -2.0]), np.array([[2.0, 0.6], [0.6, 0.5]])
VECTOR_KINDS = ("gaussian", "gaussian-mixture", "kernel-density", "flow-matching")
MOMENTS = Moments(jnp.asarray(MEAN, jnp.float32), jnp.asarray(COV, jnp.float32))


@pytest.mark.parametrize("bias", [1.0, 0.3])
def test_the_density_of_a_gaussian(bias):
    x = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    found = Gaussian(sampling_bias=np.float32(bias)).log_prob(MOMENTS, jnp.asarray(x))
    expected = multivariate_normal(MEAN, bias * COV).logpdf(x)
    atol = ROUNDING * np.abs(expected).max()
    np.testing.assert_allclose(found, expected, rtol=0, atol=atol)


def test_a_collapsed_gaussian_has_a_finite_density():
    collapsed = MOMENTS._replace(cov=jnp.zeros((2, 2)))
    x = jnp.stack([MOMENTS.mean, MOMENTS.mean + 1])
    at_the_mean, elsewhere = Gaussian().log_prob(collapsed, x)
    assert jnp.isfinite(at_the_mean)
    assert at_the_mean > 0 > elsewhere


def test_the_density_of_letters():
    probs, x = jnp.asarray([0.25, 0.75, 0.0]), jnp.asarray([1, 0, 2, 1], jnp.int32)
    found = Categorical(3).log_prob(probs, x)
    assert_close(jnp.exp(found), jnp.asarray([0.75, 0.25, 0.0, 0.75]))


def test_which_models_have_a_density():
    assert isinstance(Gaussian(), Density)
    assert isinstance(Categorical(), Density)
    assert not isinstance(FlowMatching(), Density)


def test_a_bias_shrinks_the_covariance_of_samples():
    biased = Gaussian(sampling_bias=np.float32(0.4))
    x = np.asarray(biased.sample(KEY, MOMENTS, 20_000), np.float64)
    assert_mean(x, MEAN)
    centered = x - MEAN
    assert_mean(centered[:, :, None] * centered[:, None], 0.4 * COV)


def test_a_bias_of_a_flow_shrinks_the_noise_it_starts_from(monkeypatch):
    """A flow that stands still returns its noise."""
    monkeypatch.setattr(FlowMatching, "_velocity", lambda self, params, x, t: 0 * x)
    plain = FlowMatching(dim=2).sample(KEY, None, 50)
    biased = FlowMatching(dim=2, sampling_bias=np.float32(0.25)).sample(KEY, None, 50)
    assert_identical(plain, jax.random.normal(KEY, (50, 2)))
    assert_identical(biased, 0.5 * plain)


@pytest.mark.parametrize("kind", VECTOR_KINDS)
@pytest.mark.parametrize("bias", [0.0, -0.5, 1.5, float("nan")])
def test_a_bias_out_of_range_is_refused(kind, bias):
    with pytest.raises(ValueError, match=r"model\.sampling_bias: must be above 0"):
        build("model", {"kind": kind, "sampling_bias": bias}, "model")
