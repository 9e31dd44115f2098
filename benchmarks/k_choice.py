"""One act of K-choice: keep 2 500 of a pool of 50 000, two voters."""

from __future__ import annotations

import functools
import math
import random

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.case import Benchmark, Case, scaled
from retrain_sim.base import View
from retrain_sim.curation import KChoice

POOL, KEPT, WEIGHTS = 50_000, 2500, (0.3, 0.7)


def _rewards(pool: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(2, pool)).astype(np.float32)


def _numpy_choice(rewards: np.ndarray, kept: int, slate_size: int) -> np.ndarray:
    """Choose by Gumbel noise; slates with replacement: cheaper, biased."""
    rng = np.random.default_rng(0)
    slates = rng.integers(rewards.shape[1], size=(kept, slate_size))
    voters = (rng.random(kept) >= WEIGHTS[0]).astype(np.intp)
    shown = rewards[voters[:, None], slates]
    pick = (shown + rng.gumbel(size=shown.shape)).argmax(axis=1)
    return slates[np.arange(kept), pick]


def _python_choice(rewards: list[list[float]], kept: int, slate_size: int) -> list[int]:
    """Choose one after the other."""
    rng, chosen = random.Random(0), []
    everyone = range(len(rewards[0]))
    for _ in range(kept):
        slate = rng.sample(everyone, slate_size)
        voter = rewards[0 if rng.random() < WEIGHTS[0] else 1]
        odds = [math.exp(voter[i]) for i in slate]
        chosen += rng.choices(slate, odds)
    return chosen


def _make(scale: float, slate_size: int, plain: bool) -> Case:
    pool, kept = scaled(POOL, scale, slate_size), scaled(KEPT, scale)
    rewards = _rewards(pool)
    curator = KChoice(WEIGHTS, slate_size, 1.0, pool, kept)
    ones, nobody = jnp.ones(pool), jnp.zeros(pool, jnp.int32)
    view = View(jnp.zeros((pool, 1)), ones, jnp.asarray(rewards), nobody)
    key = jax.random.key(0)
    select = jax.jit(lambda key, view: curator.select(key, view, None).index)
    compiled = select.lower(key, view).compile()
    rows = rewards.tolist()

    def rival() -> object:
        if plain:
            return _python_choice(rows, kept, slate_size)
        return _numpy_choice(rewards, kept, slate_size)

    return Case(lambda: jax.block_until_ready(compiled(key, view)), rival)


def _benchmark(slate_size: int, plain: bool) -> Benchmark:
    return Benchmark(
        f"k-choice-{slate_size}" + ("-loop" if plain else ""),
        f"K-choice, K = {slate_size}, pool 50 000, keep 2 500, two rewards",
        "a plain Python loop" if plain else "NumPy, Gumbel-max, vectorized",
        () if plain else ("numpy",),
        50.0 if plain else 1.0,
        functools.partial(_make, slate_size=slate_size, plain=plain),
    )


BENCHMARKS = [_benchmark(k, plain) for k in (4, 16) for plain in (False, True)]
