"""Tables: a result as rows of text, for the terminal and the report."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import xarray as xr

from retrain_sim.labels import label_of
from retrain_sim.quality import Quality, describe_quality
from retrain_sim.result import Result


class Table(NamedTuple):
    """Column names, and rows of text."""

    header: list[str]
    rows: list[list[str]]


def number(value: float, digits: int = 3) -> str:
    """Write a number with sensible digits; a dash for nothing.

    Example:
        >>> number(0.69314), number(1234.5), number(2.2e-15), number(float("nan"))
        ('0.693', '1234', '0.000', '-')
    """
    if not math.isfinite(value):
        return "-"
    if abs(value) >= 1000:
        return f"{value:.0f}"
    return f"{value + 0.0:.{digits}f}" if abs(value) < 10 else f"{value:.1f}"


def arms_table(result: Result) -> Table:
    """One row per arm: headline first -> last, other metrics, prediction, verdict."""
    metric = result.headline
    header = ["arm", f"{label_of(metric)}, first -> last"]
    extra = [n for n in _EXTRA if n in result.history and n != metric]
    header += [_EXTRA[name] for name in extra]
    if "update/realized" in result.history:
        header.append("realized")
    header += ["predicted", "gap", "verdict"]
    rows = [_arm_row(result, arm, metric, extra) for arm in result.arms]
    return Table(header, rows)


_EXTRA = {
    "collapse/groups_kept": "kept",
    "collapse/within_group_spread": "spread",
    "reward/mean": "reward",
}


def _arm_row(result: Result, arm: str, metric: str, extra: list[str]) -> list[str]:
    last, se = result.last(metric, arm)
    verdict = result.verdicts[arm]
    error = f" ± {number(se)}" if math.isfinite(se) else ""
    row = [arm, f"{number(result.first(metric, arm))} -> {number(last)}{error}"]
    row += [short(name, result.last(name, arm)[0]) for name in extra]
    if "update/realized" in result.history:
        row.append(percent(realized(result.history, arm)))
    predicted = number(result.predicted(metric, arm))
    return [*row, predicted, signed(verdict.gap), verdict.verdict]


def signed(gap: float) -> str:
    """Write a difference with its sign; no sign where it rounds to zero.

    Example:
        >>> signed(0.25), signed(-1e-9), signed(float("nan"))
        ('+0.250', '0.000', '-')
    """
    text = number(gap)
    if not math.isfinite(gap) or float(text) == 0:
        return text.lstrip("-") if math.isfinite(gap) else text
    return text if gap < 0 else f"+{text}"


def short(name: str, value: float) -> str:
    """Write a metric's value with the digits that it deserves."""
    return f"{value:.1f}" if name == "collapse/groups_kept" else number(value, 2)


def realized(history: xr.Dataset, arm: str) -> float:
    """Return the mean share of the ideal update that retraining realizes."""
    return float(history["update/realized"].sel(arm=arm).mean())


def describe_notes(notes: dict[str, Any]) -> str:
    """Say what the data were used for, in one line.

    Example:
        >>> describe_notes({"splits": {"model": 5, "reference": 5}, "atoms": 9})
        'samples: 5 for the model, 5 for the reference; 9 atoms'
    """
    parts = [str(notes["data"])] if "data" in notes else []
    if "splits" in notes:
        uses = [f"{size} for the {use}" for use, size in notes["splits"].items()]
        parts.append(f"samples: {', '.join(uses)}")
    if "classifier_accuracy" in notes:
        parts.append(
            f"classifier's held-out accuracy {notes['classifier_accuracy']:.3f}"
        )
    parts.append(f"{notes['atoms']} atoms")
    if "quality" in notes:
        parts.append(describe_quality(Quality(**notes["quality"])))
    return "; ".join([*parts, *filter(None, [notes.get("memory")])])


def percent(share: float) -> str:
    """Write a share as a percentage; a dash for nothing."""
    return f"{100 * share:.0f} %" if math.isfinite(share) else "-"


def claims_table(result: Result) -> Table:
    """One row per claim about shapes."""
    rows = [[c.subject, c.reason, c.verdict] for c in result.claims]
    return Table(["claim", "measured", "verdict"], rows)


def audit_table(result: Result) -> Table:
    """One row per assumption and arm that it concerns."""
    found: dict[tuple[str, str, str], list[str]] = {}
    words = {True: "holds", False: "FAILS", None: "measured"}
    for arm, audit in result.audits.items():
        for assumption in audit:
            key = (assumption.text, words[assumption.holds], assumption.detail)
            found.setdefault(key, []).append(arm)
    rows = [[*key, ", ".join(arms)] for key, arms in found.items()]
    return Table(["assumption", "audit", "detail", "arms"], rows)


def decomposition_table(result: Result) -> Table | None:
    """One row per arm: the headline metric at the end, stage by stage."""
    stages = {"K = inf": "selection, K = inf", "finite K": "at this K"}
    stages["with drift"] = "+ finite samples"
    metric = result.headline
    there = [s for s in stages if f"{s}/{metric}" in result.prediction]
    if not there:
        return None
    rows = []
    for arm in result.arms:
        ends = [result.prediction[f"{s}/{metric}"].sel(arm=arm)[-1] for s in there]
        row = [arm, number(result.first(metric, arm))]
        rows.append([*row, *(number(float(e)) for e in ends)])
        rows[-1].append(number(result.last(metric, arm)[0]))
    names = ["arm", "round 0", *(stages[s] for s in there), "the trained model"]
    return Table(names, rows)


def comparison_table(results: list[Result], names: list[str], metric: str) -> Table:
    """One row per run and arm: a metric at the end, beside its prediction."""
    rows = []
    for name, result in zip(names, results, strict=True):
        for arm in result.arms:
            first, (last, se) = result.first(metric, arm), result.last(metric, arm)
            expected = number(result.predicted(metric, arm))
            run = result.spec.run
            size = f"{run.seeds} x {run.rounds}"
            row = [name, arm, size, number(first), f"{number(last)} ± {number(se)}"]
            rows.append([*row, expected])
    ends = ["first", "last", "predicted"]
    return Table(["run", "arm", "seeds x rounds", *ends], rows)
