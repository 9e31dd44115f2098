"""Three plain sentences for every figure: what you see, why, what to change next."""

from __future__ import annotations

import math
import shlex
from typing import NamedTuple

from retrain_sim.plotting import label_of
from retrain_sim.registry import kinds
from retrain_sim.result import Result
from retrain_sim.tables import number, percent, realized


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


def _slate(result: Result) -> str:
    size = result.spec.values["curation"].get("slate_size")
    if size is None:
        kept = result.spec.values["curation"].get("n_kept", 500)
        return f"--set curation.n_kept={4 * kept}"
    return f"--set curation.slate_size={'8' if math.isinf(size) else 'inf'}"


def _headline(result: Result) -> Caption:
    metric = result.headline
    moves = [
        f"{number(result.first(metric, a))} to {number(result.last(metric, a)[0])} "
        f"({a}; theory {number(result.predicted(metric, a))})"
        for a in result.arms
    ]
    return Caption(
        f"The {label_of(metric)} goes from {', '.join(moves)}.",
        because(result),
        "See whether the size of the slate, or of the sample, changes the end.",
        _command(result, _slate(result)),
    )


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
        "Groups that a voter likes are kept more often than they are drawn; a group "
        "that nobody likes best shrinks by a constant factor a round.",
        "Give the loop more rounds and see which shares still move.",
        _command(result, f"--rounds {2 * result.spec.run.rounds}"),
    )


def _decomposition(result: Result) -> Caption:
    if "update/realized" in result.history and "with drift" in _stages(result):
        shares = [
            f"{percent(realized(result.history, arm))} ({arm})"
            for arm in result.arms
            if math.isfinite(realized(result.history, arm))
        ]
        why = (
            "The last step, from finite samples to the trained model, is "
            f"under-fitting: a round realizes {', '.join(shares)} of the move that an "
            "ideal fit to its training set would make."
        )
        change = "Train longer in every round: the gap should shrink."
        steps = 2 * result.spec.values["model"].get("steps", 200)
        command = _command(result, f"--set model.steps={steps}")
    else:
        why = (
            "The fit is ideal here, so whatever separates the run from the dashed line "
            "is the luck of finite samples."
        )
        change = "Use more seeds: the band of the mean narrows as one over their root."
        command = _command(result, f"--seeds {4 * result.spec.run.seeds}")
    return Caption(
        "The same metric at every stage: what selection alone would do with infinite "
        "slates, at this slate size, with finitely many samples, and what the trained "
        "model did.",
        why,
        change,
        command,
    )


def _stages(result: Result) -> set[str]:
    return {str(name).split("/")[0] for name in result.prediction}


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
    "metrics": _metrics,
}
