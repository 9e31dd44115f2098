"""Recipes: the published algorithms as tables of small values, and what adds to them.

``base+addition`` puts an addition on any base: ``dapo+repo-r``, ``rloo+entropy-bonus``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from retrain_sim.errors import UserError, nearest
from retrain_sim.overrides import merged
from retrain_sim.policy.algorithm import Algorithm
from retrain_sim.registry import convert, decode


class Recipe(NamedTuple):
    """One line that says what it is, and the settings that differ from RLOO's."""

    about: str
    settings: dict[str, Any]


NORMALIZED = {"kind": "group-normalized"}
PPO = {"kind": "ppo", "e_low": 0.2, "e_high": 0.2}
HIGHER = {"kind": "ppo", "e_low": 0.2, "e_high": 0.28}
HALVING = {"knob": "transform.zeta", "controller": {"kind": "halving"}}
DAPO = {
    "advantage": NORMALIZED,
    "average": {"kind": "token-mean", "dynamic": True},
    "clip": HIGHER,
    "epochs": 4,
}

BASES = {
    "reinforce": Recipe(
        "REINFORCE without a baseline, on-policy (Williams 1992).",
        {"advantage": {"kind": "plain"}, "average": {"kind": "rollout-sum"}},
    ),
    "rloo": Recipe(
        "RLOO, strictly on-policy: one step per round (Kool et al. 2019).",
        {"average": {"kind": "rollout-sum"}},
    ),
    "loop": Recipe(
        "LOOP: RLOO advantages, PPO clip, 4 epochs (Chen et al. 2025).",
        {"clip": PPO, "epochs": 4},
    ),
    "grpo": Recipe(
        "GRPO: group-normalized advantages, PPO clip, 4 epochs (Shao et al. 2024).",
        {"advantage": NORMALIZED, "clip": PPO, "epochs": 4},
    ),
    "dr-grpo": Recipe(
        "Dr. GRPO: GRPO without the two normalizations (Liu et al. 2025).",
        {
            "advantage": {"kind": "centered"},
            "average": {"kind": "rollout-sum"},
            "clip": PPO,
            "epochs": 4,
        },
    ),
    "dapo": Recipe("DAPO: clip-higher, dynamic sampling (Yu et al. 2025).", DAPO),
    "gspo": Recipe(
        "GSPO: whole rollouts are clipped (Zheng et al. 2025).",
        {"advantage": NORMALIZED, "clip": {"kind": "gspo"}, "epochs": 4},
    ),
    "adapo": Recipe(
        "ADAPO: DAPO with an adaptive upper clip (Petrenko et al. 2026).",
        DAPO | {"knob": "clip.e_high", "controller": {"kind": "factor"}},
    ),
}
"""Algorithms that stand alone."""

ADDITIONS = {
    "entropy-bonus": Recipe(
        "The entropy of every law is added.",
        {"bonus": {"kind": "entropy"}},
    ),
    "adaptive-bonus": Recipe(
        "An entropy bonus whose coefficient steps towards a target (He et al. 2025).",
        {
            "bonus": {"kind": "entropy", "coefficient": 0.0},
            "knob": "bonus.coefficient",
            "controller": {"kind": "additive"},
        },
    ),
    "kl-reference": Recipe(
        "The divergence from the initial policy is subtracted.",
        {"bonus": {"kind": "kl-reference"}},
    ),
    "repo-const": Recipe(
        "REPO with a constant beta (Petrenko et al. 2026).",
        {"transform": {"kind": "repo-const"}},
    ),
    "repo-d": Recipe(
        "REPO-D: beta follows the predicted loss of entropy (Petrenko et al. 2026).",
        {"transform": {"kind": "repo-d"}} | HALVING,
    ),
    "repo-r": Recipe(
        "REPO-R, final: A - zeta |A| log pi, clamped (Petrenko et al. 2026).",
        {"transform": {"kind": "repo-r"}} | HALVING,
    ),
    "repo-r-submitted": Recipe(
        "REPO-R as submitted: beta = zeta max(A, 0) (Petrenko et al. 2026).",
        {"transform": {"kind": "repo-r-submitted"}} | HALVING,
    ),
    "repo-n": Recipe(
        "REPO-N: the first-order change of entropy is taken out (derived here).",
        {"transform": {"kind": "repo-n"}},
    ),
}
"""What can be put on any base, after a plus sign."""


def recipe(name: str, where: str = "algorithm") -> dict[str, Any]:
    """Return the settings behind a name: a base, and additions after plus signs.

    Args:
        name: as ``grpo`` or ``dapo+repo-r``.
        where: for messages.

    Raises:
        UserError: an unknown base or addition.

    Example:
        >>> recipe("rloo+repo-const")["transform"]
        {'kind': 'repo-const'}
    """
    base, *additions = name.split("+")
    if base not in BASES:
        raise UserError(f"{where}.kind: unknown {base!r}; {nearest(base, BASES)}")
    settings = dict(BASES[base].settings)
    for addition in additions:
        if addition not in ADDITIONS:
            hint = nearest(addition, ADDITIONS)
            raise UserError(f"{where}.kind: unknown addition {addition!r}; {hint}")
        settings = merged(settings, ADDITIONS[addition].settings)
    return settings


def make_algorithm(
    name: str, changes: Mapping[str, Any] | None = None, where: str = "algorithm"
) -> Algorithm:
    """Make a named algorithm, with some of its settings changed.

    Args:
        name: as ``grpo`` or ``dapo+repo-r``.
        changes: tables to lay over the recipe; another kind starts afresh.
        where: for messages.

    Raises:
        UserError: an unknown name or key, a value out of range, a group of 1 with
            advantages that compare within a group.

    Example:
        >>> make_algorithm("grpo", {"clip": {"e_high": 0.5}}).clip.e_high
        array(0.5, dtype=float32)
    """
    decode(name, str, f"{where}.kind")
    values = merged(recipe(name, where), dict(changes or {}))
    made = Algorithm(**convert(Algorithm, values, where))
    for field, message in made.check():
        raise UserError(f"{where}.{field}: {message}")
    return made
