"""EM beside scikit-learn, and what becomes of components without samples."""

import warnings

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture as Reference
from support import (
    ROUNDING,
    assert_close,
    assert_identical,
    assert_mean,
    prepared_of,
    result_of,
)

from retrain_sim.errors import UserError
from retrain_sim.models import Gaussian, GaussianMixture
from retrain_sim.models.em import Mixture, em
from retrain_sim.models.seeding import spread_rows
from retrain_sim.registry import build

KEY = jax.random.key(0)
N, K, STEPS, FLOOR = 300, 4, 15, 1e-3
COVARIANCES = {"full": "full", "diagonal": "diag", "spherical": "spherical"}
VECTORS = {"model": {"kind": "gaussian-mixture", "components": 2, "steps": 5}}


def clouds(seed, d=2, spread=4.0):
    """Four clouds, float32, and the parameters that a fit starts from."""
    rng = np.random.default_rng(seed)
    centers = spread * rng.normal(size=(K, d))
    x = centers[rng.integers(0, K, N)] + rng.normal(size=(N, d))
    means = x[rng.choice(N, K, replace=False)].astype(np.float32)
    start = Mixture(jnp.full(K, 1 / K), jnp.asarray(means), _eyes(K, d))
    return jnp.asarray(x, jnp.float32), start


def _eyes(k, d):
    return jnp.broadcast_to(jnp.eye(d), (k, d, d))


def reference(x, start, covariance):
    """Run scikit-learn's EM for as many steps, from the same parameters."""
    precisions = {
        "full": np.asarray(start.covs),
        "diagonal": np.ones(start.means.shape),
        "spherical": np.ones(K),
    }
    fitted = Reference(
        K,
        covariance_type=COVARIANCES[covariance],
        max_iter=STEPS,
        tol=0,
        reg_covar=FLOOR,
        weights_init=np.full(K, 1 / K),
        means_init=np.asarray(start.means, np.float64),
        precisions_init=precisions[covariance],
        init_params="random",
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return fitted.fit(np.asarray(x, np.float64))


def as_matrices(covariances, d):
    made = np.asarray(covariances)
    if made.ndim == 1:
        return made[:, None, None] * np.eye(d)
    return made[:, :, None] * np.eye(d) if made.ndim == 2 else made


@pytest.mark.parametrize("covariance", COVARIANCES)
@pytest.mark.parametrize("seed", range(3))
def test_the_fit_equals_that_of_scikit_learn(covariance, seed):
    """To ten digits in float64: the same formulas; float32 rounds in every step."""
    x, start = clouds(seed)
    fitted = reference(x, start, covariance)
    covs = as_matrices(fitted.covariances_, 2)
    expected = Mixture(fitted.weights_, fitted.means_, covs)
    with jax.enable_x64(True):
        double = jax.tree.map(lambda leaf: np.asarray(leaf, np.float64), (start, x))
        exact = em(*double, np.ones(N), STEPS, covariance, FLOOR)
    for a, b in zip(exact, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-10 * np.abs(b).max())
    found = jax.jit(em, static_argnums=(3, 4))(
        start, x, jnp.ones(N), STEPS, covariance, FLOOR
    )
    single = jax.tree.map(lambda leaf: np.asarray(leaf, np.float32), expected)
    assert_close(found, single, rounding=STEPS * ROUNDING)
    score = float(GaussianMixture(K).log_prob(found, x).mean())
    assert score == pytest.approx(fitted.score(double[1]), rel=ROUNDING)


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_the_likelihood_never_falls(covariance):
    """Over fifty data sets, twenty steps each, but for rounding."""
    model = GaussianMixture(K, 1, covariance, np.float32(1e-12))
    made = [clouds(seed) for seed in range(50)]
    x, start = jax.tree.map(lambda *leaves: jnp.stack(leaves), *made)

    def climb(x, start):
        def step(params, _):
            params = model.fit(KEY, params, x, jnp.ones(N))
            return params, model.log_prob(params, x).mean()

        return jax.lax.scan(step, start, length=20)[1]

    path = np.asarray(jax.jit(jax.vmap(climb))(x, start))
    assert np.diff(path).min() >= -ROUNDING * np.abs(path).max()
    assert (path[:, -1] > path[:, 0]).all()


def test_one_component_is_a_gaussian():
    x, _ = clouds(0)
    weights = jnp.linspace(0.0, 2.0, N)
    params = GaussianMixture(1, 1, floor=np.float32(1e-12)).init(KEY, x, weights)
    moments = Gaussian().fit(KEY, None, x, weights)
    assert_close((params.means[0], params.covs[0]), tuple(moments))


def test_the_floor_is_added_to_the_variances():
    same = jnp.ones((6, 2))
    params = GaussianMixture(1, 3, floor=np.float32(0.25)).init(KEY, same, jnp.ones(6))
    assert_close(params.covs[0], 0.25 * jnp.eye(2))


def test_a_component_without_samples_stays_where_it_is():
    """At weight zero; the others share the data as if it were not there."""
    x, start = clouds(1)
    far = Mixture(
        jnp.concatenate([start.weights, jnp.asarray([0.5])]) / 1.5,
        jnp.concatenate([start.means, jnp.full((1, 2), 1e4)]),
        _eyes(K + 1, 2),
    )
    found = em(far, x, jnp.ones(N), 5, "full", FLOOR)
    assert float(found.weights[-1]) == 0
    assert_identical(found.means[-1], far.means[-1])
    assert_identical(found.covs[-1], far.covs[-1])
    without = jax.tree.map(lambda leaf: leaf[:-1], found)
    assert_close(without, em(start, x, jnp.ones(N), 5, "full", FLOOR))


@pytest.mark.parametrize("covariance", COVARIANCES)
def test_fewer_distinct_points_than_components(covariance):
    x = jnp.asarray([[0.0, 0.0], [5.0, 5.0]] * 4)
    model = GaussianMixture(5, 4, covariance, np.float32(1e-2))
    params = jax.jit(model.init)(KEY, x, jnp.ones(8))
    samples = model.sample(KEY, params, 100)
    for leaf in (*params, samples, model.log_prob(params, x)):
        assert jnp.isfinite(leaf).all()
    assert float(model.diagnostics(params)["model/floored"]) > 0


def test_more_dimensions_than_samples_of_a_component():
    """Singular covariances: rounding is kept from the Cholesky factors."""
    x = 10 * jax.random.normal(KEY, (60, 24))
    model = GaussianMixture(6, 20)
    params = jax.jit(model.init)(KEY, x, jnp.ones(60))
    assert jnp.isfinite(model.log_prob(params, x)).all()
    assert jnp.isfinite(model.sample(KEY, params, 10)).all()


def test_a_start_afresh_forgets_the_last_model():
    x, start = clouds(2)
    afresh = GaussianMixture(K, 3, warm=False)
    other = jax.tree.map(lambda leaf: leaf + 1, start)
    fit = jax.jit(afresh.fit)
    found = [fit(KEY, params, x, jnp.ones(N)) for params in (start, other)]
    assert_identical(*found)


MIXTURE = Mixture(
    jnp.asarray([0.3, 0.7]),
    jnp.asarray([[0.0, 0.0], [3.0, 1.0]]),
    jnp.asarray([[[1.0, 0.5], [0.5, 1.0]], [[0.2, 0.0], [0.0, 2.0]]]),
)


@pytest.mark.parametrize("bias", [1.0, 0.25])
def test_the_density_is_that_of_scipy(bias):
    x = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
    parts = [
        float(w) * multivariate_normal(m, bias * np.asarray(c)).pdf(x)
        for w, m, c in zip(*MIXTURE, strict=True)
    ]
    model = GaussianMixture(2, sampling_bias=np.float32(bias))
    found = np.asarray(model.log_prob(MIXTURE, jnp.asarray(x)))
    expected = np.log(sum(parts))
    atol = ROUNDING * np.abs(expected).max()
    np.testing.assert_allclose(found, expected, rtol=0, atol=atol)


@pytest.mark.parametrize("bias", [1.0, 0.25])
def test_the_moments_of_samples(bias):
    """The bias shrinks the components, not the distances between them."""
    model = GaussianMixture(2, sampling_bias=np.float32(bias))
    x = np.asarray(model.sample(KEY, MIXTURE, 20_000), np.float64)
    weights, means, covs = (np.asarray(leaf, np.float64) for leaf in MIXTURE)
    assert_mean(x, weights @ means)
    second = bias * covs + means[:, :, None] * means[:, None]
    expected = np.einsum("k,kij->ij", weights, second)
    assert_mean(x[:, :, None] * x[:, None], expected)


def test_centers_are_drawn_by_squared_distance():
    """From 0, the next is 1 or 3 with chances 1/10 and 9/10: twice the weight of 0."""
    x, weights = jnp.asarray([[0.0], [1.0], [3.0], [9.0]]), jnp.asarray([2.0, 1, 1, 0])
    keys = jax.random.split(KEY, 20_000)
    draw = jax.jit(jax.vmap(lambda key: spread_rows(key, x, weights, 2)[:, 0]))
    first, second = np.asarray(draw(keys)).T
    assert_mean((first == 0) * 1.0, 0.5)
    assert_mean((second[first == 0] == 3) * 1.0, 0.9)
    assert_mean((second[first == 1] == 0) * 1.0, 2 / 6)
    assert not (second == first).any()


BAD = {
    "components": (0, "at least 1"),
    "steps": (0, "at least 1"),
    "covariance": ("tied", "allowed: diagonal, full, spherical"),
    "floor": (0.0, "positive and finite"),
}


@pytest.mark.parametrize("field", BAD)
def test_what_is_out_of_range_is_refused(field):
    value, message = BAD[field]
    with pytest.raises(UserError, match=rf"model\.{field}: .*{message}"):
        build("model", {"kind": "gaussian-mixture", field: value}, "model")


def test_more_components_than_samples_are_refused():
    settings = {"model": {"kind": "gaussian-mixture", "components": 10_000}}
    with pytest.raises(UserError, match=r"model\.components: at most one per sample"):
        prepared_of("gaussian-decay", **settings)


def test_letters_are_refused():
    with pytest.raises(UserError, match="gaussian-mixture needs vectors"):
        prepared_of("coin-drift", model={"kind": "gaussian-mixture"})


def test_a_run_reports_the_floored_components():
    settings = VECTORS | {"run__rounds": 2, "run__seeds": 2, "curation__n_kept": 30}
    history = result_of("gaussian-decay", **settings).history
    floored = history["model/floored"].values
    assert floored.shape[-1] == 3
    assert (floored == 0).all()
    assert (history["run/finite"].values == 1).all()
