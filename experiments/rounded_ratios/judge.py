"""What should hold of rounded ratios."""

from __future__ import annotations

import math

import numpy as np

from experiments.common import holds
from experiments.policies import agrees, ordered
from experiments.random_reward.judge import ON_POLICY
from experiments.rounded_ratios.causal import BASE, CLIP, REFERENCE
from experiments.rounded_ratios.mechanism import BINS, OFFSET, Errors
from retrain_sim.policy.theory import float_spacing, noisy_ratio_bias
from retrain_sim.verdicts import PASS, STANDARD_ERRORS, Verdict, judge_prediction

Table = dict[tuple[str, str], Errors]
REFERENCE_SEEDS = 2000
NORMALIZED = ("matrix product", "logits")
"""Stages before the softmax, which normalizes their errors away on average."""

STRONG = "bias 0.005"


def spacing(found: Table) -> Verdict:
    """Compare the error of rounded log-probabilities with a uniform one."""
    law = float_spacing(np.array(BINS[1:-1])) / math.sqrt(12)
    ratio = found["log-softmax", "bfloat16"].by_bin[1:] / law
    shown = ", ".join(f"{x:.3f}" for x in ratio)
    subject = "log-softmax: error = spacing / sqrt(12), by bin of |log pi|"
    good = bool((np.abs(ratio - 1) < 0.05).all())
    return holds(subject, good, f"measured over expected: {shown}")


def rare(found: Table) -> Verdict:
    """Judge that rare tokens are rounded most, after the softmax."""
    by_bin = found["log-softmax", "bfloat16"].by_bin
    shown = ", ".join(f"{x:.4f}" for x in by_bin)
    return holds(
        "rare tokens are rounded most", bool((np.diff(by_bin) > 0).all()), shown
    )


def formats(found: Table) -> Verdict:
    """Judge that float16 is eight times finer, in every stage."""
    stages = {stage for stage, _ in found}
    gains = {s: found[s, "bfloat16"].sd / found[s, "float16"].sd for s in stages}
    shown = ", ".join(f"{s} {g:.2f}" for s, g in sorted(gains.items()))
    good = all(abs(gain - 8) < 0.8 for gain in gains.values())
    return holds("float16 is 8 times finer than bfloat16", good, shown)


def upward(bias: np.ndarray, sd: float, resolved: bool) -> Verdict:
    """Compare the mean ratio after rounded log-probabilities with its law."""
    law = noisy_ratio_bias(sd)
    found = judge_prediction("", bias, law, 0.0, 0.0, [])
    shown = f"{bias.mean():.1e} (se {found.se:.0e}), law {law:.1e}"
    up = bias.mean() > STANDARD_ERRORS * found.se or not resolved
    subject = "log-softmax: E[ratio] - 1 = exp(s^2/2) - 1"
    subject += ", upward" if resolved else " (sign not resolved)"
    return holds(subject, found.verdict == PASS and up, shown, found.gap)


def renormalized(found: Table) -> list[Verdict]:
    """Judge that errors before the softmax leave the mean ratio at 1."""
    verdicts = []
    for stage in NORMALIZED:
        made = found[stage, "bfloat16"]
        judged = judge_prediction("", made.bias, 0.0, 0.0, 0.0, [])
        law = noisy_ratio_bias(made.sd)
        shown = (
            f"{made.bias.mean():.1e} (se {judged.se:.0e}); exp(s^2/2) - 1 = {law:.1e}"
        )
        refuted = abs(made.bias.mean() - law) > STANDARD_ERRORS * judged.se
        subject = f"{stage}: E[ratio] = 1, the softmax normalizes"
        good = judged.verdict == PASS and refuted
        verdicts.append(holds(subject, good, shown, judged.gap))
    return verdicts


def no_clip(found: Table) -> Verdict:
    """Judge that one rounded stage alone never reaches the clip."""
    worst = max(found, key=lambda at: found[at].greatest)
    edge = math.log1p(CLIP[0])
    shown = f"greatest error {found[worst].greatest:.3f} ({', '.join(worst)})"
    subject = f"one stage alone never reaches a clip of 0.2 ({edge:.3f} nats)"
    return holds(subject, found[worst].greatest < edge, shown)


def reference(ends: dict[str, np.ndarray]) -> list[Verdict]:
    """Compare with the reference values."""
    return [
        agrees(name, ends[name], value, REFERENCE_SEEDS, 0.001)
        for name, value in REFERENCE.items()
    ]


def directions(ends: dict[str, np.ndarray]) -> Verdict:
    """Judge that an upward bias lowers entropy, and a downward one raises it."""
    names = (STRONG, "bias 0.002", "bias 0.0005", BASE, "bias -0.005")
    return ordered("the more upward, the less entropy", *(ends[n] for n in names))


def through_the_clip(ends: dict[str, np.ndarray]) -> Verdict:
    """Judge that the bias acts through the clip, not through the gradient."""
    full, clip = (ends[BASE] - ends[n] for n in (STRONG, f"{STRONG}, clip only"))
    share = clip.mean() / full.mean()
    shown = f"{clip.mean():.2f} of {full.mean():.2f} nats, {share:.0%}"
    return holds("a bias in the clip alone does it", 0.8 < share < 1.2, shown)


def without_a_clip(ends: dict[str, np.ndarray]) -> Verdict:
    """Judge that a strictly on-policy step, which has no clip, hardly notices."""
    dapo = (ends[BASE] - ends[STRONG]).mean()
    alone = (ends[ON_POLICY] - ends[f"{ON_POLICY}, {STRONG}"]).mean()
    shown = f"{alone:+.4f} nats, where DAPO loses {dapo:.2f}"
    subject = f"{ON_POLICY}: the same bias takes next to nothing"
    return holds(subject, abs(alone) < dapo / 50, shown, float(alone))


def shifted(plain: Errors, moved: Errors, law: Errors) -> Verdict:
    """Judge that an offset, which changes no law, coarsens rounded logits.

    Args:
        plain: logits rounded as they are.
        moved: logits rounded with the offset.
        law: the log-softmax rounded with the offset, which it takes away.
    """
    growth = moved.sd / plain.sd
    shown = f"logits {plain.sd:.4f} to {moved.sd:.4f}; log-softmax {law.sd:.4f}"
    subject = f"an offset of {OFFSET:g} coarsens rounded logits, not the log-softmax"
    return holds(subject, growth > 2 and law.sd < plain.sd, shown, growth)


def noise(ends: dict[str, np.ndarray]) -> list[Verdict]:
    """Judge that noise of mean zero acts only where the gradient sees it."""
    clip = ends[BASE] - ends["noise 5 %, clip only"]
    judged = judge_prediction("", clip, 0.0, 0.0, 0.0, [])
    shown = f"{-clip.mean():+.3f} nats (se {judged.se:.3f})"
    subject = "noise of mean zero in the clip alone does nothing"
    return [
        holds(subject, judged.verdict == PASS, shown, judged.gap),
        ordered(
            "noise in the gradient too lowers entropy", ends["noise 5 %"], ends[BASE]
        ),
    ]


def single_stages(ends: dict[str, np.ndarray]) -> Verdict:
    """Judge that one rounded stage does little in this task."""
    full = (ends[BASE] - ends[STRONG]).mean()
    drops = {n: (ends[BASE] - ends[n]).mean() for n in ends if "float16" in n}
    shown = ", ".join(f"{name} {-drop:+.3f}" for name, drop in drops.items())
    good = all(abs(drop) < full / 10 for drop in drops.values())
    return holds("one rounded stage moves entropy little", good, f"{shown} nats")
