"""Theory of curated retraining on atoms: a finite set of outcomes with their rewards.

Population maps, infinitely many samples and an ideal fit (`atoms`):
    curation_multiplier: growth factor of every outcome in one round.
    population_round: one round of curation, with real data mixed in or not.
    population_trajectory: rounds 0..T.
    effective_sample_size: how many equal atoms a weighted set is worth.

Closed forms (`laws`):
    neutral_heterozygosity: diversity under sampling drift alone.
    gaussian_variance, gaussian_log_variance, gaussian_mean_drift: a Gaussian refitted.
    gaussian_accumulate_variance: the same, on all samples so far.
    gaussian_subsample_variance: the same, on a part of them.
    fresh_data_moments, fresh_data_limit: the same, beside fresh real data.
    kernel_density_variance: a kernel density estimate refitted.
    regression_excess_risk: least squares refitted to its own labels.
    hard_separation_mass: one reward, best outcomes infinitely better.
    two_plateau_round: two types of outcomes, two voters, any slate size.
    softmax_trajectory: one reward, infinite slates.

The traceable forms of the maps, to compile, map or differentiate, are in `core`.
"""

from retrain_sim.theory.atoms import (
    curation_multiplier,
    effective_sample_size,
    population_round,
    population_trajectory,
)
from retrain_sim.theory.laws import (
    fresh_data_limit,
    fresh_data_moments,
    gaussian_accumulate_variance,
    gaussian_log_variance,
    gaussian_mean_drift,
    gaussian_subsample_variance,
    gaussian_variance,
    hard_separation_mass,
    kernel_density_variance,
    neutral_heterozygosity,
    regression_excess_risk,
    softmax_trajectory,
    two_plateau_round,
)

__all__ = [
    "curation_multiplier",
    "effective_sample_size",
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
    "population_round",
    "population_trajectory",
    "regression_excess_risk",
    "softmax_trajectory",
    "two_plateau_round",
]
