"""Closed forms of recursive retraining: references for tests, figures and teaching.

"E" is the mean over runs. One file per family of models. What a law assumes is with it:
``gaussian_variance.assumes``.
"""

from retrain_sim.theory.laws.density import kernel_density_variance
from retrain_sim.theory.laws.drift import neutral_heterozygosity
from retrain_sim.theory.laws.fresh_data import fresh_data_limit, fresh_data_moments
from retrain_sim.theory.laws.fresh_data_size import (
    fresh_data_error,
    fresh_data_sample_size,
)
from retrain_sim.theory.laws.fresh_share import fresh_share_moments
from retrain_sim.theory.laws.gaussian import (
    gaussian_accumulate_variance,
    gaussian_log_variance,
    gaussian_mean_drift,
    gaussian_subsample_variance,
    gaussian_variance,
)
from retrain_sim.theory.laws.growth import (
    gaussian_selection,
    real_data_utility_bound,
    utility_growth_bound,
)
from retrain_sim.theory.laws.real_data import (
    real_data_divergence_bound,
    real_data_fixed_point,
)
from retrain_sim.theory.laws.regression import regression_excess_risk
from retrain_sim.theory.laws.selection import (
    hard_separation_mass,
    softmax_trajectory,
    two_plateau_round,
)
from retrain_sim.theory.laws.stability import (
    Stability,
    moment_contraction,
    retraining_error_bound,
    retraining_stability,
)
from retrain_sim.theory.laws.support import support_survival

__all__ = [
    "Stability",
    "fresh_data_error",
    "fresh_data_limit",
    "fresh_data_moments",
    "fresh_data_sample_size",
    "fresh_share_moments",
    "gaussian_accumulate_variance",
    "gaussian_log_variance",
    "gaussian_mean_drift",
    "gaussian_selection",
    "gaussian_subsample_variance",
    "gaussian_variance",
    "hard_separation_mass",
    "kernel_density_variance",
    "moment_contraction",
    "neutral_heterozygosity",
    "real_data_divergence_bound",
    "real_data_fixed_point",
    "real_data_utility_bound",
    "regression_excess_risk",
    "retraining_error_bound",
    "retraining_stability",
    "softmax_trajectory",
    "support_survival",
    "two_plateau_round",
    "utility_growth_bound",
]
