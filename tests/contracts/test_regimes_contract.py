"""Every regime: the next training set, of a fixed shape."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from component_cases import LETTERS, REGIMES, VECTORS, VECTORS_ONLY, N
from contract import (
    assert_finite,
    assert_jit_agrees,
    assert_one_trace,
    assert_vmap_agrees,
)
from support import assert_identical

from retrain_sim import regimes
from retrain_sim.base import KnownMixture

KINDS_OF_X = {"letters": LETTERS, "vectors": VECTORS}
N_KEPT, N_ROUNDS = 8, 3
pytestmark = pytest.mark.parametrize(
    ("regime", "x"),
    [
        pytest.param(regime, x, id=f"{kind}-{i}-{name}")
        for kind, cases in REGIMES.items()
        for i, regime in enumerate(cases)
        for name, x in KINDS_OF_X.items()
        if name == "vectors" or kind not in VECTORS_ONLY
    ],
)


@jax.jit
def mix(regime, key, x):
    """Mix twice; return the last pool, training data and weights."""
    real = (x, jnp.ones(N))
    pool = regime.init(key, real, N_KEPT, N_ROUNDS)
    kept = (x[:N_KEPT], jnp.ones(N_KEPT))
    pool, _ = regime.mix(key, pool, (x[-N_KEPT:], jnp.ones(N_KEPT)), real)
    pool, (data, weights) = regime.mix(key, pool, kept, real)
    return pool, data, weights


def size_of(regime):
    """Training weight that a regime promises after two rounds."""
    match regime:
        case regimes.Accumulate():
            return (regime.real_size or N_KEPT) + 2 * N_KEPT
        case regimes.AccumulateSubsample():
            return regime.n_train
        case regimes.FixedReal():
            return regime.n_real + N_KEPT
        case regimes.FreshReal() | regimes.FreshShare() | regimes.KalmanShare():
            return regime.n_fresh + N_KEPT
        case regimes.SlidingWindow():
            return min(regime.window, 2) * N_KEPT
        case _:
            return N_KEPT


def test_the_pool_keeps_its_shape(regime, x, key):
    before = regime.init(key, (x, jnp.ones(N)), N_KEPT, N_ROUNDS)
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


def test_the_weights_add_up_to_the_sample_size(regime, x, key):
    _, _, weights = mix(regime, key, x)
    if isinstance(regime, regimes.VerifierFilter):  # it takes weight away
        assert 0 < float(weights.sum()) <= N_KEPT
    else:
        assert float(weights.sum()) == pytest.approx(size_of(regime), rel=1e-6)


def test_the_last_kept_samples_are_among_the_data(regime, x, key):
    _, data, weights = mix(regime, key, x)
    drawn = isinstance(regime, regimes.AccumulateSubsample | regimes.CuratedPool)
    kept = np.asarray(x) if drawn else np.asarray(x[:N_KEPT])
    rows = {row.tobytes() for row in np.asarray(data)[np.asarray(weights) > 0]}
    wanted = {row.tobytes() for row in kept}
    if drawn:
        assert rows <= wanted
    elif isinstance(regime, regimes.VerifierFilter):
        assert rows & wanted
    elif getattr(regime, "real_share", 0) < 1:
        assert wanted <= rows


def test_the_law_is_a_distribution(regime, x, key):
    """What theory is told about the mixture: it sums to one, real data included."""
    if not isinstance(regime, KnownMixture):
        pytest.skip("its law is not known")
    kept = np.random.default_rng(0).dirichlet(np.ones(3), size=3)
    law = regime.law(kept, np.array([0.2, 0.3, 0.5]), N_KEPT)
    assert law.sum() == pytest.approx(1, rel=1e-12)
    assert (law >= 0).all()


def test_same_key_same_result(regime, x, key):
    assert_identical(mix(regime, key, x), mix(regime, key, x))


def test_compiled_equals_eager(regime, x, key):
    assert_jit_agrees(mix, regime, key, x)


def test_mapped_equals_one_by_one(regime, x, key):
    assert_vmap_agrees(mix, regime, jax.random.split(key, 2), x)


def test_one_trace_while_floats_are_swept(regime, x, key):
    assert_one_trace(mix.__wrapped__, regime, key, x)
