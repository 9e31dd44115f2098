"""Generative models: one kind, one file."""

from retrain_sim.models.categorical import Categorical
from retrain_sim.models.coupling_flow import CouplingFlow
from retrain_sim.models.diffusion import Diffusion
from retrain_sim.models.flow_matching import FlowMatching
from retrain_sim.models.gaussian import Gaussian
from retrain_sim.models.gaussian_mixture import GaussianMixture
from retrain_sim.models.kernel_density import KernelDensity
from retrain_sim.models.language_model import LanguageModel
from retrain_sim.models.linear_regression import LinearRegression
from retrain_sim.models.n_gram import NGram
from retrain_sim.models.vae import VariationalAutoencoder

KINDS = {
    "categorical": Categorical,
    "coupling-flow": CouplingFlow,
    "diffusion": Diffusion,
    "flow-matching": FlowMatching,
    "gaussian": Gaussian,
    "gaussian-mixture": GaussianMixture,
    "kernel-density": KernelDensity,
    "language-model": LanguageModel,
    "linear-regression": LinearRegression,
    "n-gram": NGram,
    "vae": VariationalAutoencoder,
}

__all__ = [
    "KINDS",
    "Categorical",
    "CouplingFlow",
    "Diffusion",
    "FlowMatching",
    "Gaussian",
    "GaussianMixture",
    "KernelDensity",
    "LanguageModel",
    "LinearRegression",
    "NGram",
    "VariationalAutoencoder",
]
