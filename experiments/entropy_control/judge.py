"""What should hold of controllers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from experiments.common import holds
from experiments.entropy_control.arms import AFTER, BEFORE
from experiments.entropy_control.response import Response
from experiments.policies import ordered
from retrain_sim.verdicts import Verdict

START = 4.122
"""Mean entropy of 100 normal logits, in nats."""

NEAR = 0.03
"""Greatest error of a level that counts as reached, as a share of the start."""

STRONG = ("beta, halving", "beta, integral", "bonus, additive")

Reach = Mapping[str, list[np.ndarray]]


def verdicts(found: Mapping[str, Response], reach: Reach) -> list[Verdict]:
    """Judge levels, cycles and authority; seeds are paired."""
    judged = [reaches(name, found[name]) for name in STRONG if name in found]
    judged += [
        ordered(
            "halving and doubling cycle: the knob swings more than by integration",
            found["beta, integral"].swing,
            found["beta, halving"].swing,
        ),
        powerless(found["e_high, factor (ADAPO)"]),
        authority(reach),
    ]
    if "bonus, additive" in found:
        judged.append(
            ordered(
                "the bonus that only adds entropy oscillates least",
                found["bonus, additive"].amplitude,
                found["beta, halving, one-sided"].amplitude,
                found["beta, halving"].amplitude,
            )
        )
    return judged


def reaches(name: str, found: Response) -> Verdict:
    """Compare the levels of both phases with their targets."""
    levels = float(found.before.mean()), float(found.after.mean())
    gap = max(abs(levels[0] - BEFORE), abs(levels[1] - AFTER))
    settled = np.median(found.settling)
    shown = (
        f"{100 * levels[0]:.1f} %, {100 * levels[1]:.1f} %; settles in {settled:.0f} "
        f"rounds (median); swing of the knob {found.swing.mean():.2f}"
    )
    return holds(
        f"{name}: reaches 50 %, then 25 % of the start", gap < NEAR, shown, gap
    )


def powerless(found: Response) -> Verdict:
    """Ask whether an adaptive upper clip comes anywhere near its target."""
    level = float(found.before.mean())
    subject = "finding: ADAPO's knob does not reach its target here"
    return holds(subject, level < BEFORE / 2, f"{100 * level:.1f} % instead of 50 %")


def authority(reach: Reach) -> Verdict:
    """Compare the entropies that the two ends of each knob lead to."""
    spans = {k: float(np.mean(high - low)) for k, (low, high) in reach.items()}
    shown = ", ".join(f"{knob} {span:+.3f}" for knob, span in spans.items())
    weak = abs(spans["e_high"]) < 0.05 * START
    strong = spans["beta"] > 0.5 * START
    subject = "authority: beta spans more than half of the entropy, e_high < 5 %"
    return holds(subject, weak and strong, f"nats: {shown}")
