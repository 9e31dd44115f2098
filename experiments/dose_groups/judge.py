"""What should hold of the errors ``[seeds, rules, classes]``."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from experiments.common import holds
from experiments.dose_groups.rules import OFF, RULES
from retrain_sim.verdicts import STANDARD_ERRORS, Verdict, standard_error

Errors = Float[np.ndarray, "s rules classes"]


def worst(errors: Errors) -> Float[np.ndarray, "s rules"]:
    """Return the error of each seed's worst class."""
    return errors.max(axis=2)


def below(errors: Errors, rule: str, other: str) -> Verdict:
    """Judge that one rule's worst class is better than another's, seed by seed."""
    value = worst(errors)
    step = value[:, RULES.index(other)] - value[:, RULES.index(rule)]
    mean, se = float(step.mean()), standard_error(step)
    shown = f"{value[:, RULES.index(rule)].mean():.3f} against "
    shown += f"{value[:, RULES.index(other)].mean():.3f}, saved {mean:.3f} ± {se:.3f}"
    subject = f"worst class: {rule} beats {other}"
    return holds(subject, mean > STANDARD_ERRORS * se, shown, mean)


def who_pays(errors: Errors) -> Verdict:
    """Judge that one dose for all helps the good classes and ruins the bad ones."""
    gain = errors[:, RULES.index("none")] - errors[:, RULES.index("all 16")]
    good, bad = gain[:, OFF == 0].mean(axis=1), gain[:, OFF >= 6].mean(axis=1)
    sides = [(x.mean(), standard_error(x)) for x in (good, -bad)]
    true = all(mean > STANDARD_ERRORS * se for mean, se in sides)
    shown = f"saved {sides[0][0]:.3f} where D = 0, lost {sides[1][0]:.3f} where D >= 6"
    return holds("one dose for all: the bad classes pay", true, shown)
