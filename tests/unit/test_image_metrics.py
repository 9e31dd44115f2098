"""Metrics of images: variance of features, latents, copies of what was kept."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.spatial
from samples import counted, repeated
from support import assert_mean, prepared_of

from retrain_sim import metrics
from retrain_sim.base import Frame, View
from retrain_sim.errors import UserError
from retrain_sim.models import VariationalAutoencoder

KEY, N_GROUPS = jax.random.key(0), 3
COPIED = "memorization/nearest_kept"


class Doubling:
    """A classifier whose features are twice the data."""

    def features(self, x):
        return 2 * x


def view_of(sample):
    x, weights = map(jnp.asarray, sample)
    return View(x, weights, jnp.zeros((1, len(x))), jnp.arange(len(x)) % N_GROUPS)


def frame_of(view):
    return Frame(view, ("a", "b", "c"), ("r",))


def test_variances_of_features_are_those_of_all_rows_and_of_each_class():
    sample = counted(0, n=60, d=4)
    view = view_of(sample)
    metric = metrics.FeatureVariance(Doubling())
    found = metric(KEY, view, frame_of(view))
    rows = 2 * repeated(sample)
    groups = np.repeat(np.arange(60) % N_GROUPS, sample[1].astype(int))
    inside = sum((groups == g).mean() * rows[groups == g].var(0) for g in range(3))
    expected = {"feature_variance": rows.var(0), "intra_class_variance": inside}
    for name, by_feature in expected.items():
        value = float(found[f"collapse/{name}"])
        assert value == pytest.approx(by_feature.mean(), rel=1e-5)
    assert found["collapse/intra_class_variance"] < found["collapse/feature_variance"]


def test_the_mean_of_the_latents_is_told_from_their_spread():
    x, _ = counted(1, n=40, d=2)
    model = VariationalAutoencoder(hidden=(8,), latent=3, dim=2)
    params = model._begin(KEY, jnp.asarray(x))
    view = view_of((x, np.ones(40, np.float32)))
    found = metrics.LatentSpread(model, params)(KEY, view, frame_of(view))
    codes = np.asarray(model.encode(params, view.x), np.float64)
    assert float(found["latent/sd"]) == pytest.approx(
        np.sqrt(codes.var(0).mean()), rel=1e-5
    )
    center = np.sqrt((codes.mean(0) ** 2).mean())
    assert float(found["latent/mean"]) == pytest.approx(center, rel=1e-5)


def test_only_autoencoders_have_latents():
    with pytest.raises(UserError, match="latent-spread needs a vae, not a Gaussian"):
        prepared_of("gaussian-decay", metrics__names=["latent-spread", "spread"])


def copied(trained, drawn):
    """Measure unweighted rows that were trained on, and rows that were drawn."""
    ones = jnp.ones(len(trained))
    view = view_of((drawn, np.ones(len(drawn), np.float32)))
    rows = metrics.NearestKept()((jnp.asarray(trained), ones), view, frame_of(view))
    return float(rows[COPIED])


def test_nearest_kept_is_the_ratio_of_two_medians():
    (trained, _), (drawn, _) = counted(2, n=31, d=3), counted(3, n=41, d=3)
    tree = scipy.spatial.cKDTree(trained)
    among, _ = tree.query(trained, k=[2])
    expected = np.median(tree.query(drawn)[0]) / np.median(among)
    assert copied(trained, drawn) == pytest.approx(expected, rel=1e-5)


def test_copies_are_at_distance_zero_and_noise_is_far():
    trained = counted(4, n=30, d=20)[0]
    assert copied(trained, trained[::-1].copy()) == 0
    assert copied(trained, 3 * counted(5, n=30, d=20)[0]) > 2


def test_a_kept_sample_that_is_kept_twice_is_no_neighbor_of_itself():
    trained = counted(6, n=31, d=3)[0]
    twice, drawn = np.concatenate([trained, trained]), counted(7, n=41, d=3)[0]
    assert copied(twice, drawn) == pytest.approx(copied(trained, drawn), rel=1e-6)


def test_an_ideal_fit_has_a_ratio_of_one():
    """Fresh samples of the law that the training set was drawn from."""
    draws = jax.random.normal(KEY, (400, 2, 75, 16))

    def one(pair):
        view = View(pair[1], jnp.ones(75), jnp.zeros((1, 75)), jnp.zeros(75, int))
        return metrics.NearestKept()((pair[0], jnp.ones(75)), view, FRAME)[COPIED]

    # A sample of n has n neighbors in the training set, its rows have n - 1 others;
    # in 16 dimensions the distance grows by about 1/16 of 1/75.
    assert_mean(jax.jit(lambda x: jax.lax.map(one, x))(draws), 1.0, n_errors=4)


FRAME = frame_of(view_of(counted(0)))
