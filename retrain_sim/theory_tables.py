"""The theory section of the report: tables and sentences, from ``Result.theory``."""

from __future__ import annotations

import math

import numpy as np

from retrain_sim.judging import judge_metric
from retrain_sim.labels import label_of
from retrain_sim.predictions.base import Assumption
from retrain_sim.predictions.effects import Effect, effects_of, largest_effect
from retrain_sim.predictions.theory_section import ArmTheory
from retrain_sim.result import Result
from retrain_sim.tables import Table, number, percent, signed
from retrain_sim.verdicts import standard_error

BETWEEN, WITHIN = "collapse/class_entropy", "collapse/within_group_spread"
VERBS = {True: "takes", False: "saves"}
ENDS = {"fixed_point": "a fixed point", "cycle": "a cycle"}


def known(result: Result) -> dict[str, ArmTheory]:
    """List the arms that theory has something to say about."""
    found = result.theory.items()
    return {arm: t for arm, t in found if isinstance(t, ArmTheory)}


def theory_tables(result: Result) -> list[tuple[str, Table]]:
    """List the tables of the theory section with their titles."""
    return [
        ("Nash welfare and its gap", bargain_table(result)),
        ("Who survives at this slate size", survival_table(result)),
        ("What took the diversity", effects_table(result)),
        ("The paper's assumptions on this landscape", basins_table(result)),
        ("Every prediction, in the last round", predictions_table(result)),
    ]


def bargain_table(result: Result) -> Table:
    """One row per arm: welfare, its maximum, and the gap, in theory and measured."""
    header = ["arm", "K", "welfare, first -> last", "best", "measured", "gap in theory"]
    rows = []
    for arm, theory in known(result).items():
        found = theory.bargain
        path = f"{number(found.welfare[0])} -> {number(found.welfare[-1])}"
        row = [arm, slate(theory.game.slate_size), path, number(found.nash.welfare)]
        row += [_last(found.measured_welfare), number(found.gap[-1])]
        rows.append([*row, _last(found.measured_gap)])
    return Table([*header, "gap measured"], rows)


def slate(size: float) -> str:
    """Write a slate size.

    Example:
        >>> slate(8.0), slate(float("inf"))
        ('8', 'inf')
    """
    return f"{size:.0f}"


def _last(values: np.ndarray | None) -> str:
    if values is None:
        return "-"
    error = standard_error(values[:, -1])
    shown = f" ± {number(error)}" if math.isfinite(error) else ""
    return number(float(values[:, -1].mean())) + shown


def survival_table(result: Result) -> Table:
    """One row per voter: where its favorite ends at K = inf, at this K, and here."""
    rows = []
    for arm, theory in known(result).items():
        settled = theory.end.kind in ENDS
        for s in theory.survivors:
            row = [arm, s.voter, s.group, percent(s.weight), percent(s.nash)]
            row += [percent(s.limit) if settled else "-", percent(s.last)]
            lives = ("yes" if s.survives else "no") if settled else "not settled"
            rows.append([*row, signed(s.margin), lives])
    header = ["arm", "voter", "favorite group", "weight", "Nash, K = inf", "at this K"]
    return Table([*header, "measured", "invasion margin", "survives"], rows)


def effects(result: Result, metric: str, arm: str) -> list[Effect]:
    """Split what became of a metric among its causes."""
    return effects_of(result.history, result.prediction, metric, arm)


def split_metrics(result: Result) -> list[str]:
    """List what is split: between groups, within groups, or else the headline."""
    wanted = [m for m in (BETWEEN, WITHIN) if m in result.history]
    return wanted or [result.headline]


def effects_table(result: Result) -> Table:
    """One row per arm and metric: what every cause took by the last round."""
    rows, causes = [], []
    for metric in split_metrics(result):
        for arm in result.arms:
            found = effects(result, metric, arm)
            if found:
                causes = [effect.cause for effect in found]
                largest = largest_effect(found)
                row = [arm, label_of(metric), *(_with_error(e) for e in found)]
                rows.append([*row, largest.cause if largest else "none"])
    return Table(["arm", "of", *causes, "largest effect"], rows)


def _with_error(effect: Effect) -> str:
    if effect.se == 0 or math.isnan(effect.se):
        return signed(effect.loss)
    return f"{signed(effect.loss)} ± {number(effect.se)}"


def effect_lines(result: Result) -> list[str]:
    """Name, for every arm, the cause that took or saved the most of the diversity."""
    metric, lines = split_metrics(result)[0], []
    for arm in result.arms:
        found = effects(result, metric, arm)
        if found:
            lines.append(f"{arm}: {in_words(found, label_of(metric))}")
    return lines


def in_words(found: list[Effect], label: str) -> str:
    """Say of the stages of a run which one moved the diversity most, and the sum."""
    largest, lost = largest_effect(found), sum(effect.loss for effect in found)
    total = f"in all it {'fell' if lost > 0 else 'rose'} by {number(abs(lost))}"
    if largest is None:
        return f"no single stage moved the {label} beyond chance; {total}"
    did = f"{VERBS[largest.loss > 0]} {number(abs(largest.loss))} of the {label}"
    return f"the largest effect is {largest.cause}, which {did}; {total}"


def basins_table(result: Result) -> Table:
    """One row per assumption of the theorems on basins, by where it is made."""
    rows = []
    for arm, theory in known(result).items():
        found = theory.basins
        if found:
            parts = {
                "setting": found.setting,
                f"main text, eps = {found.eps:.3g}": found.main_text,
                "appendix": found.appendix,
            }
            rows += [_audited(arm, s, a) for s, audit in parts.items() for a in audit]
    return Table(["arm", "made in", "assumption", "audit", "detail"], rows)


def _audited(arm: str, source: str, assumption: Assumption) -> list[str]:
    audit = "holds" if assumption.holds else "FAILS"
    return [arm, source, assumption.text, audit, assumption.detail]


def predictions_table(result: Result) -> Table:
    """One row per predicted metric and arm: value, measurement, gap and verdict."""
    rows = []
    for metric in result.metric_names():
        for arm in result.arms:
            if math.isfinite(result.predicted(metric, arm)):
                rows.append(_judged(result, metric, arm))
    header = ["metric", "arm", "predicted", "measured", "s.e.", "gap", "verdict"]
    return Table(header, rows)


def _judged(result: Result, metric: str, arm: str) -> list[str]:
    found = judge_metric(
        result.history, result.prediction, result.audits, result.spec, metric, arm
    )
    predicted = result.predicted(metric, arm)
    row = [label_of(metric), arm, number(predicted), number(predicted + found.gap)]
    return [*row, number(found.se), f"{found.gap:+.2g}", found.verdict]


def theory_lines(result: Result) -> list[str]:
    """Say in words what the tables show, and for which arms there is nothing."""
    lines = effect_lines(result)
    for arm, theory in result.theory.items():
        if isinstance(theory, str):
            lines.append(f"{arm}: {theory}.")
        else:
            lines += [f"{arm}: {line}." for line in _arm_lines(theory)]
    return lines


def _arm_lines(theory: ArmTheory) -> list[str]:
    size, end = slate(theory.game.slate_size), theory.end
    where = ENDS.get(end.kind)
    limit = f"the rounds at K = {size} end in {where}" if where else ""
    lines = [limit or f"no limit at K = {size} within {end.rounds} rounds"]
    if theory.bargain.measured_gap is None:
        lines.append(
            "welfare and gap are those of theory alone, as outcomes of one group differ"
            " in their rewards"
        )
    failing = _failing(theory)
    if failing:
        lines.append(f"the theorems on basins assume what fails here: {failing}")
    return lines


def _failing(theory: ArmTheory) -> str:
    if theory.basins is None:
        return ""
    _, *parts = theory.basins
    return ", ".join(a.text for part in parts for a in part if not a.holds)
