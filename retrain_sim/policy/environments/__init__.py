"""Environments: tasks that reward rollouts at their end."""

from retrain_sim.policy.environments.contextual import Contextual
from retrain_sim.policy.environments.many_solutions import ManySolutions
from retrain_sim.policy.environments.random_reward import RandomReward

KINDS = {
    "contextual": Contextual,
    "many-solutions": ManySolutions,
    "random-reward": RandomReward,
}

__all__ = ["KINDS", "Contextual", "ManySolutions", "RandomReward"]
