"""One run of a scenario: its keys, its rounds, and the bytes it carries along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array

from retrain_sim.base import Rows, Samples
from retrain_sim.keys import key_for
from retrain_sim.loop import (
    Observe,
    RetrainState,
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


class Functions(NamedTuple):
    """The functions that runs are made of: their start, a round, what is measured."""

    start: Callable[..., RetrainState]
    step: Callable[..., tuple[RetrainState, Rows]]
    observe: Callable[..., tuple[Rows, Samples]]


PLAIN = Functions(initial_state, retrain_round, observe_metrics)


def traced_once() -> Functions:
    """Make functions that JAX traces once, for however many programs.

    For one simulation: a trace holds what rewards of the user found when it was made.
    """
    return Functions(
        jax.jit(lambda *args: initial_state(*args), static_argnums=2),
        jax.jit(lambda *args: retrain_round(*args)),
        jax.jit(lambda *args: observe_metrics(*args), static_argnums=3),
    )


def pieces_of(
    scenario: Scenario, seed: int | Array, n_shown: int, functions: Functions = PLAIN
) -> Pieces:
    """Bind one run's scenario and keys: they depend on the seed and nothing else."""
    return Pieces(
        scenario,
        key_for("start", seed),
        key_for("rounds", seed),
        lambda key, state: functions.step(key, state, scenario),
        lambda key, state: functions.observe(key, state, scenario, n_shown),
    )


def whole_run(
    scenario: Scenario,
    seed: int | Array,
    n_rounds: int,
    packed: bool = False,
    functions: Functions = PLAIN,
) -> tuple[Rows, Rows]:
    """Run from p_0 to p_T in one piece, without samples to look at.

    Args:
        scenario: all components and their arrays.
        seed: of this run.
        n_rounds: T.
        packed: write all scalars of a round at once; the numbers are the same. Faster
            where many small runs are done side by side. A small run alone is slower,
            because the compiler does only tiny arrays in turn without planning ahead.
        functions: of ``traced_once``, if other programs are made of them, too.

    Returns:
        Metrics [T + 1] and the metrics of each round's curation and retraining [T].

    Example:
        >>> from functools import partial
        >>> from retrain_sim import load_spec, prepare
        >>> coin = prepare(load_spec("coin-drift")).arms["coin"]
        >>> rows, infos = jax.jit(partial(whole_run, n_rounds=3))(coin, 0)
        >>> rows["collapse/heterozygosity"].shape, infos["run/trained"].shape
        ((4,), (3,))
    """
    pieces = pieces_of(scenario, seed, 0, functions)
    rows, infos = Columns(packed), Columns(packed)

    def step(key: Array, state: Any) -> tuple[Any, Any]:
        state, info = pieces.step(key, state)
        return state, infos.together(info)

    def observe(key: Array, state: Any) -> Any:
        return rows.together(pieces.observe(key, state)[0])

    state = functions.start(pieces.key_start, scenario, n_rounds)
    track = scan_rounds(pieces.key, step, state, n_rounds, observe)
    return rows.apart(track.rows), infos.apart(track.infos)


class Columns:
    """Scalars by name as the columns of one table; as they are, if not packed.

    Args:
        packed: whether a row is one array.
    """

    def __init__(self, packed: bool):
        self._packed = packed
        self._names: tuple[str, ...] = ()

    def together(self, row: Rows) -> Any:
        """Make a row of the table, and remember what is where."""
        self._names = tuple(row)
        return jnp.stack(list(row.values())) if self._packed else row

    def apart(self, table: Any) -> Rows:
        """Return the columns of a table ``[t, n]`` by name."""
        if not self._packed:
            return table
        return dict(zip(self._names, table.T, strict=True))


def state_bytes(scenario: Scenario, n_rounds: int, functions: Functions = PLAIN) -> int:
    """Count the bytes that one run carries from round to round."""
    key = jax.random.key(0)
    state = jax.eval_shape(lambda s: functions.start(key, s, n_rounds), scenario)
    return sum(x.size * x.dtype.itemsize for x in jax.tree.leaves(state))
