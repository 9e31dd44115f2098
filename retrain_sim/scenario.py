"""The scenario: every component and array of a simulation, as one pytree."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from retrain_sim.base import (
    Curator,
    FitMetric,
    Frame,
    GenerativeModel,
    Groups,
    Metric,
    Params,
    Regime,
    Reward,
    Samples,
    SelectionMetric,
    component,
)
from retrain_sim.component import replaced


@component
class Scenario:
    """Everything that one simulation needs; passed to it as an argument.

    Args:
        model: the generative model; ``params`` is p_0, already fitted to ``real``.
        rewards: the m reward functions.
        groups: the labeller.
        curator: what is kept each round.
        regime: what the next training set is.
        metrics: measured on p_0 .. p_T.
        selection_metrics: measured on each act of curation.
        fit_metrics: measured on each act of retraining.
        real: the real data available to the regime, and their weights.
        frame: held-out real data and names.
    """

    model: GenerativeModel
    params: Params
    rewards: tuple[Reward, ...]
    groups: Groups
    curator: Curator
    regime: Regime
    metrics: tuple[Metric, ...]
    selection_metrics: tuple[SelectionMetric, ...]
    fit_metrics: tuple[FitMetric, ...]
    real: tuple[Samples, Float[Array, " n_real"]]
    frame: Frame

    def at(self, path: str, value: Any) -> Scenario:
        """Return the scenario with one value replaced.

        ``path`` is dotted, as ``curator.temperature`` or ``rewards.0.scale``.

        Example:
            >>> from retrain_sim import load_spec, prepare
            >>> scenario = prepare(load_spec("coin-drift")).arms["coin"]
            >>> scenario.at("curator.n_kept", 7).curator.n_kept
            7
        """
        return replaced(self, path, value)


class Stack:
    """Scenarios that differ in array leaves only: one program serves them all.

    Leaves that are equal in all arms are stored once.

    Args:
        scenarios: of one ``signature``.
        always: leaves of at most so many numbers are stored for every arm even where
            they are equal, so that other values fit the same program.

    Example:
        >>> stack = Stack([{"a": 1.0, "b": 2.0}, {"a": 1.0, "b": 3.0}])
        >>> float(stack.pick(stack.leaves, 1)["b"])
        3.0
    """

    def __init__(self, scenarios: list[Any], always: int = 0):
        rows = [jax.tree.leaves(scenario) for scenario in scenarios]
        self.structure = jax.tree.structure(scenarios[0])
        columns = list(zip(*rows, strict=True))
        self.varies = [
            np.size(c[0]) <= always or any(not _same(c[0], x) for x in c[1:])
            for c in columns
        ]
        self.leaves = [
            jnp.asarray(np.stack([np.asarray(x) for x in c]) if v else c[0])
            for c, v in zip(columns, self.varies, strict=True)
        ]

    def pick(self, leaves: list[Array], arm: Array | int) -> Any:
        """Rebuild the scenario of one arm; traceable in ``leaves`` and ``arm``."""
        chosen = [x[arm] if v else x for x, v in zip(leaves, self.varies, strict=True)]
        return jax.tree.unflatten(self.structure, chosen)


def _same(a: Any, b: Any) -> bool:
    return a is b or np.array_equal(np.asarray(a), np.asarray(b))


def signature(scenario: Any) -> Any:
    """Tell apart scenarios that need different programs (structure, shapes, types)."""
    leaves, structure = jax.tree.flatten(scenario)
    return structure, tuple((np.shape(x), np.asarray(x).dtype) for x in leaves)
