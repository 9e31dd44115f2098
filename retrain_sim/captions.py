"""Three plain sentences for every figure: what you see, why, what to change next."""

from __future__ import annotations

import math
import shlex
from typing import NamedTuple

from retrain_sim.labels import label_of
from retrain_sim.predictions.theory_section import ArmTheory
from retrain_sim.registry import kinds
from retrain_sim.result import Result
from retrain_sim.tables import number, percent, realized
from retrain_sim.theory_tables import known


class Caption(NamedTuple):
    """What a reader sees in a figure, why it is so, and the command to try next."""

    see: str
    why: str
    next: str
    command: str


def caption(name: str, result: Result) -> Caption:
    """Write the caption of one figure from the numbers of the run."""
    return _WRITERS[name](result)


def because(result: Result) -> str:
    """Return the prediction's own explanation."""
    return kinds("prediction")[result.spec.values["prediction"]["kind"]].because


def _command(result: Result, change: str) -> str:
    return f"retrain-sim run {shlex.quote(result.spec.source)} {change}"


def _variation(result: Result) -> tuple[str, str]:
    """Choose what to vary: the slate, unless arms do so already; else the sample."""
    curation = result.spec.values["curation"]
    arms = result.spec.values.get("arms", {}).values()
    named = any("slate_size" in arm.get("curation", {}) for arm in arms)
    if "slate_size" not in curation or named:
        kept = 4 * curation.get("n_kept", 500)
        pool = max(kept, curation.get("n_candidates", 0))
        change = f"--set curation.n_kept={kept}"
        if "n_candidates" in curation:
            change += f" --set curation.n_candidates={pool}"
        return "Keep four times as many samples: chance should matter less.", change
    size = "8" if math.isinf(curation["slate_size"]) else "inf"
    change = f"--set curation.slate_size={size}"
    return (
        "Show the voters other slates: K changes the end, not only the speed.",
        change,
    )


def _headline(result: Result) -> Caption:
    metric = result.headline
    moves = [
        f"{number(result.first(metric, a))} to {number(result.last(metric, a)[0])} "
        f"({a}; theory {number(result.predicted(metric, a))})"
        for a in result.arms
    ]
    see = f"The {label_of(metric)} goes from {', '.join(moves)}."
    hint, change = _variation(result)
    return Caption(see, because(result), hint, _command(result, change))


def _samples(result: Result) -> Caption:
    return Caption(
        "Samples of the first seed: one row per arm, one column per round, from p_0 "
        "on the left to the last round on the right.",
        "Every model is trained only on what was kept of its predecessor's samples, so "
        "what a round drops cannot come back without real data.",
        "Mix real data into every round and look for what survives.",
        _command(result, "--set regime.kind=real-share --set regime.real_share=0.2"),
    )


def _shares(result: Result) -> Caption:
    ends = []
    for arm in result.arms:
        names = [n for n in result.metric_names() if n.startswith("share/")]
        best = max(names, key=lambda n: result.last(n, arm)[0])
        share = percent(result.last(best, arm)[0])
        ends.append(f"{best.removeprefix('share/')} with {share} ({arm})")
    return Caption(
        f"The greatest group in the last round is {', '.join(ends)}.",
        "A share grows while its group is kept more often than it is drawn, and falls "
        "while it is kept less often; without curation only chance moves it.",
        "Give the loop more rounds and see which shares still move.",
        _command(result, f"--rounds {2 * result.spec.run.rounds}"),
    )


def _decomposition(result: Result) -> Caption:
    why, change, command = _last_step(result)
    return Caption(
        "The same metric at every stage: what selection alone would do with infinite "
        "slates, at this slate size, with finitely many samples, and what the trained "
        "model did.",
        why,
        change,
        command,
    )


def _last_step(result: Result) -> tuple[str, str, str]:
    """Explain what separates the run from theory, as far as it was measured."""
    more = _command(result, f"--seeds {4 * result.spec.run.seeds}")
    if f"with drift/{result.headline}" not in result.prediction:
        why = "The fit is ideal here: what separates the run from theory is chance."
        return why, "Use more seeds: the mean over seeds settles.", more
    why = (
        "The last step, from finite samples to the trained model, is the model's error"
    )
    shares = [
        f"{percent(realized(result.history, arm))} ({arm})"
        for arm in result.arms
        if "update/realized" in result.history
        and math.isfinite(realized(result.history, arm))
    ]
    if shares:
        why += f": a round realizes {', '.join(shares)} of the move of an ideal fit"
    steps = result.spec.values["model"].get("steps")
    if steps is None:
        return f"{why}.", "Use more seeds: the mean over seeds settles.", more
    longer = _command(result, f"--set model.steps={2 * steps}")
    return f"{why}.", "Train longer in every round: the gap should shrink.", longer


def _bargain(result: Result) -> Caption:
    ends = [
        f"{number(t.bargain.gap[-1])} in theory{_measured(t)} ({arm})"
        for arm, t in known(result).items()
    ]
    hint, change = _variation(result)
    return Caption(
        f"Nash welfare above, and below a bound on what is still missing of its "
        f"maximum; it ends at {', '.join(ends)}.",
        "Infinite slates never lower the welfare and take the gap to zero; finite "
        "slates may end elsewhere, so a gap that stays is the price of this slate "
        "size, of real data, or of few rounds.",
        hint,
        _command(result, change),
    )


def _measured(theory: ArmTheory) -> str:
    gap = theory.bargain.measured_gap
    return "" if gap is None else f" and {number(gap[:, -1].mean())} measured"


def _metrics(result: Result) -> Caption:
    return Caption(
        "Every other metric by round: solid with the seeds' band, theory dashed, the "
        "real data's own value gray (for a distance: the real-vs-real floor).",
        "A metric falls for reasons of its own: entropy over groups does not see "
        "diversity inside a group, and spread does not see lost groups.",
        "Run more seeds to tell small differences from luck.",
        _command(result, f"--seeds {4 * result.spec.run.seeds}"),
    )


_WRITERS = {
    "headline": _headline,
    "samples": _samples,
    "shares": _shares,
    "decomposition": _decomposition,
    "bargain": _bargain,
    "metrics": _metrics,
}
