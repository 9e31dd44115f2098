"""What should hold of fixed and adaptive doses."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from experiments.compare import judge_path
from retrain_sim.dose.laws import Generation, kalman_errors
from retrain_sim.theory import fresh_share_moments
from retrain_sim.verdicts import FAIL, PASS, Verdict, standard_error

N_REAL, N_KEPT = 20, 1000
START = (1 / N_REAL, 1 - 1 / N_REAL)
WITHIN, FAR = 0.1, 1.5
"""Relative errors: as good as, and clearly worse than."""


def exact(share: float, n_rounds: int) -> Float[np.ndarray, " rows"]:
    """Predict the error under a fixed share."""
    return fresh_share_moments(N_REAL, N_KEPT, share, n_rounds, START)[:, 0]


def best(n_rounds: int) -> Float[np.ndarray, " rows"]:
    """Predict the least error of any rule that knows the variances."""
    return kalman_errors(Generation(N_REAL, N_KEPT, 1.0), n_rounds)


def judge(found, shares, shifts) -> list[Verdict]:
    """Judge fixed shares against theory, and the adaptive one against both."""
    fixed = found[f"fixed, bias {shifts[0]}"]["error"]
    n_rounds = fixed.shape[-1] - 1
    verdicts = [
        judge_path(f"fixed share {share:g}: moment equations", paths, law)
        for share, paths in zip(shares, fixed, strict=True)
        for law in [exact(share, n_rounds)]
    ]
    paths = {name: found[name]["error"] for name in found}
    calm, biased = shifts
    best_fixed = {
        shift: min(paths[f"fixed, bias {shift}"], key=lambda p: whole(p).mean())
        for shift in shifts
    }
    adaptive = {shift: paths[f"adaptive, bias {shift}"][0] for shift in shifts}
    trusting = {shift: paths[f"trusting, bias {shift}"][0] for shift in shifts}
    return [
        *verdicts,
        near(
            "no bias: trusting filter on the exact law",
            trusting[calm],
            best(n_rounds)[1:],
        ),
        beats(
            "no bias: adaptive beats every fixed share",
            adaptive[calm],
            best_fixed[calm],
        ),
        near(
            f"bias {biased}: adaptive ends at the best fixed share, without being told",
            adaptive[biased][:, -10:],
            best_fixed[biased][:, -10:].mean(axis=0),
        ),
        beats(
            f"bias {biased}: to trust that there is none is worse",
            adaptive[biased],
            trusting[biased],
        ),
        one_size(paths, adaptive, shares, shifts),
    ]


def one_size(paths, adaptive, shares, shifts) -> Verdict:
    """Judge that every fixed share is clearly worse, without or with a bias."""
    ratios = [
        max(
            whole(paths[f"fixed, bias {shift}"][i]).mean()
            / whole(adaptive[shift]).mean()
            for shift in shifts
        )
        for i in range(len(shares))
    ]
    i = int(np.argmin(ratios))
    return Verdict(
        "no fixed share serves both: half as much error again, without or with a bias",
        PASS if ratios[i] > FAR else FAIL,
        ratios[i] - FAR,
        0.0,
        f"least bad: {shares[i]:g}, {ratios[i]:.2f} times the adaptive error",
    )


def whole(paths: Float[np.ndarray, "s rows"]) -> Float[np.ndarray, " s"]:
    """Average the error over all rounds of retraining, seed by seed."""
    return paths[:, 1:].mean(axis=1)


def beats(subject: str, low, high) -> Verdict:
    """Judge that one dose has less error than another, by 4 standard errors."""
    step = whole(high) - whole(low)
    gap, se = float(step.mean()), standard_error(step)
    reason = f"{whole(low).mean():.4f} against {whole(high).mean():.4f} ± {se:.1g}"
    return Verdict(subject, PASS if gap > 4 * se else FAIL, gap, se, reason)


def near(subject: str, paths, law) -> Verdict:
    """Judge that the mean error is within 10 % of a law, beyond doubt."""
    ratio = paths[:, -len(law) :].mean(axis=1) / law.mean()
    gap, se = float(ratio.mean()) - 1, standard_error(ratio)
    holds = abs(gap) + 4 * se < WITHIN
    return Verdict(
        subject, PASS if holds else FAIL, gap, se, f"{1 + gap:.3f} of it ± {se:.1g}"
    )
