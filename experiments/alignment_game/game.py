"""The loop of the Alignment Game: an owner, a model, a public, and data that grow."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Curator, View
from retrain_sim.curation import Rule
from retrain_sim.curation.draws import Slates, SoftmaxDistinct
from retrain_sim.curation.scores import WeightedSum
from retrain_sim.loop import look, scan_rounds
from retrain_sim.models import GaussianMixture
from retrain_sim.regimes import Accumulate
from retrain_sim.rewards import JumpDisc

N_REAL, N_OWNED, N_DRAWN, N_PICKED = 1000, 100, 200, 50
HALF_WIDTH = 5.0
TEMPERATURE = np.float32(0.5)
DRAWS = {
    "softmax over the pool": SoftmaxDistinct(TEMPERATURE),
    "slates, K = 5": Slates(5, TEMPERATURE),
    "pairs, K = 2": Slates(2, TEMPERATURE),
}
MODEL = GaussianMixture(components=3, warm=False)
REGIME = Accumulate(real_size=N_REAL)


def one_group(x: Float[Array, "n d"], rewards: Array) -> Int[Array, " n"]:
    """Put every outcome into the only group there is."""
    return jnp.zeros(len(x), jnp.int32)


def stage(draw: object, judge: int, n_shown: int, n_kept: int) -> Rule:
    """Make one stage of curation: reward number ``judge`` decides alone."""
    weights = np.eye(2, dtype=np.float32)[judge]
    return Rule(WeightedSum(weights), draw, n_shown, n_kept)


def choose(
    key: PRNGKeyArray, rule: Curator, x: Float[Array, "n d"], rewards: tuple
) -> Float[Array, "n_kept d"]:
    """Return the samples that one stage keeps."""
    view: View = look(x, jnp.ones(len(x)), rewards, one_group)
    return x[rule.select(key, view, None).index]


@functools.partial(jax.jit, static_argnames=("draw_name", "n_rounds"))
def play(
    key: PRNGKeyArray, center: Float[Array, " d"], draw_name: str, n_rounds: int
) -> Float[Array, "t n_picked d"]:
    """Play one game; return what the public picked in every round.

    The owner chooses 100 of 1000 samples of the data D, a Gaussian mixture is fitted to
    them, the public chooses 50 of its 200 samples, and these are added to D.

    Args:
        key: a PRNG key.
        center: of the public's disc; the owner's is the origin.
        draw_name: a key of ``DRAWS``: how both stages choose.
        n_rounds: T >= 1.

    Returns:
        The public's picks ``[t, 50, 2]``.
    """
    rewards = (JumpDisc(jnp.zeros_like(center)), JumpDisc(center))
    owner = stage(DRAWS[draw_name], 0, N_REAL, N_OWNED)
    public = stage(DRAWS[draw_name], 1, N_DRAWN, N_PICKED)
    key_real, key_pool, key_rounds = jax.random.split(key, 3)
    x = jax.random.uniform(key_real, (N_REAL, 2), minval=-1, maxval=1) * HALF_WIDTH
    real = x, jnp.ones(N_REAL)

    def step(key: PRNGKeyArray, state: tuple) -> tuple:
        key_show, key_own, key_fit, key_draw, key_pick, key_mix = jax.random.split(
            key, 6
        )
        pool, (data, weights) = state
        present = weights / weights.sum()
        shown = jax.random.choice(key_show, data, (N_REAL,), replace=False, p=present)
        owned = choose(key_own, owner, shown, rewards)
        params = MODEL.init(key_fit, owned, jnp.ones(N_OWNED))
        drawn = MODEL.sample(key_draw, params, N_DRAWN)
        picked = choose(key_pick, public, drawn, rewards)
        kept = picked, jnp.ones(N_PICKED)
        return REGIME.mix(key_mix, pool, kept, real), picked

    pool = REGIME.init(key_pool, real, N_PICKED, n_rounds)
    start = pool, (pool.x, pool.weights)
    return scan_rounds(key_rounds, step, start, n_rounds, lambda key, state: ()).infos
