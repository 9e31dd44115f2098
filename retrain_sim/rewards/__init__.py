"""Reward functions: one kind, one file."""

from retrain_sim.rewards.class_probability import ClassProbability
from retrain_sim.rewards.imported import Imported
from retrain_sim.rewards.quadratic_peak import QuadraticPeak
from retrain_sim.rewards.table import Table

KINDS = {
    "class-probability": ClassProbability,
    "import": Imported,
    "quadratic-peak": QuadraticPeak,
    "table": Table,
}

__all__ = ["KINDS", "ClassProbability", "Imported", "QuadraticPeak", "Table"]
