"""Reward functions: one kind, one file."""

from retrain_sim.rewards.ball import Ball
from retrain_sim.rewards.class_probability import ClassProbability
from retrain_sim.rewards.confidence import Confidence
from retrain_sim.rewards.distance import Distance
from retrain_sim.rewards.imported import Imported
from retrain_sim.rewards.jump_disc import JumpDisc
from retrain_sim.rewards.length import Length
from retrain_sim.rewards.linear import Linear
from retrain_sim.rewards.quadratic_peak import QuadraticPeak
from retrain_sim.rewards.region import Region
from retrain_sim.rewards.table import Table

KINDS = {
    "ball": Ball,
    "class-probability": ClassProbability,
    "confidence": Confidence,
    "distance": Distance,
    "import": Imported,
    "jump-disc": JumpDisc,
    "length": Length,
    "linear": Linear,
    "quadratic-peak": QuadraticPeak,
    "region": Region,
    "table": Table,
}

__all__ = [
    "KINDS",
    "Ball",
    "ClassProbability",
    "Confidence",
    "Distance",
    "Imported",
    "JumpDisc",
    "Length",
    "Linear",
    "QuadraticPeak",
    "Region",
    "Table",
]
