"""Controllers on their knobs, and knobs held at their ends."""

from __future__ import annotations

from typing import Any

Arm = tuple[str, dict[str, Any]]

BEFORE, AFTER = 0.5, 0.25
"""The target before and after its step, as shares of the initial entropy."""

UNCONTROLLED: dict[str, Arm] = {"RLOO, on-policy, no knob": ("rloo", {})}
"""What becomes of the entropy if nothing holds it."""

BETA = {"knob": "transform.beta", "transform": {"beta": 0.05}}


def controlled(step: int, short: bool = False) -> dict[str, Arm]:
    """List the controllers that face a step of the target.

    Args:
        step: the round of the step.
        short: three of them.

    Example:
        >>> list(controlled(10, short=True))
        ['beta, halving', 'beta, integral', 'e_high, factor (ADAPO)']
    """
    target = {"kind": "stepped", "before": BEFORE, "after": AFTER, "at": step}

    def by(kind: str, **settings: Any) -> dict[str, Any]:
        return {"controller": {"kind": kind, "target": target, **settings}}

    halving = {"least": 0.005, "most": 0.4}
    one_sided = halving | {"two_sided": False}
    zeta = by("halving", most=1.0)
    arms: dict[str, Arm] = {
        "beta, halving": ("rloo+repo-const", BETA | by("halving", **halving)),
        "beta, halving, one-sided": (
            "rloo+repo-const",
            BETA | by("halving", **one_sided),
        ),
        "beta, integral": (
            "rloo+repo-const",
            BETA | by("integral", gain=0.01, least=-0.4, most=0.4),
        ),
        "bonus, additive": ("rloo+adaptive-bonus", by("additive", step=0.005)),
        "zeta, halving (REPO-R)": ("loop+repo-r", zeta),
        "e_high, factor (ADAPO)": ("adapo", by("factor")),
    }
    kept = ("beta, halving", "beta, integral", "e_high, factor (ADAPO)")
    return {name: arms[name] for name in kept} if short else arms


def fixed_knobs(short: bool = False) -> dict[str, dict[float, Arm]]:
    """List every knob with both ends of its range: knob -> value -> arm."""
    held = {"knob": "", "controller": {"kind": "fixed"}}

    def at(recipe: str, part: str, field: str, *values: float) -> dict[float, Arm]:
        return {v: (recipe, {part: {field: v}} | held) for v in values}

    knobs = {
        "beta": at("rloo+repo-const", "transform", "beta", 0.0, 0.4),
        "e_high": at("dapo", "clip", "e_high", 0.02, 1.0),
        "e_low": at("dapo", "clip", "e_low", 1.0, 0.02),
        "zeta": at("loop+repo-r", "transform", "zeta", 0.0, 1.0),
    }
    return {k: v for k, v in knobs.items() if not short or k in ("beta", "e_high")}
