"""Predictions: theory applied to a scenario. One kind, one file."""

from retrain_sim.predictions.gaussian_decay import GaussianDecay
from retrain_sim.predictions.neutral_drift import NeutralDrift
from retrain_sim.predictions.population_map import PopulationMap

KINDS = {
    "gaussian-decay": GaussianDecay,
    "neutral-drift": NeutralDrift,
    "population-map": PopulationMap,
}

__all__ = ["KINDS", "GaussianDecay", "NeutralDrift", "PopulationMap"]
