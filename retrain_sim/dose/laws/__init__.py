"""Exact laws of the dose: how much synthetic data, given how good they are.

One file per task; what a law assumes is with it: ``best_mean_ratio.assumes``. The
moments of a Gaussian refitted beside fresh real data, mean and variance together, are
``retrain_sim.theory.fresh_data_moments``.
"""

from retrain_sim.dose.laws.adaptation import AdaptationTask, best_adaptation_weight
from retrain_sim.dose.laws.generations import (
    Generation,
    best_fixed_dose,
    fixed_dose_errors,
    fixed_dose_limit,
    golden_real_weight,
    kalman_errors,
    kalman_weight,
)
from retrain_sim.dose.laws.kernel_ridge import (
    best_strength_of_process,
    fit_kernel_ridge,
    fixed_design_risk,
    gaussian_kernel,
    kernel_risk,
)
from retrain_sim.dose.laws.mean import (
    MeanTask,
    best_mean_ratio,
    best_mean_weight,
    mean_task,
    pool_tasks,
    u_shape_threshold,
)
from retrain_sim.dose.laws.power_law import (
    PowerLaw,
    best_strength,
    best_strength_exponents,
    power_law_risk,
)
from retrain_sim.dose.laws.published_bound import (
    bound_minimizer,
    bound_regret,
    generator_distance,
    published_bound,
)
from retrain_sim.dose.laws.stability import (
    StabilityTask,
    best_stable_share,
    stability_bound,
    useless_distance,
)

__all__ = [
    "AdaptationTask",
    "Generation",
    "MeanTask",
    "PowerLaw",
    "StabilityTask",
    "best_adaptation_weight",
    "best_fixed_dose",
    "best_mean_ratio",
    "best_mean_weight",
    "best_stable_share",
    "best_strength",
    "best_strength_exponents",
    "best_strength_of_process",
    "bound_minimizer",
    "bound_regret",
    "fit_kernel_ridge",
    "fixed_design_risk",
    "fixed_dose_errors",
    "fixed_dose_limit",
    "gaussian_kernel",
    "generator_distance",
    "golden_real_weight",
    "kalman_errors",
    "kalman_weight",
    "kernel_risk",
    "mean_task",
    "pool_tasks",
    "power_law_risk",
    "published_bound",
    "stability_bound",
    "u_shape_threshold",
    "useless_distance",
]
