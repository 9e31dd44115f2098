"""The loop of the Alignment Game: an owner, a model, a public, and data that grow."""

from __future__ import annotations

import functools
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Curator, View, component
from retrain_sim.loop import scan_rounds
from retrain_sim.models import GaussianMixture
from retrain_sim.regimes import Accumulate
from retrain_sim.registry import build

N_REAL, N_OWNED, N_DRAWN, N_PICKED = 1000, 100, 200, 50
HALF_WIDTH = 5.0
DRAWS: dict[str, dict[str, Any]] = {
    "softmax over the pool": {"kind": "softmax-distinct", "temperature": 0.5},
    "slates, K = 5": {"kind": "slates", "slate_size": 5, "temperature": 0.5},
    "pairs, K = 2": {"kind": "slates", "slate_size": 2, "temperature": 0.5},
}
MODEL: GaussianMixture = build(
    "model", {"kind": "gaussian-mixture", "components": 3, "warm": False}, "model"
)
REGIME = Accumulate(real_size=N_REAL)


@component
class Game:
    """Who plays, and how they choose.

    Args:
        rewards: the owner's, and the public's.
        owner: keeps 100 of 1000 samples of the data.
        public: keeps 50 of 200 samples of the model.
    """

    rewards: tuple[Any, Any]
    owner: Curator
    public: Curator


def make_game(distance: float, draw: str) -> Game:
    """Make the game of two discs, a distance apart; both sides choose alike."""

    def reward(x: float) -> Any:
        return build("reward", {"kind": "jump-disc", "center": [x, 0.0]}, "reward")

    def stage(weights: list[float], n_candidates: int, n_kept: int) -> Any:
        score = {"kind": "weighted-sum", "reward_weights": weights}
        sizes = {"n_candidates": n_candidates, "n_kept": n_kept}
        table = {"kind": "rule", "score": score, "draw": DRAWS[draw], **sizes}
        return build("curation", table, "curation")

    return Game(
        (reward(0.0), reward(distance)),
        stage([1.0, 0.0], N_REAL, N_OWNED),
        stage([0.0, 1.0], N_DRAWN, N_PICKED),
    )


@functools.partial(jax.jit, static_argnames="n_rounds")
def play(key: PRNGKeyArray, game: Game, n_rounds: int) -> Float[Array, "t n_picked d"]:
    """Play one game.

    The owner chooses of the data, a Gaussian mixture is fitted to its choice, the
    public chooses of the model's samples, and its choice joins the data.

    Args:
        key: a PRNG key.
        game: who plays.
        n_rounds: T >= 1.

    Returns:
        What the public picked, ``[t, 50, 2]``.
    """

    def step(key: PRNGKeyArray, state: tuple) -> tuple:
        key_show, key_own, key_fit, key_draw, key_pick, key_mix = _split(key, 6)
        pool, (data, weights) = state
        present = weights / weights.sum()
        shown = jax.random.choice(key_show, data, (N_REAL,), replace=False, p=present)
        owned = _chosen(key_own, game.owner, shown, game.rewards)
        params = MODEL.init(key_fit, owned, jnp.ones(N_OWNED))
        drawn = MODEL.sample(key_draw, params, N_DRAWN)
        picked = _chosen(key_pick, game.public, drawn, game.rewards)
        return REGIME.mix(key_mix, pool, (picked, jnp.ones(N_PICKED)), real), picked

    key_real, key_pool, key_rounds = _split(key, 3)
    x = HALF_WIDTH * jax.random.uniform(key_real, (N_REAL, 2), minval=-1, maxval=1)
    real = x, jnp.ones(N_REAL)
    pool = REGIME.init(key_pool, real, N_PICKED, n_rounds)
    start = pool, (pool.x, pool.weights)
    return scan_rounds(key_rounds, step, start, n_rounds, lambda key, state: ()).infos


def _split(key: PRNGKeyArray, n: int) -> list[PRNGKeyArray]:
    return list(jax.random.split(key, n))


def _chosen(key: PRNGKeyArray, curator: Curator, x: Array, rewards: tuple) -> Array:
    """Return the samples that one side keeps."""
    scores = jnp.stack([reward(x) for reward in rewards])
    view = View(x, jnp.ones(len(x)), scores, jnp.zeros(len(x), jnp.int32))
    return x[curator.select(key, view, None).index]
