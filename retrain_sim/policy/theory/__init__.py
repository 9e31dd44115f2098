"""Closed forms of policy gradients: what a step does to the entropy of a policy.

Exact arithmetic on probability vectors, float64, no networks. What a law assumes is
with it: ``diagonal_entropy_change.assumes``.

First order in the step size (`first_order`):
    tabular_entropy_change: one free logit per action, exact gradient.
    natural_entropy_change: the natural gradient; also curation by weights.
    sampled_entropy_change: an update on one sampled action.
    general_entropy_change: any parameters, from score vectors.
    diagonal_entropy_change, is_centered: the published approximation, what it needs.

Second order (`drift`):
    sampling_entropy_drift: rewards that are pure noise.
    resampling_entropy_drift: its twin, a model refitted to its own samples.

Bounds and biases (`clip_bound`, `rounding`):
    clipped_entropy_bounds, log_symmetric_clip: what clipping allows.
    float_spacing, rounded_ratio_bias, noisy_ratio_bias: what rounding does.

Control (`neutral`, `natural_gradient`):
    neutral_beta, natural_neutral_beta: the penalty that leaves entropy as it is.
    natural_gradient_limit, natural_gradient_path: where a constant penalty leads.

Curation as a step (`curation`):
    curated_policy, curated_entropy_change: the refit on weighted samples, exactly.
    predicted_curation_change: the same as a natural-gradient step.
    novelty_log_odds: items weighted by p^(-zeta).
    balanced_survivors: how many of them survive resampling (mean field).
"""

from retrain_sim.policy.theory.clip_bound import (
    clipped_entropy_bounds,
    log_symmetric_clip,
)
from retrain_sim.policy.theory.curation import (
    curated_entropy_change,
    curated_policy,
    novelty_log_odds,
    predicted_curation_change,
)
from retrain_sim.policy.theory.drift import (
    resampling_entropy_drift,
    sampling_entropy_drift,
)
from retrain_sim.policy.theory.entropy import centered_log_probs, entropy
from retrain_sim.policy.theory.first_order import (
    diagonal_entropy_change,
    general_entropy_change,
    is_centered,
    natural_entropy_change,
    sampled_entropy_change,
    tabular_entropy_change,
)
from retrain_sim.policy.theory.natural_gradient import (
    natural_gradient_limit,
    natural_gradient_path,
)
from retrain_sim.policy.theory.neutral import natural_neutral_beta, neutral_beta
from retrain_sim.policy.theory.rounding import (
    float_spacing,
    noisy_ratio_bias,
    rounded_ratio_bias,
)
from retrain_sim.policy.theory.survivors import Survival, balanced_survivors

__all__ = [
    "Survival",
    "balanced_survivors",
    "centered_log_probs",
    "clipped_entropy_bounds",
    "curated_entropy_change",
    "curated_policy",
    "diagonal_entropy_change",
    "entropy",
    "float_spacing",
    "general_entropy_change",
    "is_centered",
    "log_symmetric_clip",
    "natural_entropy_change",
    "natural_gradient_limit",
    "natural_gradient_path",
    "natural_neutral_beta",
    "neutral_beta",
    "noisy_ratio_bias",
    "novelty_log_odds",
    "predicted_curation_change",
    "resampling_entropy_drift",
    "rounded_ratio_bias",
    "sampled_entropy_change",
    "sampling_entropy_drift",
    "tabular_entropy_change",
]
