"""What a run of policies is warned of: targets out of reach, rewards all equal."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np
import xarray as xr

from retrain_sim.keys import key_for
from retrain_sim.policy.learner import Task, start_state
from retrain_sim.policy.spec import PolicySpec


def unreachable_targets(spec: PolicySpec) -> list[str]:
    """Warn of entropy targets that no perfect policy can have, with the numbers.

    Example:
        >>> from retrain_sim.policy.spec import load_policy_spec
        >>> path = "REPO-R on LOOP.algorithm.controller.target.level"
        >>> unreachable_targets(load_policy_spec("many-solutions", {path: 1.0}))[0][:43]
        "arm 'REPO-R on LOOP': the entropy target of"
    """
    lines = []
    for arm, task in spec.tasks.items():
        if not _has_target(task):
            continue
        state = start_state(key_for("policy", jnp.uint32(spec.run.seed)), task)
        target, reachable = target_and_reach(task, float(state.control.start))
        if target > reachable:
            lines.append(
                f"arm {arm!r}: the entropy target of {target:.2f} nats is above the "
                f"{reachable:.2f} nats of the most varied perfect policy: it costs "
                "accuracy"
            )
    return lines


def target_and_reach(task: Task, start: float) -> tuple[float, float]:
    """Return the target of round 0, and the most a perfect policy can have.

    Args:
        task: environment, policy and algorithm.
        start: mean entropy per token of the initial policy, in nats.

    Returns:
        Both in nats per token; a target of 0 where the algorithm has none, infinity
        where the task does not say what a perfect policy can have.
    """
    reachable = getattr(task.environment, "greatest_entropy", np.inf)
    if not _has_target(task):
        return 0.0, reachable
    controller: Any = task.algorithm.controller
    target = controller.target(jnp.int32(0), jnp.float32(start))
    return float(target), reachable


def _has_target(task: Task) -> bool:
    return hasattr(task.algorithm.controller, "target")


def equal_rewards(history: xr.Dataset) -> list[str]:
    """Warn of arms in which no group ever had two different rewards."""
    taught = history["policy/informative"].max(("seed", "step"))
    return [
        f"arm {arm!r}: all rewards of every group were equal: nothing can be learned"
        for arm, most in zip(taught["arm"].values, taught.values, strict=True)
        if most == 0
    ]
