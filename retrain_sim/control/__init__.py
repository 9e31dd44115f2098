"""Entropy targets and controllers: one object for RL, curation and data mixing."""

from retrain_sim.control.base import Control, Controller, Target
from retrain_sim.control.controllers import (
    Additive,
    Factor,
    Fixed,
    Halving,
    Integral,
)

KINDS = {
    "additive": Additive,
    "factor": Factor,
    "fixed": Fixed,
    "halving": Halving,
    "integral": Integral,
}

__all__ = [
    "KINDS",
    "Additive",
    "Control",
    "Controller",
    "Factor",
    "Fixed",
    "Halving",
    "Integral",
    "Target",
]
