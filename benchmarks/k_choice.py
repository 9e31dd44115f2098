"""One act of K-choice: keep 2 500 of a pool of 50 000, two voters."""

from __future__ import annotations

import functools
import math
import random
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.case import Benchmark, Case, scaled
from retrain_sim.base import View
from retrain_sim.curation import KChoice
from retrain_sim.threefry import make_key

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


def _one_by_one(rewards: np.ndarray, kept: int, slate_size: int) -> list[int]:
    """Choose one after the other, as the field's scripts do: NumPy for every slate."""
    rng, chosen = np.random.default_rng(0), []
    for _ in range(kept):
        slate = rng.integers(rewards.shape[1], size=slate_size)
        voter = int(rng.random() >= WEIGHTS[0])
        odds = np.exp(rewards[voter, slate])
        chosen.append(rng.choice(slate, p=odds / odds.sum()))
    return chosen


def _python_choice(rewards: list[list[float]], kept: int, slate_size: int) -> list[int]:
    """Choose one after the other, as fast as Python does without any array."""
    rng, chosen = random.Random(0), []
    everyone = range(len(rewards[0]))
    for _ in range(kept):
        slate = rng.sample(everyone, slate_size)
        voter = rewards[0 if rng.random() < WEIGHTS[0] else 1]
        odds = [math.exp(voter[i]) for i in slate]
        chosen += rng.choices(slate, odds)
    return chosen


class Rival(NamedTuple):
    """Another way to choose, and how many times faster ours should be."""

    suffix: str
    name: str
    packages: tuple[str, ...]
    target: float | None
    choose: Callable[[Any, int, int], object]


RIVALS = [
    Rival("", "NumPy, Gumbel-max, vectorized", ("numpy",), 1.0, _numpy_choice),
    Rival("-loop", "a Python loop, NumPy per slate", ("numpy",), 50.0, _one_by_one),
    Rival("-plain", "a Python loop without arrays", (), None, _python_choice),
]


def _make(scale: float, slate_size: int, rival: Rival) -> Case:
    pool, kept = scaled(POOL, scale, slate_size), scaled(KEPT, scale)
    rewards = _rewards(pool)
    curator = KChoice(WEIGHTS, slate_size, 1.0, pool, kept)
    ones, nobody = jnp.ones(pool), jnp.zeros(pool, jnp.int32)
    view = View(jnp.zeros((pool, 1)), ones, jnp.asarray(rewards), nobody)
    key = make_key(0)
    select = jax.jit(lambda key, view: curator.select(key, view, None).index)
    compiled = select.lower(key, view).compile()
    rows = rewards if rival.packages else rewards.tolist()
    return Case(
        lambda: jax.block_until_ready(compiled(key, view)),
        lambda: rival.choose(rows, kept, slate_size),
    )


def _benchmark(slate_size: int, rival: Rival) -> Benchmark:
    return Benchmark(
        f"k-choice-{slate_size}{rival.suffix}",
        f"K-choice, K = {slate_size}, pool 50 000, keep 2 500, two rewards",
        rival.name,
        rival.packages,
        rival.target,
        functools.partial(_make, slate_size=slate_size, rival=rival),
    )


BENCHMARKS = [_benchmark(k, rival) for k in (4, 16) for rival in RIVALS]
