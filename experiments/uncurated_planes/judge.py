"""What should hold of the distance to the real law, by its share of the data."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from experiments.common import holds
from experiments.compare import values_of
from retrain_sim.result import Result
from retrain_sim.theory import retraining_error_bound
from retrain_sim.verdicts import STANDARD_ERRORS, Verdict, standard_error

DISTANCE = "quality/sliced_wasserstein"
REAL, FEW, EVEN, MANY, OWN = ARMS = (
    "real only",
    "lambda = 1/4",
    "lambda = 1",
    "lambda = 4",
    "all synthetic",
)


def judge_loops(at: str, result: Result) -> list[Verdict]:
    """Judge the loops of one model on one data set."""
    return [
        farther(f"{at}: all synthetic ends farther off than it began", result, None),
        farther(f"{at}: all synthetic is farther off than {FEW}", result, FEW),
        *(bounded(at, result, arm) for arm in (FEW, EVEN)),
    ]


def farther(subject: str, result: Result, other: str | None) -> Verdict:
    """Compare the loop without real data, seed by seed: a few run away, far.

    Args:
        subject: what is claimed.
        result: of one model on one data set.
        other: the arm to compare with, in the last round; or its own first round.
    """
    own = values_of(result, DISTANCE, OWN)
    base = own[:, 0] if other is None else values_of(result, DISTANCE, other)[:, -1]
    steps = own[:, -1] - base
    shown = f"least step {steps.min():.3f}, median {np.median(steps):.3f}"
    return holds(f"{subject}, in every seed", steps.min() > 0, shown, steps.min())


def share_of(result: Result, arm: str) -> float:
    """Return the real share of an arm."""
    return float(result.spec.arms[arm]["regime"]["real_share"])


def bounds(
    result: Result, arm: str, share: float | None = None
) -> Float[np.ndarray, "s rows"]:
    """Bound every seed's course, by its start and its refits to real data alone.

    Args:
        result: of one model on one data set.
        arm: whose loop.
        share: of real data; by default the arm's own.
    """
    share = share_of(result, arm) if share is None else share
    errors = values_of(result, DISTANCE, REAL)[:, 1:].mean(axis=1)
    starts = values_of(result, DISTANCE, arm)[:, 0]
    n_rounds = result.spec.run.rounds
    pairs = zip(errors, starts, strict=True)
    return np.stack(
        [retraining_error_bound(e, share, n_rounds, start) for e, start in pairs]
    )


def bounded(at: str, result: Result, arm: str, share: float | None = None) -> Verdict:
    """Judge that the errors of refits add up as bounded, in the last round."""
    values = values_of(result, DISTANCE, arm)[:, -1]
    excess = values - bounds(result, arm, share)[:, -1]
    gap, se = float(excess.mean()), standard_error(excess)
    shown = f"{values.mean():.3f}, bound {values.mean() - gap:.3f}"
    subject = f"{at}: errors of refits add up as bounded, {arm}"
    return holds(subject, gap <= STANDARD_ERRORS * se, shown, gap)


def control(results: dict[tuple[str, str], Result]) -> Verdict:
    """Hold the loop without real data to the errors of refits to real data alone."""
    exceeded = [
        (values_of(r, DISTANCE, OWN)[:, -1] > bounds(r, OWN, 1.0)[:, -1]).all()
        for r in results.values()
    ]
    subject = "control: without real data errors exceed those of one refit"
    shown = f"{sum(exceeded)} of {len(results)} loops, in every seed"
    return holds(subject, all(exceeded), shown)
