"""Kernel densities beside SciPy's, and the room that parameters keep."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import gaussian_kde
from support import (
    ROUNDING,
    assert_close,
    assert_identical,
    assert_mean,
    prepared_of,
    result_of,
)

from retrain_sim.errors import UserError
from retrain_sim.models import KernelDensity
from retrain_sim.registry import build

KEY = jax.random.key(0)
N = 40
LINE = jax.random.normal(KEY, (N, 1)) * 3 + 1
PLANE = jax.random.normal(KEY, (N, 2))
ONES = jnp.ones(N)
QUERIES = jnp.linspace(-8.0, 9.0, 300)[:, None]


def model(rule="fixed", bandwidth=1.0, bias=1.0):
    return KernelDensity(np.float32(bandwidth), rule, np.float32(bias))


def assert_like(found, expected):
    atol = ROUNDING * np.abs(expected).max()
    np.testing.assert_allclose(found, expected, rtol=0, atol=atol)


@pytest.mark.parametrize("rule", ["scott", "silverman"])
def test_the_rules_on_a_line_are_those_of_scipy(rule):
    params = model(rule).init(KEY, LINE, ONES)
    reference = gaussian_kde(np.asarray(LINE, np.float64).T, bw_method=rule)
    assert_like(params.bandwidth, np.sqrt(reference.covariance[0]))
    found = model(rule).log_prob(params, QUERIES)
    assert_like(found, reference.logpdf(np.asarray(QUERIES, np.float64).T))


@pytest.mark.parametrize("rule", ["scott", "silverman"])
def test_the_rules_in_a_plane_scale_every_coordinate(rule):
    """SciPy's factor times the coordinate's own sd: no correlations."""
    params = model(rule, 0.5).init(KEY, PLANE, ONES)
    data = np.asarray(PLANE, np.float64)
    factor = gaussian_kde(data.T, bw_method=rule).factor
    assert_like(params.bandwidth, 0.5 * factor * data.std(axis=0, ddof=1))


def test_the_density_with_counts_is_that_of_scipy():
    """A fixed bandwidth: SciPy's factor is in units of its weighted sd."""
    weights = 1.0 + np.arange(N) % 3
    data, bias = np.asarray(LINE, np.float64).T, 0.25
    sd = np.sqrt(np.cov(data, aweights=weights))
    reference = gaussian_kde(data, np.sqrt(bias) * 0.8 / sd, weights=weights)
    params = model("fixed", 0.8).init(KEY, LINE, jnp.asarray(weights, jnp.float32))
    found = model("fixed", 0.8, bias).log_prob(params, QUERIES)
    assert_like(found, reference.logpdf(np.asarray(QUERIES, np.float64).T))


@pytest.mark.parametrize("bias", [1.0, 0.25])
def test_the_moments_of_samples(bias):
    """A bias shrinks the kernels, not the data between them."""
    weights = jnp.arange(N) % 3 * 1.0
    params = model("fixed", 2.0).init(KEY, LINE, weights)
    x = model("fixed", 2.0, bias).sample(KEY, params, 20_000)
    x = np.asarray(x, np.float64)[:, 0]
    data, share = (
        np.asarray(LINE, np.float64)[:, 0],
        np.asarray(weights / weights.sum()),
    )
    assert_mean(x, share @ data)
    assert_mean(x**2, share @ (data**2 + bias * 4.0))


def test_room_for_more_rows_changes_nothing():
    kde = model("scott")
    params = kde.init(KEY, PLANE, ONES)
    roomy = kde.reserve(params, 100)
    assert len(roomy.x) == len(roomy.weights) == 100
    samples = [kde.sample(KEY, p, 30) for p in (params, roomy)]
    assert_identical(*samples)
    assert_close(*[kde.log_prob(p, PLANE) for p in (params, roomy)])


def test_a_refit_to_fewer_rows_keeps_the_room():
    kde = model("scott")
    params = kde.init(KEY, PLANE, ONES)
    again = kde.fit(KEY, params, PLANE[:10], jnp.ones(10))
    assert again.x.shape == params.x.shape
    alone = kde.init(KEY, PLANE[:10], jnp.ones(10))
    assert_close(kde.log_prob(again, PLANE), kde.log_prob(alone, PLANE))
    assert_identical(again.bandwidth, alone.bandwidth)


@pytest.mark.parametrize("data", [jnp.ones((5, 2)), jnp.zeros((5, 2)), PLANE[:1]])
@pytest.mark.parametrize("rule", ["scott", "silverman"])
def test_collapsed_data_have_a_finite_density(rule, data):
    params = model(rule).init(KEY, data, jnp.ones(len(data)))
    assert float(params.bandwidth.min()) > 0
    assert jnp.isfinite(model(rule).log_prob(params, data)).all()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("bandwidth", 0.0, "positive and finite, got 0.0"),
        ("bandwidth", -1.0, "positive and finite, got -1.0"),
        ("bandwidth", float("nan"), "positive and finite, got nan"),
        ("rule", "scot", "unknown 'scot'; allowed: fixed, scott, silverman"),
    ],
)
def test_what_is_out_of_range_is_refused(field, value, message):
    with pytest.raises(UserError, match=rf"model\.{field}: .*{message}"):
        build("model", {"kind": "kernel-density", field: value}, "model")


def test_letters_are_refused():
    with pytest.raises(UserError, match="kernel-density needs vectors"):
        prepared_of("coin-drift", model={"kind": "kernel-density"})


@pytest.mark.parametrize(
    ("regime", "n_kept"), [("replace", 7), ("replace", 99), ("real-share", 7)]
)
def test_training_sets_of_another_size_than_the_real_data(regime, n_kept):
    settings = {
        "data__n": 60,
        "model": {"kind": "kernel-density", "bandwidth": 0.1},
        "regime": {"kind": regime},
        "curation__n_kept": n_kept,
        "curation__n_candidates": n_kept,
        "run": {"rounds": 2, "seeds": 2, "atoms": 30},
    }
    history = result_of("gaussian-decay", **settings).history
    assert (history["run/finite"].values == 1).all()
