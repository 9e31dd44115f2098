"""Three voters on a triangle: pluralism appears with a jump, and with hysteresis."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from experiments.base import Experiment
from experiments.common import holds, save
from experiments.triangle.figure import draw
from experiments.triangle.landscape import (
    growth,
    onset,
    radius_of_limit,
    three_camps,
)
from retrain_sim.theory import quadratic_limit, triangle_transition
from retrain_sim.verdicts import Verdict

SIZES = {
    "smoke": {"rings": 100, "steps": 15},
    "default": {"rings": 400, "steps": 61},
    "full": {"rings": 2000, "steps": 241},
}
REACH = 1.2
NARROW = (0.2, 0.1, 0.02, 0.002)
"""Radii of starts that know only the neighborhood of the center."""

TOLERANCE = 1e-3  # in the circumradius, on either side of a transition


def run(profile: str, folder: Path) -> list[Verdict]:
    """Solve for the limit at many circumradii, from wide and from narrow starts."""
    rings, steps = SIZES[profile]["rings"], SIZES[profile]["steps"]
    radii = np.linspace(0.90, 1.08, steps)
    wide = np.array([radius_of_limit(rho, REACH, rings) for rho in radii])
    narrow = {
        r: np.array([radius_of_limit(rho, r, rings) for rho in radii])
        for r in NARROW[:2]
    }
    verdicts = [
        _jump(rings),
        _branch(radii, wide, REACH / rings),
        _hysteresis(rings),
        _growth(),
        _balance(),
        _two_voters(),
    ]
    numbers = {"circumradius": radii, "wide": wide, "narrow": narrow}
    return save(folder, draw(radii, wide, narrow), verdicts, **numbers)


def _jump(rings: int) -> Verdict:
    """Solve just below and just above the predicted transition."""
    law = triangle_transition()
    rho = law.circumradius
    below, above = (
        radius_of_limit(rho + off, REACH, rings) for off in (-TOLERANCE, TOLERANCE)
    )
    subject = f"all outcomes possible: a jump from 0 to {law.radius:.4f} at {rho:.5f}"
    right = below == 0 and abs(above - law.radius) < 0.02
    return holds(subject, right, f"{below:.4f} below, {above:.4f} above")


def _branch(radii, wide, cell: float) -> Verdict:
    """Compare the radius of the three camps with its equation."""
    far = radii > triangle_transition().circumradius
    law = np.array([three_camps(rho) for rho in radii[far]])
    gap = float(np.abs(wide[far] - law).max())
    subject = "beyond it, the radius solves its equation, within a cell"
    return holds(subject, gap < cell, f"off by {gap:.4f}, cell {cell:.4f}", gap)


def _hysteresis(rings: int) -> Verdict:
    """Start near the center: the nearer, the longer a consensus stands, up to 1."""
    onsets = [onset(reach) for reach in NARROW]
    solved = [
        radius_of_limit(rho - TOLERANCE, reach, rings) < 0.01 * reach
        and radius_of_limit(rho + TOLERANCE, reach, rings) > 0.5 * reach
        for rho, reach in zip(onsets, NARROW, strict=True)
    ]
    until = triangle_transition().stable_until
    rises = sorted(onsets) == onsets and 0 < until - onsets[-1] < TOLERANCE
    pairs = zip(onsets, NARROW, strict=True)
    shown = ", ".join(f"{rho:.4f} within {reach:g}" for rho, reach in pairs)
    subject = f"only outcomes near the center possible: consensus up to {until:g}"
    return holds(subject, all(solved) and rises, shown)


def _growth() -> Verdict:
    """Compare the growth near a consensus with 1 + (rho^2 - 1) y^2."""
    y = np.array([1e-3])
    gaps = [
        abs(float((growth(rho, y) - 1)[0] / y[0] ** 2) - (rho**2 - 1))
        for rho in (0.9, 0.98, 1.02)
    ]
    subject = "near a consensus the growth is 1 + (rho^2 - 1) y^2"
    return holds(subject, max(gaps) < 1e-2, f"coefficient off by {max(gaps):.0e}")


def _balance() -> Verdict:
    """Between the two transitions only distant outcomes invade."""
    y = np.linspace(1e-3, 1, 1000)
    invades = y[growth(0.98, y) > 1]
    subject = "circumradius 0.98: only outcomes far from the center invade"
    shown = f"between {invades.min():.2f} and {invades.max():.2f}"
    return holds(subject, invades.min() > 0.1, shown, float(invades.min()))


def _two_voters() -> Verdict:
    """Apply the same test to two voters, where the transition must be continuous."""
    just = math.sqrt(2) * (1 + TOLERANCE)
    radius = float(quadratic_limit(just, 0.5).positions[-1])
    subject = "control: two voters part without a jump"
    return holds(subject, 0 < radius < 0.1, f"{radius:.3f} just beyond sqrt(2)")


EXPERIMENT = Experiment(
    name="triangle",
    claim="three equal voters part with a jump at circumradius 0.96135, not at 1",
    source="derived here, on the landscape of Falahati et al., arXiv 2605.07724",
    minutes={"smoke": 0.1, "default": 0.2, "full": 3},
    expected="radius 0 below 0.96135, 0.48 above; near starts wait up to 1",
    run=run,
)
