"""Where the best ratio lies, and whether the error is U-shaped in the ratio."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.stats import spearmanr

from retrain_sim.verdicts import FAIL, PASS, Verdict, standard_error

RESAMPLES = 2000


class Best(NamedTuple):
    """The best ratio of one generator, and its bootstrap interval of 95 %."""

    ratio: float
    low: float
    high: float

    def __str__(self) -> str:
        """Write all three."""
        return f"{self.ratio:g} [{self.low:g}, {self.high:g}]"


def best(errors: Float[np.ndarray, "s k"], ratios: tuple[float, ...]) -> Best:
    """Find the ratio of least mean error; resample seeds for its interval.

    Example:
        >>> best(np.array([[0.3, 0.1, 0.2], [0.3, 0.2, 0.3]]), (0.0, 1.0, 2.0))
        Best(ratio=1.0, low=1.0, high=1.0)
    """
    rng = np.random.default_rng(0)
    index = rng.integers(len(errors), size=(RESAMPLES, len(errors)))
    found = np.asarray(ratios)[errors[index].mean(axis=1).argmin(axis=1)]
    low, high = np.percentile(found, [2.5, 97.5])
    at = float(np.asarray(ratios)[errors.mean(axis=0).argmin()])
    return Best(at, float(low), float(high))


def curvature(
    errors: Float[np.ndarray, "s k"], ratios: tuple[float, ...]
) -> Float[np.ndarray, " s"]:
    """Fit a parabola in log2 ratio to every seed; return its second coefficient."""
    logs = np.log2(ratios[1:])
    return np.polynomial.polynomial.polyfit(logs, errors[:, 1:].T, 2)[2]


def falls(errors: Float[np.ndarray, "s g k"], gaps, ratios) -> Verdict:
    """Judge that the best ratio falls with the distance: Spearman's rank, resampled."""
    rng = np.random.default_rng(0)
    index = rng.integers(len(errors), size=(RESAMPLES, len(errors)))
    found = np.asarray(ratios)[errors[index].mean(axis=1).argmin(axis=2)]
    ranks = np.array([spearmanr(gaps, row).statistic for row in found[:400]])
    high = float(np.percentile(ranks, 97.5))
    whole = [best(errors[:, i], ratios).ratio for i in range(len(gaps))]
    rank = float(spearmanr(gaps, whole).statistic)
    reason = f"rank correlation {rank:.2f}, upper end of 95 % {high:.2f}"
    return Verdict(
        "the best ratio falls with the distance",
        PASS if high < 0 else FAIL,
        rank,
        0.0,
        reason,
    )


def harms(subject: str, errors: Float[np.ndarray, "s k"], sign: int) -> Verdict:
    """Judge the greatest ratio against none: sign +1 if it harms, -1 if it helps."""
    step = sign * (errors[:, -1] - errors[:, 0])
    gap, se = float(step.mean()), standard_error(step)
    reason = f"error {errors[:, 0].mean():.3f} without, {errors[:, -1].mean():.3f} with"
    return Verdict(subject, PASS if gap > 4 * se else FAIL, gap, se, reason)


def u_shaped(subject: str, errors: Float[np.ndarray, "s k"], ratios) -> Verdict:
    """Judge an interior minimum: less than without any, and than with the most."""
    at = int(errors.mean(axis=0).argmin())
    steps = np.stack([errors[:, end] - errors[:, at] for end in (0, -1)])
    margins = [float(s.mean()) - 4 * standard_error(s) for s in steps]
    bend = curvature(errors, ratios)
    inside = 0 < at < len(ratios) - 1 and min(margins) > 0
    holds = inside and bend.mean() > 4 * standard_error(bend)
    reason = f"least at {ratios[at]:g}, curvature {bend.mean():.4f} > 0"
    return Verdict(subject, PASS if holds else FAIL, min(margins), 0.0, reason)


def of_toy(errors: Float[np.ndarray, "s g k"], gaps, ratios) -> list[Verdict]:
    """Judge the toy: who is helped, who is harmed, and where the curve bends."""
    at_three = errors[:, gaps.index(3.0)]
    return [
        falls(errors, gaps, ratios),
        harms("toy, D = 0: 32 to 1 helps", errors[:, 0], -1),
        u_shaped("toy, D = 3: U-shape", at_three, ratios),
        harms("toy, D = 4: 32 to 1 harms", errors[:, -1], 1),
    ]


GOOD, POOR = "one Gaussian per class, of 800 images", "PCA rank 5, of 60"
NETWORKS = {
    "VAE": ("VAE, of 800 images", "VAE, of 60"),
    "diffusion": ("diffusion, of 800", "diffusion, of 60"),
}


def of_digits(errors: dict[str, Float[np.ndarray, "s k"]], ratios) -> list[Verdict]:
    """Judge Gaussian generators of digits: a good one helps, a poor one harms."""
    return [
        harms(f"digits, {GOOD}: 16 to 1 helps", errors[GOOD], -1),
        harms(f"digits, {POOR}: 16 to 1 harms", errors[POOR], 1),
        u_shaped(f"digits, {POOR}: U-shape", errors[POOR], ratios),
    ]


def of_networks(errors: dict[str, Float[np.ndarray, "s k"]]) -> list[Verdict]:
    """Judge networks: those of many images help, those of few are worse."""
    many, few = (
        {name: errors[pair[i]] for name, pair in NETWORKS.items()} for i in (0, 1)
    )
    both = np.mean(list(many.values()), axis=0)
    return [
        harms("digits, networks of 800 images: 16 to 1 helps", both, -1),
        *(fewer(name, many[name], few[name]) for name in NETWORKS),
    ]


def fewer(
    name: str, many: Float[np.ndarray, "s k"], few: Float[np.ndarray, "s k"]
) -> Verdict:
    """Judge that a network of few images is worse at the greatest ratio."""
    pair = np.stack([many[:, -1], few[:, -1]], axis=1)
    found = harms(f"digits, {name}, 16 to 1: of 60 images it is worse", pair, 1)
    means = pair.mean(axis=0)
    return found._replace(reason=f"error {means[0]:.3f} of 800, {means[1]:.3f} of 60")
