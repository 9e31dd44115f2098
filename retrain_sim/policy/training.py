"""Train many policies at once: arms x seeds, compiled, in chunks that can be saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import AxisType, NamedSharding, PartitionSpec
from jaxtyping import Array

from retrain_sim.errors import UserError
from retrain_sim.keys import key_for
from retrain_sim.loop import Track, advance_track, start_track
from retrain_sim.policy.learner import Task, observe, start_state, train_round
from retrain_sim.scenario import Stack, signature

SINGLE_SUMS = {"xla_cpu_experimental_ynn_fusion_type": ""}
"""Saves a fifth of the time of policies this small, on a CPU: sums leave the threads
alone."""


class Group:
    """Arms that share one program, all seeds, spread over the local devices.

    Seeds are paired: the random numbers of a run depend on its seed, not on its arm.

    Args:
        arms: name -> task, all of one ``signature``.
        n_rounds: T.
        n_seeds: independent runs of every arm.
        seed: the first of them.
    """

    def __init__(
        self, arms: Mapping[str, Task], n_rounds: int, n_seeds: int, seed: int
    ):
        self.names, self.n_rounds, self.n_seeds = tuple(arms), n_rounds, n_seeds
        self.stack = Stack(list(arms.values()))
        self.n_runs, self.round, self.track = len(arms) * n_seeds, 0, None
        devices = min(jax.local_device_count(), self.n_runs)
        mesh = jax.make_mesh((devices,), ("run",), axis_types=(AxisType.Auto,))
        self._spread = NamedSharding(mesh, PartitionSpec("run"))
        # Arguments, not constants: other values find the compiled program in the cache.
        given = (self.stack.leaves, jnp.uint32(seed))
        self._given = jax.device_put(given, NamedSharding(mesh, PartitionSpec()))
        runs = np.arange(self.n_runs + -self.n_runs % devices) % self.n_runs
        pairs = np.stack(np.divmod(runs, n_seeds), axis=-1).astype(np.uint32)
        self._runs = jax.device_put(pairs, self._spread)
        self._compile(mesh)

    def _compile(self, mesh: Any) -> None:
        start = jax.jit(_mapped(self._start_one, mesh, 1))
        started = start.lower(self._runs, self._given)
        self._start = _compiled(started, level=0)  # it runs once
        self.shape = jax.tree.map(
            lambda x: jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=self._spread),
            started.out_info,
        )
        advance = jax.jit(_mapped(self._advance_one, mesh, 2), donate_argnums=1)
        lowered = advance.lower(self._runs, self.shape, self._given, *_bounds(0, 0))
        self._advance = _compiled(lowered)

    def _pieces(self, run: Array, given: Any) -> tuple[Task, Array, Any, Any]:
        leaves, first_seed = given
        task = self.stack.pick(leaves, run[0])

        def step(key: Array, state: Any) -> Any:
            return train_round(key, state, task)

        def look(key: Array, state: Any) -> Any:
            return observe(key, state, task)

        return task, first_seed + run[1], step, look

    def _start_one(self, run: Array, given: Any) -> Track:
        task, seed, step, look = self._pieces(run, given)
        state = start_state(key_for("policy", seed), task)
        return start_track(key_for("rounds", seed), step, state, self.n_rounds, look)

    def _advance_one(
        self, run: Array, track: Track, given: Any, first: Array, last: Array
    ) -> Track:
        _, seed, step, look = self._pieces(run, given)
        return advance_track(key_for("rounds", seed), step, track, look, first, last)

    def advance(self, n_rounds: int) -> None:
        """Start if need be, then run some rounds, or all that are left."""
        if self.track is None:
            self.track = self._start(self._runs, self._given)
        last = min(self.round + n_rounds, self.n_rounds)
        bounds = _bounds(self.round, last)
        track = self._advance(self._runs, self.track, self._given, *bounds)
        self.track, self.round = jax.block_until_ready(track), last

    def restart(self) -> None:
        """Forget what has been run; the compiled program stays."""
        self.track, self.round = None, 0

    def leaves(self) -> list[np.ndarray]:
        """Return all that a checkpoint needs."""
        return [np.asarray(x) for x in jax.tree.leaves(self.track)]

    def restore(self, round: int, leaves: list[np.ndarray]) -> None:
        """Continue from a checkpoint."""
        shapes, structure = jax.tree.flatten(self.shape)
        if [(x.shape, x.dtype) for x in shapes] != [(x.shape, x.dtype) for x in leaves]:
            raise UserError("checkpoint: it does not belong to this scenario")
        track = jax.tree.unflatten(structure, leaves)
        self.track, self.round = jax.device_put(track, self._spread), round

    def recorded(self) -> dict[str, dict[str, np.ndarray]]:
        """Return arm -> metric -> values [seed, row]."""
        if self.track is None:
            raise ValueError("nothing has been run")
        both = jax.device_get(self.track.rows | self.track.infos)
        return {
            name: {metric: self._of(i, values) for metric, values in both.items()}
            for i, name in enumerate(self.names)
        }

    def _of(self, arm: int, values: np.ndarray) -> np.ndarray:
        return values[arm * self.n_seeds : (arm + 1) * self.n_seeds]


def _compiled(lowered: Any, level: int = 1) -> Any:
    """Compile; on a CPU with the options that suit small programs.

    Args:
        lowered: the program.
        level: how hard to optimize; 1 halves the time that 3 takes to compile, and
            these programs run no slower.
    """
    if jax.default_backend() != "cpu":
        return lowered.compile()
    try:
        options = SINGLE_SUMS | {"xla_backend_optimization_level": level}
        return lowered.compile(compiler_options=options)
    except jax.errors.JaxRuntimeError:  # an XLA that has no such option
        return lowered.compile()


def _bounds(first: int, last: int) -> tuple[Array, Array]:
    return jnp.int32(first), jnp.int32(last)


def _mapped(one: Callable, mesh: Any, n_spread: int) -> Callable:
    """Map a function of one run over the devices, and over the runs of each.

    The first arguments are spread over the runs, all others are the same for all.
    """

    def mapped(*args: Any) -> Any:
        n_same = len(args) - n_spread
        runs, same = PartitionSpec("run"), PartitionSpec()
        each = jax.vmap(one, (0,) * n_spread + (None,) * n_same)
        specs = (runs,) * n_spread + (same,) * n_same
        return jax.shard_map(
            each, mesh=mesh, in_specs=specs, out_specs=runs, check_vma=False
        )(*args)

    return mapped


def make_groups(
    arms: Mapping[str, Task], n_rounds: int, n_seeds: int, seed: int = 0
) -> list[Group]:
    """Compile the arms, those that differ in floats only together."""
    found: dict[Any, dict[str, Task]] = {}
    for name, task in arms.items():
        found.setdefault(signature(task), {})[name] = task
    with ThreadPoolExecutor(2) as pool:  # compiling frees the interpreter
        sizes = (n_rounds, n_seeds, seed)
        return list(pool.map(lambda group: Group(group, *sizes), found.values()))


def train_arms(
    arms: Mapping[str, Task], n_rounds: int, n_seeds: int, seed: int = 0
) -> dict[str, dict[str, np.ndarray]]:
    """Train every arm with the same seeds.

    Args:
        arms: name -> task; arms that differ in floats only share one program.
        n_rounds: T.
        n_seeds: independent runs of every arm, paired between arms.
        seed: the first seed.

    Returns:
        Arm -> metric -> values: rows [seed, T + 1] of the policy after t rounds, infos
        [seed, T] of what happened in each.

    Example:
        >>> from retrain_sim.policy.environments import RandomReward
        >>> from retrain_sim.policy.policies import Tabular
        >>> from retrain_sim.policy.recipes import make_algorithm
        >>> task = Task(RandomReward(), Tabular(n_actions=5), make_algorithm("rloo"))
        >>> train_arms({"rloo": task}, 4, 3)["rloo"]["policy/entropy"].shape
        (3, 5)
    """
    groups = make_groups(arms, n_rounds, n_seeds, seed)
    made: dict[str, dict[str, np.ndarray]] = {}
    for group in groups:
        group.advance(n_rounds)
        made |= group.recorded()
    return {name: made[name] for name in arms}
