"""What should hold of the first task."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from experiments.common import holds
from experiments.many_solutions.reference import DIGITS, NAMES, REFERENCE, SEEDS
from experiments.policies import ROUNDING, Measure, agrees, ordered
from retrain_sim.verdicts import FAIL, STANDARD_ERRORS, Verdict, standard_error

START = 4.122
"""Mean entropy of 100 normal logits, in nats."""

KEPT = 0.5
"""Share of the initial entropy that counts as preserved."""


def table(name: str, found: Measure) -> Verdict:
    """Compare an arm with its row of the reference table, all five measures."""
    row = zip(NAMES, found, REFERENCE[name], DIGITS, strict=True)
    judged = [agrees(f"{name}: {n}", v, r, SEEDS, d) for n, v, r, d in row]
    failed = [v for v in judged if v.verdict == FAIL]
    worst = (failed or judged)[0]
    shown = "; ".join(f"{v.subject.split(': ')[1]} {v.reason}" for v in failed)
    shown = shown or f"all five; {NAMES[0]} {worst.reason}"
    return holds(f"{name}: as in the reference table", not failed, shown, worst.gap)


def claims(
    found: Mapping[str, Measure], everything: Mapping[str, Measure]
) -> list[Verdict]:
    """Judge the orderings, the findings and the control; seeds are paired."""
    verdicts = [
        speed(found),
        price(found),
        shifted(found),
        same_arm(everything["REPO-const, 0"], found["RLOO, on-policy"]),
    ]
    if "DAPO" in found:
        verdicts += [unpreserved(found), equivalent(found), capped(found)]
    return verdicts


def speed(found: Mapping[str, Measure]) -> Verdict:
    """Order the unregularized algorithms by the entropy they had on average."""
    names = ("GRPO", "LOOP", "RLOO, on-policy")
    steps = [found[name].mean_entropy for name in names]
    return ordered("GRPO collapses first, on-policy RLOO last", *steps)


def price(found: Mapping[str, Measure]) -> Verdict:
    """Order by what entropy costs: pass@1 falls as beta rises."""
    names = ("REPO-const 0.2", "REPO-const 0.1", "RLOO, on-policy")
    return ordered("entropy costs pass@1", *(found[name].right for name in names))


def shifted(found: Mapping[str, Measure]) -> Verdict:
    """Order by what entropy buys: solutions that are left after a shift."""
    names = ("RLOO, on-policy", "REPO-const 0.1", "REPO-const 0.2")
    return ordered("entropy buys shift-pass@16", *(found[n].shifted for n in names))


def same_arm(one: Measure, other: Measure) -> Verdict:
    """Compare two arms that must be the same, seed by seed."""
    gap = float(np.abs(one.mean_entropy - other.mean_entropy).max())
    subject = "control: REPO-const with beta 0 is RLOO, seed by seed"
    return holds(subject, gap < 0.01, f"greatest difference {gap:.1e} nats", gap)


def unpreserved(found: Mapping[str, Measure]) -> Verdict:
    """Ask whether clip-higher or an adaptive clip preserve entropy, as published."""
    names = ("DAPO", "DAPO, no sd", "ADAPO", "ADAPO, no sd")
    shares = [float(found[name].entropy.mean()) / START for name in names]
    subject = "finding: DAPO and ADAPO preserve no entropy here (published: they do)"
    shown = ", ".join(f"{100 * share:.1f} %" for share in shares)
    return holds(subject, max(shares) < KEPT, f"left of the start: {shown}")


def equivalent(found: Mapping[str, Measure]) -> Verdict:
    """Compare REPO-const with the entropy bonus: the same expected gradient."""
    gap = found["REPO-const 0.1"].entropy - found["entropy bonus 0.1"].entropy
    se = standard_error(gap)
    subject = "REPO-const and the entropy bonus end alike"
    within = abs(gap.mean()) < STANDARD_ERRORS * se
    shown = f"{gap.mean():+.3f} nats, {gap.mean() / max(se, ROUNDING):+.1f} s.e."
    return holds(subject, within, shown, float(gap.mean()))


def capped(found: Mapping[str, Measure]) -> Verdict:
    """Order REPO-R by its cap: the published one, 0.05, leaves next to nothing."""
    names = ("REPO-R, cap 0.05", "REPO-R, cap 1")
    steps = [found[name].entropy for name in names]
    return ordered("REPO-R needs a cap near 1 at this scale", *steps)
