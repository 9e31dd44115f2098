"""Generative models: one kind, one file."""

from retrain_sim.models.categorical import Categorical
from retrain_sim.models.flow_matching import FlowMatching
from retrain_sim.models.gaussian import Gaussian
from retrain_sim.models.gaussian_mixture import GaussianMixture
from retrain_sim.models.kernel_density import KernelDensity
from retrain_sim.models.language_model import LanguageModel
from retrain_sim.models.linear_regression import LinearRegression
from retrain_sim.models.n_gram import NGram

KINDS = {
    "categorical": Categorical,
    "flow-matching": FlowMatching,
    "gaussian": Gaussian,
    "gaussian-mixture": GaussianMixture,
    "kernel-density": KernelDensity,
    "language-model": LanguageModel,
    "linear-regression": LinearRegression,
    "n-gram": NGram,
}

__all__ = [
    "KINDS",
    "Categorical",
    "FlowMatching",
    "Gaussian",
    "GaussianMixture",
    "KernelDensity",
    "LanguageModel",
    "LinearRegression",
    "NGram",
]
