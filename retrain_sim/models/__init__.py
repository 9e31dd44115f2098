"""Generative models: one kind, one file."""

from retrain_sim.models.categorical import Categorical
from retrain_sim.models.flow_matching import FlowMatching
from retrain_sim.models.gaussian import Gaussian
from retrain_sim.models.gaussian_mixture import GaussianMixture
from retrain_sim.models.kernel_density import KernelDensity

KINDS = {
    "categorical": Categorical,
    "flow-matching": FlowMatching,
    "gaussian": Gaussian,
    "gaussian-mixture": GaussianMixture,
    "kernel-density": KernelDensity,
}

__all__ = [
    "KINDS",
    "Categorical",
    "FlowMatching",
    "Gaussian",
    "GaussianMixture",
    "KernelDensity",
]
