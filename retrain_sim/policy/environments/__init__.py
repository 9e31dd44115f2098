"""Environments: tasks that reward rollouts at their end."""

from retrain_sim.policy.environments.contextual import Contextual
from retrain_sim.policy.environments.many_solutions import ManySolutions
from retrain_sim.policy.environments.programs import Programs
from retrain_sim.policy.environments.random_reward import RandomReward
from retrain_sim.policy.environments.targets import Targets
from retrain_sim.policy.environments.tool_use import ToolUse

KINDS = {
    "contextual": Contextual,
    "many-solutions": ManySolutions,
    "programs": Programs,
    "random-reward": RandomReward,
    "targets": Targets,
    "tool-use": ToolUse,
}

__all__ = [
    "KINDS",
    "Contextual",
    "ManySolutions",
    "Programs",
    "RandomReward",
    "Targets",
    "ToolUse",
]
