"""Everything that a policy scenario can name, one line each."""

from __future__ import annotations

from retrain_sim.policy.recipes import ADDITIONS, BASES
from retrain_sim.policy.spec import load_policy_spec, policy_scenarios
from retrain_sim.registry import describe, kinds

PARTS = (
    "environment",
    "policy",
    "advantage",
    "average",
    "clip",
    "transform",
    "bonus",
    "controller",
    "target",
    "optimizer",
    "arithmetic",
)
"""The families of components that policy scenarios use."""


def listing() -> dict[str, dict[str, str]]:
    """Return heading -> name -> one line.

    Example:
        >>> listing()["clip"]["none"]
        'Use the plain ratio, however far the policy has moved.'
    """
    found = {
        "scenarios": {n: load_policy_spec(n).title for n in policy_scenarios()},
        "algorithms": {name: made.about for name, made in BASES.items()},
        "additions, as dapo+repo-r": {n: made.about for n, made in ADDITIONS.items()},
    }
    for family in PARTS:
        found[family] = {kind: describe(cls) for kind, cls in kinds(family).items()}
    return found
