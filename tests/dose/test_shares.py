"""Chosen shares of kept samples: the regimes, and the laws they follow."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import assert_close, assert_mean

from retrain_sim.regimes import FreshReal, FreshShare, KalmanShare
from retrain_sim.regimes.kalman_share import Tracked
from retrain_sim.theory import (
    fresh_data_moments,
    fresh_share_moments,
    support_survival,
)

N, M, D = 12, 30, 3


def data(key, n, shift=0.0):
    return shift + jax.random.normal(key, (n, D)), jnp.ones(n)


def test_the_share_of_the_numbers_is_fresh_real(key):
    kept, real = data(key, M), data(jax.random.key(1), 40)
    share = M / (N + M)
    found = FreshShare(N, share).mix(key, (), kept, real)[1]
    assert_close(found, FreshReal(N).mix(key, (), kept, real)[1])


def test_the_first_round_of_the_filter_is_the_dose_law(key):
    kept, fresh = data(key, M), data(jax.random.key(1), N)
    tracked = Tracked(jnp.float32(0.2), jnp.float32(0.0))
    after, share = KalmanShare(N, 0.0).weigh(tracked, kept, fresh)
    r = np.var(np.asarray(fresh[0]), axis=0, ddof=1).sum() / N
    q = 0.2 + np.var(np.asarray(kept[0]), axis=0, ddof=1).sum() / M
    assert float(share) == pytest.approx(r / (r + q), rel=1e-5)
    assert float(after.error) == pytest.approx(r * q / (r + q), rel=1e-5)


def test_the_filter_finds_the_bias_of_the_generator():
    """A shift of one in three coordinates: b^2 = 3; none: the average stays near 0."""

    def learned(key, shift):
        def one(tracked, key):
            kept, fresh = jax.random.split(key)
            pairs = data(kept, M, shift), data(fresh, N)
            return KalmanShare(N, 0.05).weigh(tracked, *pairs)

        start = Tracked(jnp.float32(0.0), jnp.float32(0.0))
        # Its error is set to zero: these generators are exact but for the shift.
        last, shares = jax.lax.scan(
            lambda t, k: one(t._replace(error=jnp.float32(0.0)), k),
            start,
            jax.random.split(key, 150),
        )
        return last.bias2, shares[-1]

    keys = jax.random.split(jax.random.key(0), 100)
    learn = jax.jit(jax.vmap(learned, (0, None)))
    (none, open_to), (much, wary) = learn(keys, 0.0), learn(keys, 1.0)
    assert_mean(none, 0.0)
    assert_mean(much, 3.0 * (1 - 0.95**150))
    assert float(wary.mean()) < 0.15 < float(open_to.mean())


def test_moments_of_the_numbers_share_are_those_of_fresh_data():
    share, start = M / (N + M), (0.1, 0.9)
    found = fresh_share_moments(N, M, share, 20, start)
    unbiased = fresh_data_moments(N, M, 1, 1.0, start)
    assert found[1, 0] == pytest.approx(unbiased[1, 0], rel=1e-12)
    scale = (N + M - 1) / (N + M)
    assert found[1, 1] == pytest.approx(unbiased[1, 1] * scale, rel=1e-12)


@pytest.mark.parametrize("n_fresh", [0, 10, 60, 200])
def test_letters_left_with_fresh_data(n_fresh):
    n, rounds, size = 200, 8, 400
    probs = np.full(size, 1 / size)
    law = support_survival(probs, n_fresh, n - n_fresh, rounds)
    rng = np.random.default_rng(0)
    left = []
    for _ in range(200):
        model = probs
        for _ in range(rounds):
            counts = rng.multinomial(n - n_fresh, model)
            counts = counts + rng.multinomial(n_fresh, probs)
            model = counts / n
        left.append((model > 0).mean())
    assert_mean(left, law[-1])
    assert law[0] == 1.0


def test_laws_refuse_what_is_out_of_range():
    with pytest.raises(ValueError, match="synthetic_share"):
        fresh_share_moments(10, 10, 1.5, 3, (0.1, 1.0))
    with pytest.raises(ValueError, match="n_fresh"):
        support_survival(np.full(2, 0.5), -1, 10, 3)
