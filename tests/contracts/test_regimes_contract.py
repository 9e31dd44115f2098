"""Every regime: the next training set, of a fixed shape."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from component_cases import LETTERS, REGIMES, VECTORS, N
from contract import (
    assert_finite,
    assert_jit_agrees,
    assert_one_trace,
    assert_vmap_agrees,
    every,
)
from support import assert_identical

pytestmark = [
    pytest.mark.parametrize("regime", every(REGIMES)),
    pytest.mark.parametrize("x", [LETTERS, VECTORS], ids=["letters", "vectors"]),
]
N_KEPT, N_ROUNDS = 8, 3


@jax.jit
def mix(regime, key, x):
    real = (x, jnp.linspace(0.5, 2.0, N))
    pool = regime.init(x, N_KEPT, N_ROUNDS)
    return regime.mix(key, pool, x[:N_KEPT], real)


def test_the_pool_keeps_its_shape(regime, x, key):
    before = regime.init(x, N_KEPT, N_ROUNDS)
    after = mix(regime, key, x)[0]
    shapes = [
        jax.tree.map(lambda leaf: (jnp.shape(leaf), leaf.dtype), pool)
        for pool in (before, after)
    ]
    assert shapes[0] == shapes[1]


def test_data_of_the_same_kind_with_a_weight_each(regime, x, key):
    _, data, weights = mix(regime, key, x)
    assert data.dtype == x.dtype
    assert data.shape[1:] == x.shape[1:]
    assert weights.shape == (len(data),)
    assert float(weights.min()) >= 0
    assert_finite((data, weights))


def test_the_weights_add_up_to_the_number_kept(regime, x, key):
    """Their sum is the sample size; the number of real data does not matter."""
    _, _, weights = mix(regime, key, x)
    assert float(weights.sum()) == pytest.approx(N_KEPT, rel=1e-6)


def test_real_data_have_the_declared_share(regime, x, key):
    real_share = float(getattr(regime, "real_share", 0.0))
    _, data, weights = mix(regime, key, x)
    np.testing.assert_array_equal(data[:N_KEPT], x[:N_KEPT])
    kept = float(weights[:N_KEPT].sum()) / N_KEPT
    assert kept == pytest.approx(1 - real_share, rel=1e-6)


def test_same_key_same_result(regime, x, key):
    assert_identical(mix(regime, key, x), mix(regime, key, x))


def test_compiled_equals_eager(regime, x, key):
    assert_jit_agrees(mix, regime, key, x)


def test_mapped_equals_one_by_one(regime, x, key):
    assert_vmap_agrees(mix, regime, jax.random.split(key, 2), x)


def test_one_trace_while_floats_are_swept(regime, x, key):
    assert_one_trace(mix.__wrapped__, regime, key, x)
