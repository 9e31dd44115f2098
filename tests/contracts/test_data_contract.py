"""Every data kind: outcomes with weights, and what is known about them."""

import jax
import numpy as np
import pytest
from component_cases import DATA
from contract import every
from support import assert_identical

pytestmark = pytest.mark.parametrize("kind", every(DATA))


def load(kind, folder, seed=0):
    return kind(folder).load(np.random.default_rng(seed))


def test_letters_sequences_or_finite_vectors(kind, tmp_path):
    data = load(kind, tmp_path)
    assert data.x.dtype == (np.float32 if data.outcomes == "vectors" else np.int32)
    assert data.x.ndim == (1 if data.outcomes == "letters" else 2)
    assert np.isfinite(data.x).all()


def test_a_weight_for_every_outcome(kind, tmp_path):
    data = load(kind, tmp_path)
    assert data.weights.shape == (len(data.x),)
    assert data.weights.dtype == np.float32
    assert data.weights.min() >= 0
    assert data.weights.sum() == pytest.approx(1 if data.exact else len(data.x))


def test_labels_number_the_names(kind, tmp_path):
    data = load(kind, tmp_path)
    assert len(set(data.names)) == len(data.names) > 0
    if data.labels is None:
        assert data.names == ("all",)
    else:
        assert data.labels.shape == (len(data.x),)
        np.testing.assert_array_equal(np.unique(data.labels), range(len(data.names)))


def test_modes_and_images_fit_the_vectors(kind, tmp_path):
    data = load(kind, tmp_path)
    if data.modes is not None:
        assert data.modes.shape == (len(data.names), data.x.shape[1])
    if data.image_shape is not None:
        assert np.prod(data.image_shape) == data.x.shape[1]


def test_same_seed_same_data(kind, tmp_path):
    first, second = load(kind, tmp_path), load(kind, tmp_path)
    assert_identical(first._replace(names=()), second._replace(names=()))
    assert first.names == second.names


def test_a_source_draws_what_looks_like_the_data(kind, tmp_path, key):
    data = load(kind, tmp_path)
    if data.source is None:
        pytest.skip("the law is not known")
    draw = jax.jit(lambda source, key: source.draw(key, 40))
    found = draw(data.source, key)
    assert (found.dtype, found.shape) == (data.x.dtype, (40, *data.x.shape[1:]))
    assert np.isfinite(found).all()
    assert_identical(found, draw(data.source, key))
    mapped = jax.vmap(draw, (None, 0))(data.source, jax.random.split(key, 3))
    assert len(np.unique(np.asarray(mapped).reshape(3, -1), axis=0)) == 3
