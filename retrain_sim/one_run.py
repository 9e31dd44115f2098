"""One run of a scenario: its keys, its rounds, and the bytes it carries along."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import jax
from jaxtyping import Array

from retrain_sim.base import Rows
from retrain_sim.keys import key_for
from retrain_sim.loop import (
    Observe,
    Step,
    initial_state,
    observe_metrics,
    retrain_round,
    scan_rounds,
)
from retrain_sim.scenario import Scenario


class Pieces(NamedTuple):
    """What the driver of rounds needs for one run of a scenario."""

    scenario: Scenario
    key_start: Array
    key: Array
    step: Step
    observe: Observe


def pieces_of(scenario: Scenario, seed: int | Array, n_shown: int) -> Pieces:
    """Bind one run's scenario and keys: they depend on the seed and nothing else."""
    return Pieces(
        scenario,
        key_for("start", seed),
        key_for("rounds", seed),
        lambda key, state: retrain_round(key, state, scenario),
        lambda key, state: observe_metrics(key, state, scenario, n_shown),
    )


def whole_run(
    scenario: Scenario, seed: int | Array, n_rounds: int
) -> tuple[Rows, Rows]:
    """Run from p_0 to p_T in one piece, without samples to look at.

    Args:
        scenario: all components and their arrays.
        seed: of this run.
        n_rounds: T.

    Returns:
        Metrics [T + 1] and the metrics of each round's curation and retraining [T].

    Example:
        >>> from retrain_sim import load_spec, prepare
        >>> coin = prepare(load_spec("coin-drift")).arms["coin"]
        >>> rows, infos = jax.jit(partial(whole_run, n_rounds=3))(coin, 0)
        >>> rows["collapse/heterozygosity"].shape, infos["run/trained"].shape
        ((4,), (3,))
    """
    pieces = pieces_of(scenario, seed, 0)
    state = initial_state(pieces.key_start, scenario, n_rounds)

    def observe(key: Array, state: Any) -> Rows:
        return pieces.observe(key, state)[0]

    track = scan_rounds(pieces.key, pieces.step, state, n_rounds, observe)
    return track.rows, track.infos


def state_bytes(scenario: Scenario, n_rounds: int) -> int:
    """Count the bytes that one run carries from round to round."""
    start = partial(initial_state, jax.random.key(0), n_rounds=n_rounds)
    state = jax.eval_shape(lambda s: start(scenario=s), scenario)
    return sum(x.size * x.dtype.itemsize for x in jax.tree.leaves(state))
