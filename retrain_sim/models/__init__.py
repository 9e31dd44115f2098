"""Generative models: one kind, one file."""

from retrain_sim.models.categorical import Categorical
from retrain_sim.models.flow_matching import FlowMatching
from retrain_sim.models.gaussian import Gaussian
from retrain_sim.models.gaussian_mixture import GaussianMixture

KINDS = {
    "categorical": Categorical,
    "flow-matching": FlowMatching,
    "gaussian": Gaussian,
    "gaussian-mixture": GaussianMixture,
}

__all__ = ["KINDS", "Categorical", "FlowMatching", "Gaussian", "GaussianMixture"]
