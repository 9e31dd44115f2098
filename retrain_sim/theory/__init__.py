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
    fresh_data_error, fresh_data_sample_size: how far off, and what it is worth.
    fresh_share_moments: the same, with a share of the weight that is chosen.
    kernel_density_variance: a kernel density estimate refitted.
    real_data_divergence_bound, real_data_fixed_point: curation beside real data.
    regression_excess_risk: least squares refitted to its own labels.
    hard_separation_mass: one reward, best outcomes infinitely better.
    two_plateau_round: two types of outcomes, two voters, any slate size.
    gaussian_selection: a Gaussian and one quadratic reward, infinite slates.
    utility_growth_bound, real_data_utility_bound: one reward, any slate size.
    retraining_stability, moment_contraction: beside real data, without curation.
    retraining_error_bound: how far errors of refits add up there.
    support_survival: letters that are left, with fresh real data every round.
    softmax_trajectory: one reward, infinite slates.

Bargaining, the limit K = inf (`nash`, `nash_welfare`, `hard_separation`):
    nash_bargaining: the distribution that infinite slates tend to, with a certificate.
    welfare, kkt_gap, welfare_regret_bound: how far a model is from it.
    hard_separation_point: two basins that are all or nothing.

Basins (`basins`, `basin_limits`):
    audit_basins: basins, gaps, leakage, and which assumptions of theorems hold.
    leakage_interval, variance_bound: what the theorems then say.
    plateau_limit, quadratic_limit, triangle_transition: exact limits at K = inf.

Finite slates (`coexistence`, `two_stage`, `limits`):
    invasion_rates: what grows when rare.
    coexistence_threshold, critical_slate_size: when the types of all voters survive.
    two_stage_invasion: what grows when rare, an owner and then a public curating.
    limit: the fixed point or cycle that rounds reach.

Finite samples (`count_chains`, `drift`, `count_simulation`):
    count_chain, fixation, stationary_law: a few types, exactly.
    linear_noise_variance: the spread about a fixed point, to first order.
    simulate_counts: any atoms, over seeds.

Why diversity is lost (`decomposition`):
    decompose: by selection, slate size, drift and the model.
    entropy_split: between groups and within them.

The traceable forms of the maps, to compile, map or differentiate, are in `core`.
"""

from retrain_sim.theory.atoms import (
    curation_multiplier,
    effective_sample_size,
    population_round,
    population_trajectory,
)
from retrain_sim.theory.basin_limits import (
    QuadraticLimit,
    TriangleTransition,
    plateau_limit,
    quadratic_limit,
    triangle_transition,
)
from retrain_sim.theory.basins import (
    BasinAudit,
    audit_basins,
    leakage_interval,
    variance_bound,
)
from retrain_sim.theory.coexistence import (
    coexistence_threshold,
    critical_slate_size,
    invasion_rates,
)
from retrain_sim.theory.count_chains import CountChain, count_chain
from retrain_sim.theory.count_simulation import simulate_counts
from retrain_sim.theory.decomposition import Decomposition, decompose, entropy_split
from retrain_sim.theory.drift import (
    Fixation,
    fixation,
    linear_noise_variance,
    stationary_law,
)
from retrain_sim.theory.hard_separation import HardSeparation, hard_separation_point
from retrain_sim.theory.laws import (
    Stability,
    fresh_data_error,
    fresh_data_limit,
    fresh_data_moments,
    fresh_data_sample_size,
    fresh_share_moments,
    gaussian_accumulate_variance,
    gaussian_log_variance,
    gaussian_mean_drift,
    gaussian_selection,
    gaussian_subsample_variance,
    gaussian_variance,
    hard_separation_mass,
    kernel_density_variance,
    moment_contraction,
    neutral_heterozygosity,
    real_data_divergence_bound,
    real_data_fixed_point,
    real_data_utility_bound,
    regression_excess_risk,
    retraining_error_bound,
    retraining_stability,
    softmax_trajectory,
    support_survival,
    two_plateau_round,
    utility_growth_bound,
)
from retrain_sim.theory.limits import Limit, limit
from retrain_sim.theory.nash import NashSolution, nash_bargaining
from retrain_sim.theory.nash_welfare import kkt_gap, welfare, welfare_regret_bound
from retrain_sim.theory.two_stage import two_stage_invasion

__all__ = [
    "BasinAudit",
    "CountChain",
    "Decomposition",
    "Fixation",
    "HardSeparation",
    "Limit",
    "NashSolution",
    "QuadraticLimit",
    "Stability",
    "TriangleTransition",
    "audit_basins",
    "coexistence_threshold",
    "count_chain",
    "critical_slate_size",
    "curation_multiplier",
    "decompose",
    "effective_sample_size",
    "entropy_split",
    "fixation",
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
    "hard_separation_point",
    "invasion_rates",
    "kernel_density_variance",
    "kkt_gap",
    "leakage_interval",
    "limit",
    "linear_noise_variance",
    "moment_contraction",
    "nash_bargaining",
    "neutral_heterozygosity",
    "plateau_limit",
    "population_round",
    "population_trajectory",
    "quadratic_limit",
    "real_data_divergence_bound",
    "real_data_fixed_point",
    "real_data_utility_bound",
    "regression_excess_risk",
    "retraining_error_bound",
    "retraining_stability",
    "simulate_counts",
    "softmax_trajectory",
    "stationary_law",
    "support_survival",
    "triangle_transition",
    "two_plateau_round",
    "two_stage_invasion",
    "utility_growth_bound",
    "variance_bound",
    "welfare",
    "welfare_regret_bound",
]
