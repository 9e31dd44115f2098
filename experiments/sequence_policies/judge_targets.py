"""What should hold of policies that have read twelve target strings."""

from __future__ import annotations

import math

import numpy as np

from experiments.common import holds
from experiments.policies import ROUNDING, ordered
from experiments.sequence_policies.arms import RLOO, Rows
from experiments.sequence_policies.judge import LEARNED, OPPOSITE, REPO, end, mean
from retrain_sim.verdicts import STANDARD_ERRORS, Verdict, standard_error

N_TARGETS, K = 12, 16
UNIFORM = 4 * math.log(12)
"""Entropy of all strings alike, in nats."""

RIGHT = "exact_pass@1"


def in_use(rows: Rows, arm: str) -> np.ndarray:
    """Return the effective number of targets at the end, seed by seed."""
    return N_TARGETS * end(rows, arm, "coverage")


def start(rows: Rows) -> Verdict:
    """Judge that the start is peaked, and sees several targets."""
    first = {name: rows[RLOO][f"policy/{name}"][:, 0] for name in ("entropy", RIGHT)}
    seen = N_TARGETS * rows[RLOO]["policy/coverage"][:, 0].mean()
    entropy, right = first["entropy"].mean(), first[RIGHT].mean()
    shown = f"{entropy:.2f} of {UNIFORM:.2f} nats, pass@1 {right:.2f}, {seen:.1f} of 12"
    peaked = entropy < UNIFORM / 2 and right < LEARNED and seen > 2
    return holds("targets: the start is peaked, and sees several", peaked, shown)


def learned(rows: Rows) -> Verdict:
    """Judge that every algorithm writes targets more often than not."""
    right = {arm: float(end(rows, arm, RIGHT).mean()) for arm in rows}
    shown = ", ".join(f"{arm} {share:.2f}" for arm, share in right.items())
    return holds("targets: all learn", min(right.values()) > LEARNED, shown)


def kept(rows: Rows) -> list[Verdict]:
    """Judge who keeps entropy, who keeps targets, what it buys and what it costs."""
    arms = ("GRPO", RLOO, REPO)
    line = " < ".join(arms)
    pair = ("GRPO", REPO)
    return [
        ordered(f"targets, entropy: {line}", *(end(rows, a, "entropy") for a in arms)),
        ordered(f"targets in use: {line}", *(in_use(rows, arm) for arm in arms)),
        ordered(
            f"targets, shift-pass@16: {' < '.join(pair)}",
            *(end(rows, arm, "shift_pass@16") for arm in pair),
        ),
        ordered(
            f"targets, the price, pass@1: {REPO} < GRPO",
            *(end(rows, arm, RIGHT) for arm in reversed(pair)),
        ),
    ]


def clips(rows: Rows) -> list[Verdict]:
    """Judge clips of whole rollouts against those of tokens, and clip-higher."""
    tokens, narrow = mean(rows, "GRPO"), mean(rows, "GSPO")
    wide = mean(rows, "GSPO, clip 0.05")
    higher = [mean(rows, arm) for arm in ("DAPO", RLOO)]
    adaptive = [in_use(rows, arm) for arm in (RLOO, "REPO-R, cap 1")]
    return [
        ordered("targets, mean entropy: GRPO < GSPO (clips rollouts)", tokens, narrow),
        ordered(
            "targets, finding: GSPO at a clip of 0.05 keeps less than half as much",
            wide - tokens,
            (narrow - tokens) / 2,
        ),
        ordered("targets, not reproduced: clip-higher, DAPO < RLOO", *higher),
        ordered("targets in use: RLOO < REPO-R with a controller", *adaptive),
    ]


def keeps(rows: Rows, who: str) -> Verdict:
    """Judge that another policy keeps more targets with REPO, too."""
    steps = [in_use(rows, arm) for arm in (RLOO, REPO)]
    return ordered(f"targets in use, {who}: {RLOO} < {REPO}", *steps)


def room(rows: Rows, small: Rows) -> Verdict:
    """Judge that a policy keeps only as many targets as it can hold."""
    found = ordered(
        f"targets in use, {REPO}: bigrams, which cannot hold them < a network",
        in_use(small, REPO),
        in_use(rows, REPO),
    )
    shown = f"{in_use(small, REPO).mean():.2f}, {in_use(rows, REPO).mean():.2f}"
    return found._replace(reason=f"{shown}; {found.reason}")


def unbiased(rows: Rows) -> Verdict:
    """Compare pass@16, estimated from 64 rollouts, with the exact chance."""
    exact = 1 - (1 - rows[RLOO][f"policy/{RIGHT}"]) ** K
    gap = (rows[RLOO][f"policy/pass@{K}"] - exact).mean(axis=1)
    errors = gap.mean() / max(standard_error(gap), ROUNDING)
    shown = f"{gap.mean():+.1e} on average over rounds, {errors:+.1f} s.e."
    subject = "unbiased pass@16 of 64 rollouts is the exact one"
    return holds(subject, abs(errors) <= STANDARD_ERRORS, shown, float(gap.mean()))


def control(rows: Rows) -> Verdict:
    """Turn the sign of REPO, which must spend targets."""
    steps = [in_use(rows, arm) for arm in (OPPOSITE, RLOO)]
    return ordered("control: the opposite sign spends targets", *steps)
