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
GONE = 0.05
"""Of the first generation's sd: below it nothing is left that could fall."""


def judge(result: Result) -> list[Verdict]:
    """Judge a run of the three arms."""
    spreads = {arm: values_of(result, SPREAD, arm) for arm in result.arms}
    centers = values_of(result, CENTER, REPLACED)
    return [
        falls_until_gone(spreads[REPLACED]),
        about_zero(centers, spreads[REPLACED]),
        narrower(spreads, REPLACED, KEPT),
        narrower(spreads, KEPT, AGAIN),
        stays(spreads[AGAIN], spreads[REPLACED]),
    ]


def falls_until_gone(values: Float[np.ndarray, "s t"]) -> Verdict:
    """Ask whether the sd falls in every generation of every run.

    Until it is below a twentieth of the first one: there it must stay. A sign test: if
    nothing narrowed the latents, n of n steps would fall with probability 2^-n at most.
    """
    course = values.mean(axis=0)
    gone = values < GONE * course[0]
    least = float(-np.diff(values, axis=1)[~gone[:, :-1]].max())
    true = least > 0 and bool((gone[:, 1:] >= gone[:, :-1]).all())
    return holds(f"{REPLACED}: the latents' sd falls until a twentieth is left",
                 true, ", ".join(f"{sd:.3f}" for sd in course), least)  # fmt: skip


def about_zero(
    centers: Float[np.ndarray, "s t"], spreads: Float[np.ndarray, "s t"]
) -> Verdict:
    """Ask whether the latents stay where they were."""
    greatest = float((centers.mean(axis=0) / spreads[:, 0].mean()).max())
    subject = f"{REPLACED}: their mean stays about 0"
    return holds(subject, greatest < SMALL, f"at most {greatest:.2f} of the first sd")


def narrower(
    spreads: dict[str, Float[np.ndarray, "s t"]], name: str, other: str
) -> Verdict:
    """Ask whether the latents end narrower in one arm than in another."""
    ends, others = spreads[name][:, -1], spreads[other][:, -1]
    gap = others - ends
    error = STANDARD_ERRORS * standard_error(gap)
    shown = f"{ends.mean():.3f} < {others.mean():.3f}"
    subject = f"the sd ends lower: {name} < {other}"
    return holds(subject, gap.mean() > error, shown, float(gap.mean()))


def stays(
    values: Float[np.ndarray, "s t"], replaced: Float[np.ndarray, "s t"]
) -> Verdict:
    """Ask, as a control, whether fits to real data do not wear the latents out."""
    lost, worn = (float((v[:, 0] - v[:, -1]).mean()) for v in (values, replaced))
    subject = f"control: {AGAIN} loses less than a tenth of what {REPLACED} does"
    return holds(subject, lost < worn / 10, f"{lost:+.3f} against {worn:+.3f}", lost)
