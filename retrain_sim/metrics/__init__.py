"""Metrics: what is measured each round. One kind, one file."""

from retrain_sim.metrics.diversity import Diversity
from retrain_sim.metrics.energy_distance import EnergyDistance
from retrain_sim.metrics.feature_variance import FeatureVariance
from retrain_sim.metrics.frechet import Frechet
from retrain_sim.metrics.kept_shares import KeptShares
from retrain_sim.metrics.knn_entropy import KnnEntropy
from retrain_sim.metrics.latent_spread import LatentSpread
from retrain_sim.metrics.leakage import Leakage
from retrain_sim.metrics.mmd import Mmd
from retrain_sim.metrics.mode_coverage import ModeCoverage
from retrain_sim.metrics.nearest_kept import NearestKept
from retrain_sim.metrics.nearest_real import NearestReal
from retrain_sim.metrics.optimal_mass import OptimalMass
from retrain_sim.metrics.precision_recall import PrecisionRecall
from retrain_sim.metrics.public_choice import PublicChoice
from retrain_sim.metrics.recognizable import Recognizable
from retrain_sim.metrics.regression_error import RegressionError
from retrain_sim.metrics.rewards import Rewards
from retrain_sim.metrics.shares import Shares
from retrain_sim.metrics.sliced_wasserstein import SlicedWasserstein
from retrain_sim.metrics.spread import Spread
from retrain_sim.metrics.support_survival import SupportSurvival
from retrain_sim.metrics.tail_mass import TailMass
from retrain_sim.metrics.variance import Variance
from retrain_sim.metrics.vendi import Vendi
from retrain_sim.metrics.wasserstein_1d import Wasserstein1D

STATE_KINDS = {
    "diversity": Diversity,
    "energy-distance": EnergyDistance,
    "feature-variance": FeatureVariance,
    "frechet": Frechet,
    "knn-entropy": KnnEntropy,
    "latent-spread": LatentSpread,
    "mmd": Mmd,
    "mode-coverage": ModeCoverage,
    "nearest-real": NearestReal,
    "optimal-mass": OptimalMass,
    "precision-recall": PrecisionRecall,
    "public-choice": PublicChoice,
    "recognizable": Recognizable,
    "regression-error": RegressionError,
    "rewards": Rewards,
    "shares": Shares,
    "sliced-wasserstein": SlicedWasserstein,
    "spread": Spread,
    "support-survival": SupportSurvival,
    "tail-mass": TailMass,
    "variance": Variance,
    "vendi": Vendi,
    "wasserstein-1d": Wasserstein1D,
}
"""Measured on p_0 .. p_T, and predicted: T + 1 rows."""

SELECTION_KINDS = {"kept-shares": KeptShares, "leakage": Leakage}
"""Measured on each act of curation: T rows."""

FIT_KINDS = {"nearest-kept": NearestKept}
"""Measured on each act of retraining: T rows."""

KINDS = STATE_KINDS | SELECTION_KINDS | FIT_KINDS

__all__ = [
    "FIT_KINDS",
    "KINDS",
    "SELECTION_KINDS",
    "STATE_KINDS",
    "Diversity",
    "EnergyDistance",
    "FeatureVariance",
    "Frechet",
    "KeptShares",
    "KnnEntropy",
    "LatentSpread",
    "Leakage",
    "Mmd",
    "ModeCoverage",
    "NearestKept",
    "NearestReal",
    "OptimalMass",
    "PrecisionRecall",
    "PublicChoice",
    "Recognizable",
    "RegressionError",
    "Rewards",
    "Shares",
    "SlicedWasserstein",
    "Spread",
    "SupportSurvival",
    "TailMass",
    "Variance",
    "Vendi",
    "Wasserstein1D",
]
