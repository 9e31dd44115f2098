"""What should hold of the latents by generation."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from experiments.common import holds
from experiments.compare import values_of
from retrain_sim.result import Result
from retrain_sim.verdicts import STANDARD_ERRORS, Verdict, standard_error

SPREAD, CENTER = "latent/sd", "latent/mean"
REPLACED, KEPT, AGAIN = "replace", "accumulate", "real data again"
SMALL = 0.25
"""Of the first generation's sd: a mean below it counts as about 0."""


def judge(result: Result) -> list[Verdict]:
    """Judge a run of the three arms."""
    spreads = {arm: values_of(result, SPREAD, arm) for arm in result.arms}
    centers = values_of(result, CENTER, REPLACED)
    return [
        falls_every_time(spreads[REPLACED]),
        about_zero(centers, spreads[REPLACED]),
        narrower(spreads[REPLACED], spreads[KEPT], KEPT),
        narrower(spreads[REPLACED], spreads[AGAIN], AGAIN),
        stays(spreads[AGAIN], spreads[REPLACED]),
    ]


def falls_every_time(values: Float[np.ndarray, "s t"]) -> Verdict:
    """Ask whether the sd falls in every generation, beyond 4 standard errors."""
    steps = -np.diff(values, axis=1)
    margins = [step.mean() - STANDARD_ERRORS * standard_error(step) for step in steps.T]
    shown = ", ".join(f"{sd:.3f}" for sd in values.mean(axis=0))
    return holds(f"{REPLACED}: the latents' sd falls in every generation",
                 min(margins) > 0, shown, float(min(margins)))  # fmt: skip


def about_zero(
    centers: Float[np.ndarray, "s t"], spreads: Float[np.ndarray, "s t"]
) -> Verdict:
    """Ask whether the latents stay where they were."""
    greatest = float((centers.mean(axis=0) / spreads[:, 0].mean()).max())
    subject = f"{REPLACED}: their mean stays about 0"
    return holds(subject, greatest < SMALL, f"at most {greatest:.2f} of the first sd")


def narrower(
    values: Float[np.ndarray, "s t"], others: Float[np.ndarray, "s t"], name: str
) -> Verdict:
    """Ask whether the latents end narrower than in another arm."""
    gap = others[:, -1] - values[:, -1]
    error = STANDARD_ERRORS * standard_error(gap)
    shown = f"{values[:, -1].mean():.3f} < {others[:, -1].mean():.3f}"
    subject = f"the sd ends lower: {REPLACED} < {name}"
    return holds(subject, gap.mean() > error, shown, float(gap.mean()))


def stays(
    values: Float[np.ndarray, "s t"], replaced: Float[np.ndarray, "s t"]
) -> Verdict:
    """Ask, as a control, whether fits to real data do not wear the latents out."""
    lost, worn = (float((v[:, 0] - v[:, -1]).mean()) for v in (values, replaced))
    subject = f"control: {AGAIN} loses less than a tenth of what {REPLACED} does"
    return holds(subject, lost < worn / 10, f"{lost:+.3f} against {worn:+.3f}", lost)
