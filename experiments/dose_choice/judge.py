"""What should hold of the regrets ``[distances, rules, seeds]``."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from experiments.common import holds
from experiments.dose_choice.means import RULES
from retrain_sim.verdicts import STANDARD_ERRORS, Verdict, standard_error

Regrets = Float[np.ndarray, "distances rules s"]


def worst(regrets: Regrets) -> tuple[np.ndarray, np.ndarray]:
    """Return each rule's mean regret at its worst distance, and its error."""
    mean = regrets.mean(axis=2)
    at = mean.argmax(axis=0)
    errors = [standard_error(regrets[d, rule]) for rule, d in enumerate(at)]
    return mean.max(axis=0), np.array(errors)


def beats(regrets: Regrets, rule: str, others: tuple[str, ...], task: str) -> Verdict:
    """Judge that a rule's worst regret is less than each of some others'."""
    value, error = worst(regrets)
    mine = RULES.index(rule)
    gaps = []
    for other in map(RULES.index, others):
        se = float(np.hypot(error[mine], error[other]))
        gaps.append((value[other] - value[mine] - STANDARD_ERRORS * se, other))
    pairs = zip(RULES, value, error, strict=True)
    shown = ", ".join(f"{name} {v:.3f} ± {e:.3f}" for name, v, e in pairs)
    subject = f"{task}: {rule} beats {', '.join(others)} at its worst distance"
    return holds(subject, min(gaps)[0] > 0, shown, float(min(gaps)[0]))
