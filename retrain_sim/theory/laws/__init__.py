"""Closed forms of recursive retraining: references for tests, figures and teaching.

"E" is the mean over runs. One file per family of models.
"""

from retrain_sim.theory.laws.density import kernel_density_variance
from retrain_sim.theory.laws.drift import neutral_heterozygosity
from retrain_sim.theory.laws.fresh_data import fresh_data_limit, fresh_data_moments
from retrain_sim.theory.laws.gaussian import (
    gaussian_accumulate_variance,
    gaussian_log_variance,
    gaussian_mean_drift,
    gaussian_subsample_variance,
    gaussian_variance,
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

__all__ = [
    "fresh_data_limit",
    "fresh_data_moments",
    "gaussian_accumulate_variance",
    "gaussian_log_variance",
    "gaussian_mean_drift",
    "gaussian_subsample_variance",
    "gaussian_variance",
    "hard_separation_mass",
    "kernel_density_variance",
    "neutral_heterozygosity",
    "real_data_divergence_bound",
    "real_data_fixed_point",
    "regression_excess_risk",
    "softmax_trajectory",
    "two_plateau_round",
]
