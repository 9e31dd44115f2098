"""What tasks on sequences share: rollouts, and measures taken from fresh ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jax
from jaxtyping import Array, Int, PRNGKeyArray

from retrain_sim.base import Params, Rows
from retrain_sim.policy.base import Policy, Rollouts
from retrain_sim.policy.sampled_measures import Attempts, sampled_rows
from retrain_sim.ranges import at_least, shares


class Sequences:
    """A task that is tried token by token, and measured on sampled rollouts.

    A subclass has the settings that ``sampling_faults`` reads, and says how groups of n
    rollouts are drawn and judged: ``_attempt(key, policy, params, n) -> Attempts``.
    """

    def rollout(
        self,
        key: PRNGKeyArray,
        round: Int[Array, ""],
        policy: Policy,
        params: Params,
        group_size: int,
    ) -> Rollouts:
        """Draw rollouts; those that solve the task pay 1."""
        made: Any = self
        return made._attempt(key, policy, params, group_size).rollouts

    def metrics(
        self, key: PRNGKeyArray, round: Int[Array, ""], policy: Policy, params: Params
    ) -> Rows:
        """Measure on fresh rollouts: see ``sampled_rows``."""
        made: Any = self
        key_draw, key_shift = jax.random.split(key)
        attempts = made._attempt(key_draw, policy, params, made.n_measured)
        rows = sampled_rows(key_shift, attempts, made.k, made.keep)
        return rows | self._further(attempts, policy, params)

    def _further(self, attempts: Attempts, policy: Policy, params: Params) -> Rows:
        """Return what else the task measures."""
        return {}


def sampling_faults(task: Any) -> Iterator[tuple[str, str]]:
    """Yield what is out of range among the settings of every such task.

    Args:
        task: it has ``n_contexts``, ``n_measured``, ``k`` and ``keep``.
    """
    yield from at_least(task, n_contexts=1, k=1)
    yield from shares(task, "keep")
    if task.k > task.n_measured:
        yield "k", f"must be at most n_measured = {task.n_measured}, got {task.k}"
