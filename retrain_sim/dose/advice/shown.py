"""The advice as tables and sentences, for the terminal and the report."""

from __future__ import annotations

import math

import numpy as np

from retrain_sim.dose.advice.advise import Advice, GroupDose
from retrain_sim.dose.advice.curve import CANNOT, HELPS, UNRESOLVED
from retrain_sim.tables import Table, number, signed

MODELS = {
    "classes": "ridge regression on classes, loss: share of wrong classes",
    "numbers": "ridge regression, loss: squared error / real variance",
    "none": "a Gaussian, loss: minus log-density, nats per feature",
}
MOST_COLUMNS = 6


def headline(found: Advice) -> str:
    """Say what was compared, in one line."""
    pair = found.pair
    labels = {"classes": f", {len(pair.class_names)} classes",
              "numbers": ", numbers as labels", "none": ""}[pair.kind]  # fmt: skip
    return (
        f"{len(pair.real.x)} real rows, {len(pair.made.x)} synthetic rows, "
        f"{pair.real.x.shape[1]} features{labels}; model: {MODELS[pair.kind]}"
    )


def groups_table(found: Advice) -> Table:
    """A row per group: what to do, and what the model gains."""
    header = ["group", "real", "synthetic", "use per real row", "verdict"]
    header += ["best ratio (90 %)", "loss saved (90 %)"]
    return Table(header, [_group_row(one) for one in found.groups])


def _group_row(one: GroupDose) -> list[str]:
    row = [one.name, str(one.n_real), str(one.n_synthetic)]
    row += ["-" if one.ratio is None else ratio(one.ratio), one.verdict]
    curve = one.curve
    if curve is None:
        return [*row, "-", "-"]
    row.append(_between(ratio(curve.ratio), ratio(curve.low), ratio(curve.high)))
    saved = (curve.gain, curve.gain_low, curve.gain_high)
    return [*row, _between(*map(signed, saved))]


def laws_table(found: Advice) -> Table | None:
    """A row per group: what the law of mixed means says, and from which distance."""
    header = ["group", "best ratio (90 %)", "distance (90 %)", "real vs real"]
    header += ["harmful beyond", "can be told from zero"]
    rows = []
    for one in found.groups:
        law = one.law
        if law is not None:
            row = [
                one.name,
                _between(ratio(law.ratio), ratio(law.low), ratio(law.high)),
            ]
            row.append(_between(number(law.task.gap), *map(number, law.gap_interval)))
            row += [number(law.floor), number(law.threshold), _yes(law.resolvable)]
            rows.append(row)
    return Table(header, rows) if rows else None


def _yes(true: bool) -> str:
    return "yes" if true else "no"


def ratio(value: float) -> str:
    """Write a ratio.

    Example:
        >>> ratio(0.25), ratio(16.0), ratio(3.14159), ratio(float("inf"))
        ('0.25', '16', '3.14', 'inf')
    """
    return f"{value:.3g}"


def _between(value: str, low: str, high: str) -> str:
    return f"{value} ({low} to {high})"


def distances_table(found: Advice) -> Table:
    """A row per kind of distance, of all rows."""
    header = ["distance", "as measured", "real vs real", "debiased (90 %)"]
    header.append("can be told from zero")
    rows = []
    for one in found.distances:
        debiased = number(math.sqrt(max(one.gap2, 0.0)))
        interval = _between(debiased, *map(number, one.interval))
        row = [one.kind, number(one.distance), number(one.floor), interval]
        rows.append([*row, _yes(one.resolvable)])
    return Table(header, rows)


def curves_table(found: Advice) -> Table | None:
    """A row per ratio: the loss of each group's curve, of the first few groups."""
    shown = [one for one in found.groups if one.curve is not None][:MOST_COLUMNS]
    if not shown:
        return None
    ratios = sorted({float(r) for one in shown if one.curve for r in one.curve.ratios})
    rows = [[ratio(value), *(_loss(one, value) for one in shown)] for value in ratios]
    return Table(["synthetic per real row", *(one.name for one in shown)], rows)


def _loss(one: GroupDose, value: float) -> str:
    if one.curve is None or value not in one.curve.ratios:
        return ""
    at = int(np.flatnonzero(one.curve.ratios == value)[0])
    error = f" ± {number(one.curve.change[at], 4)}" if at else ""
    return f"{number(one.curve.loss[at], 4)}{error}"


def remarks(found: Advice) -> list[str]:
    """Say what the tables do not; flagged groups first."""
    lines = [
        f"WARNING: {one.name}: {one.flag}: nothing is recommended."
        for one in found.groups
        if one.flag
    ]
    for holds, sentence in _SENTENCES:
        names = [one.name for one in found.groups if one.curve and holds(one)]
        if names:
            lines.append(sentence.format(", ".join(names)))
    return [*lines, *found.pair.remarks, *_READING]


def _useless(one: GroupDose) -> bool:
    return one.verdict == CANNOT


def _unclear(one: GroupDose) -> bool:
    return one.verdict == UNRESOLVED


def _more(one: GroupDose) -> bool:
    curve = one.curve
    return bool(one.verdict == HELPS and curve and curve.ratio == curve.ratios[-1])


def _bent(one: GroupDose) -> bool:
    curve = one.curve
    return bool(curve and curve.bends)


def _unmeasured(one: GroupDose) -> bool:
    return one.law is None


def _unresolvable(one: GroupDose) -> bool:
    return one.law is not None and not one.law.resolvable


_SENTENCES = (
    (_useless, "Synthetic rows do not help this model: use none. ({})"),
    (_unclear, "No gain can be told from chance, so none is recommended. ({})"),
    (_more, "The best ratio is the greatest tried: more rows may help further. ({})"),
    (_bent, "Too many harm: the greatest ratio does worse than the best one. ({})"),
    (_unmeasured, "WARNING: too few rows to measure the distance. ({})"),
    (
        _unresolvable,
        "WARNING: the distance cannot be told from zero with so few rows: do not trust "
        "the law's ratio beyond its lower end. ({})",
    ),
)
"""Whom it concerns, and what to say."""

_READING = (
    "The model's ratio is the one to use: its loss is what you care about. The law is "
    "that of a mean in units of the spread, at the debiased distance.",
    "± is the standard error of the difference to ratio 0. The loss saved is measured "
    "on rows that did not choose the ratio.",
    "Real vs real: what two halves of the real rows are apart. Halves are noisier than "
    "the whole; what the noise adds is taken off the debiased distance.",
)
