"""Resampling drift: the loop on the atoms, with finitely many kept samples."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Pool, View
from retrain_sim.keys import key_for
from retrain_sim.loop import scan_rounds
from retrain_sim.predictions.measuring import quick_metrics, rows_of
from retrain_sim.predictions.paths import regime_on
from retrain_sim.preparation import Atoms
from retrain_sim.scenario import Scenario

ByRound = dict[str, Float[np.ndarray, " t"]]


def resampled_rows(
    scenario: Scenario, atoms: Atoms, n_rounds: int, n_seeds: int, seed: int
) -> tuple[ByRound, ByRound]:
    """Measure the loop below, by the metrics that cost little: means, standard errors.

    Arguments are those of ``resampled_weights``.
    """
    rows = _resampled(scenario, atoms, n_rounds, n_seeds, seed, rows_of)
    values = {k: np.asarray(v, np.float64) for k, v in rows.items()}
    means = {k: v.mean(axis=0) for k, v in values.items()}
    return means, {k: standard_errors(v) for k, v in values.items()}


def standard_errors(values: Float[np.ndarray, "s t"]) -> Float[np.ndarray, " t"]:
    """Return the standard error of the mean over seeds; NaN for a single seed."""
    if len(values) < 2:
        return np.full(values.shape[1], np.nan)
    return values.std(axis=0, ddof=1) / math.sqrt(len(values))


def resampled_weights(
    scenario: Scenario, atoms: Atoms, n_rounds: int, n_seeds: int, seed: int
) -> Float[np.ndarray, "s t n"]:
    """Run the loop with an ideal fit on the atoms: selection and drift, no training.

    Every round draws ``n_candidates`` atoms, curates them with the scenario's own rule,
    mixes as its regime does, and takes the frequencies.

    Args:
        scenario: its curator and regime are used.
        atoms: the outcomes, with their scores.
        n_rounds: T.
        n_seeds: independent repetitions.
        seed: of the first repetition.

    Returns:
        Probabilities of the atoms by seed and round, each row summing to one.
    """
    return np.asarray(_resampled(scenario, atoms, n_rounds, n_seeds, seed, _weights))


def _weights(probs: Array, view: View, metrics: Any, frame: Any) -> Array:
    return probs


def _resampled(
    scenario: Scenario, atoms: Atoms, n_rounds: int, n_seeds: int, seed: int, observe
) -> Any:
    seeds = jnp.arange(n_seeds, dtype=jnp.uint32) + seed
    keys = jax.vmap(lambda s: key_for("resampling", s))(seeds)
    start = jnp.asarray(atoms.probs, jnp.float32)
    real = (jnp.arange(len(start)), jnp.asarray(atoms.real_probs, jnp.float32))
    measured = (atoms.view, quick_metrics(scenario), scenario.frame)
    parts = (scenario.curator, regime_on(atoms, scenario), real, measured)
    return _resample(keys, start, *parts, n_rounds=n_rounds, observe=observe)


@partial(jax.jit, static_argnames=("n_rounds", "observe"))
def _resample(keys, start, curator, regime, real, measured, *, n_rounds, observe):
    view, metrics, frame = measured

    def step(key: PRNGKeyArray, state: tuple[Array, Pool]) -> tuple[tuple, tuple]:
        probs, pool = state
        key_draw, key_curate, key_mix = jax.random.split(key, 3)
        n = curator.n_candidates
        drawn = jax.random.choice(key_draw, len(probs), (n,), p=probs)
        seen = View(drawn, jnp.ones(n), view.rewards[:, drawn], view.groups[drawn])
        index = curator.select(key_curate, seen, jnp.log(probs[drawn])).index
        kept = (drawn[index], jnp.ones(curator.n_kept))
        pool, (data, weights) = regime.mix(key_mix, pool, kept, real)
        counts = jnp.zeros_like(probs).at[data].add(weights)
        return (counts / counts.sum(), pool), ()

    def one(key: PRNGKeyArray) -> Any:
        pool = regime.init(key, real, curator.n_kept, n_rounds)

        def look(key: PRNGKeyArray, state: tuple) -> Any:
            return observe(state[0], view, metrics, frame)

        return scan_rounds(key, step, (start, pool), n_rounds, look).rows

    return jax.lax.map(one, keys)
