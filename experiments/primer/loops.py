"""Parts that run through the main loop: every arm of a scenario, many seeds."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from jaxtyping import Array, PRNGKeyArray

import retrain_sim as rs
from experiments.primer.driver import Measured
from retrain_sim.loop import initial_state, retrain_round, scan_rounds
from retrain_sim.scenario import Scenario
from retrain_sim.spec import Spec


def run_arms(
    spec: Spec, observe: Callable[[Any], dict[str, Array]], n_seeds: int, seed: int
) -> Measured:
    """Retrain in every arm; observe the parameters of every round.

    Args:
        spec: the scenario.
        observe: parameters -> named scalars.
        n_seeds: loops per arm.
        seed: of the whole.

    Returns:
        ``name/arm`` -> values [s, T + 1].
    """
    keys = jax.random.split(jax.random.key(seed), n_seeds)
    n_rounds, found = spec.run.rounds, {}

    def loop(key: PRNGKeyArray, scenario: Scenario) -> dict[str, Array]:
        key_start, key_rounds = jax.random.split(key)
        return scan_rounds(
            key_rounds,
            lambda key, state: retrain_round(key, state, scenario),
            initial_state(key_start, scenario, n_rounds),
            n_rounds,
            lambda _, state: observe(state.params),
        ).rows

    for arm, scenario in rs.prepare(spec).arms.items():
        bare = dataclasses.replace(scenario, metrics=(), selection_metrics=())
        rows = jax.jit(jax.vmap(loop, (0, None)))(keys, bare)
        found |= {f"{k}/{arm}": np.asarray(v, np.float64) for k, v in rows.items()}
    return found
