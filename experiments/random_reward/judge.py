"""What should hold under a random reward."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from experiments.policies import agrees, ordered
from retrain_sim.verdicts import Verdict

SEEDS = 2000
"""Seeds of the reference values, in NumPy."""

ON_POLICY = "RLOO, on-policy"

REFERENCE = {
    ("no clip", 0.5): (1.929, 0.001),
    ("1.0 / 0.2", 0.5): (1.254, 0.001),
    ("0.2 / 0.2", 0.5): (2.162, 0.001),
    ("0.2 / 0.25", 0.5): (2.293, 0.001),
    ("0.2 / 0.28", 0.5): (2.330, 0.001),
    ("0.2 / 0.5", 0.5): (2.406, 0.001),
    ("0.1 / 0.2", 0.5): (2.715, 0.001),
    ("0.2 / 0.2", 2.0): (1.85, 0.01),
    ("0.2 / 0.28", 2.0): (1.52, 0.01),
}
"""Clip and rate -> entropy after 60 rounds, and the last digit given."""

Ends = Mapping[tuple[str, float], np.ndarray]


def reference(ends: Ends) -> list[Verdict]:
    """Compare with the reference values, seeds against seeds."""
    return [
        agrees(f"{at[0]} at rate {at[1]:g}", ends[at], value, SEEDS, digit)
        for at, (value, digit) in REFERENCE.items()
    ]


def orderings(ends: Ends, short: bool = False) -> list[Verdict]:
    """Judge the orderings of the clips; seeds are paired.

    Args:
        ends: clip and rate -> entropy at the end.
        short: leave out the neighbors that only many seeds tell apart.
    """
    slow = {name: values for (name, rate), values in ends.items() if rate == 0.5}
    fast = {name: values for (name, rate), values in ends.items() if rate == 2.0}
    upper = ("0.2 / 0.2", "0.2 / 0.25", "0.2 / 0.28", "0.2 / 0.5")
    if short:
        upper = (upper[0], upper[-1])
    lower = ("1.0 / 0.2", "0.2 / 0.2", "0.1 / 0.2")
    reverse = ("0.2 / 0.28", "0.2 / 0.2")
    return [
        ordered("a wider upper clip keeps entropy", *(slow[n] for n in upper)),
        ordered("a tighter lower clip keeps more", *(slow[n] for n in lower)),
        ordered("the lower clip is the stronger", slow["0.2 / 0.5"], slow["0.1 / 0.2"]),
        ordered("at rate 2 the order reverses", *(fast[n] for n in reverse)),
        *(ordered(f"{ON_POLICY}, keeps the most at rate {rate:g}", *_best(ends, rate))
          for rate in (0.5, 2.0)),
    ]  # fmt: skip


def _best(ends: Ends, rate: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the clip that keeps the most, and those without one."""
    clipped = [v for (name, r), v in ends.items() if r == rate and name != ON_POLICY]
    return max(clipped, key=np.mean), ends[ON_POLICY, rate]
