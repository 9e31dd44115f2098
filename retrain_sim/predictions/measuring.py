"""Metrics of the atoms: the same code that measures the samples of a run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from retrain_sim.base import Metric, Rows, View
from retrain_sim.preparation import Atoms
from retrain_sim.scenario import Scenario

MEASURED_AT_ONCE = 64
MOST_PAIRED = 1000
"""Atoms that metrics of all pairs are predicted on: they cost the square of it."""


class Measured(NamedTuple):
    """Metrics by round: of the first path, and their spread over the others."""

    rows: dict[str, Float[np.ndarray, " t"]]
    se: dict[str, Float[np.ndarray, " t"]]


def measure_paths(
    paths: Iterable[Float[np.ndarray, "t n"]], atoms: Atoms, scenario: Scenario
) -> Measured:
    """Measure the first path by all metrics, the others by those that cost little.

    Args:
        paths: weights of the atoms by round; the others are bootstraps of the first.
        atoms: the outcomes.
        scenario: its metrics are used.

    Returns:
        Metrics [t]; standard errors [t] if there is more than one path.
    """
    quick, first, rest = quick_metrics(scenario), {}, []
    for i, path in enumerate(paths):
        rows = measure_path(path, atoms.view, quick, scenario)
        if i == 0:
            first = rows | _measure_pairs(path, atoms, scenario)
        else:
            rest.append(rows)
    if not rest:
        return Measured(first, {})
    spread = {k: np.std([rows[k] for rows in rest], axis=0, ddof=1) for k in rest[0]}
    return Measured(first, spread)


def measure_path(
    path: Float[np.ndarray, "t n"],
    view: View,
    metrics: tuple[Metric, ...],
    scenario: Scenario,
) -> dict[str, Float[np.ndarray, " t"]]:
    """Evaluate metrics on atoms with the weights of every round."""
    counts = jnp.asarray(path * path.shape[1], jnp.float32)
    rows = _measure(counts, view, metrics, scenario.frame)
    return {k: np.asarray(v, np.float64) for k, v in rows.items()}


def _measure_pairs(
    path: Float[np.ndarray, "t n"], atoms: Atoms, scenario: Scenario
) -> dict[str, Float[np.ndarray, " t"]]:
    """Evaluate metrics of all pairs, on a part of the atoms if they are samples."""
    metrics = tuple(m for m in _predictable(scenario) if getattr(m, "pairs", False))
    if not metrics:
        return {}
    n = path.shape[1]
    chosen = np.arange(n)
    if not atoms.exact:  # p_0's atoms come first, the real data last: every k-th
        chosen = chosen[:: max(1, -(-n // MOST_PAIRED))]
    x, weights, rewards, groups = atoms.view
    view = View(x[chosen], weights[chosen], rewards[:, chosen], groups[chosen])
    part = path[:, chosen] / path[:, chosen].sum(axis=1, keepdims=True)
    return measure_path(part, view, metrics, scenario)


def _predictable(scenario: Scenario) -> tuple[Metric, ...]:
    return tuple(m for m in scenario.metrics if getattr(m, "predictable", True))


def quick_metrics(scenario: Scenario) -> tuple[Metric, ...]:
    """List the metrics that can be predicted at a cost linear in the atoms."""
    return tuple(m for m in _predictable(scenario) if not getattr(m, "pairs", False))


def rows_of(
    weights: Float[Array, " n"], view: View, metrics: tuple[Metric, ...], frame
) -> Rows:
    """Evaluate metrics on atoms with the given weights."""
    rows: Rows = {}
    for metric in metrics:
        rows |= metric(jax.random.key(0), view._replace(weights=weights), frame)
    return rows


@jax.jit
def _measure(weights, view, metrics, frame):
    def one(w: Array) -> Rows:
        return rows_of(w, view, metrics, frame)

    return jax.lax.map(one, weights, batch_size=MEASURED_AT_ONCE)
