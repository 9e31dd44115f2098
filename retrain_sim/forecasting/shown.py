"""A forecast as tables and sentences, for the terminal and the report."""

from __future__ import annotations

import math

import numpy as np

from retrain_sim.forecasting.course import LARGEST_RESAMPLE
from retrain_sim.forecasting.forecast import LEAST_ESS, Fate, Forecast
from retrain_sim.tables import Table, number, percent, signed

MOST_ROWS = 12
MOST_COLUMNS = 6
KINDS = {
    "fixed_point": "a fixed point",
    "cycle": "a cycle (means over a period)",
    "not_reached": "not reached (the last round computed)",
}


def headline(found: Forecast) -> str:
    """Say what was asked, in one line."""
    asked, pool = found.settings, found.pool
    voters = ", ".join(
        f"{name} {weight:g}"
        for name, weight in zip(pool.names, found.weights.round(6), strict=True)
    )
    groups = f", {len(pool.group_names)} groups" if pool.group_names else ""
    line = (
        f"{pool.probs.size} outcomes{groups}; voters: {voters}; K = "
        f"{asked.slate_size:g}, temperature {asked.temperature:g}"
    )
    return line + (f", real share {asked.real_share:g}" if asked.real_share else "")


def course_table(found: Forecast) -> Table:
    """A row for some rounds: diversity with standard errors, rewards, welfare gap."""
    last = found.settings.rounds
    steps = np.linspace(0, 1, MOST_ROWS) ** 1.6 * last
    course, errors = found.course, found.errors
    names = found.pool.names[:MOST_COLUMNS]
    header = ["round", "entropy (nats)", "effective outcomes", "sample size"]
    header += [*names, "welfare gap"]
    rows = []
    for t in sorted({round(step) for step in steps}):
        row = [str(t)]
        for values, error in (
            (course.entropy, errors.entropy),
            (course.effective_outcomes, errors.effective_outcomes),
        ):
            row.append(_estimate(found, values[t], error[t]))
        row.append(f"{course.effective_sample_size[t]:.0f}")
        row += [number(value) for value in course.mean_rewards[t, : len(names)]]
        rows.append([*row, number(found.welfare_gap[t])])
    return Table(header, rows)


def fates_table(found: Forecast) -> Table:
    """A row per voter: its best outcomes at the end, survival, margin, rescue."""
    best = "its best group" if found.pool.group_names else "its best outcome"
    header = ["voter", "weight", f"{best}, limit", "survives", "margin"]
    header += ["saved by K >=", "saved by weight >="]
    rows = []
    for fate, weight in zip(found.voters, found.weights, strict=True):
        who = fate.survival
        row = [who.name, f"{weight:.3g}", number(who.share)]
        rows.append([*row, _yes(who.survives), signed(who.margin), *_rescue(fate)])
    return Table(header, rows)


def groups_table(found: Forecast) -> Table | None:
    """A row per group: shares at the start, after T rounds, in the limits; risk."""
    if not found.groups or found.risk is None:
        return None
    last = found.settings.rounds
    header = ["group", "round 0", f"round {last}", "limit", "K = inf", "margin"]
    header += [f"lost by round {last}", "saved by K >="]
    rows = []
    for fate in found.groups:
        who = fate.survival
        g = found.pool.group_names.index(who.name)
        masses, error = found.course.group_masses[:, g], found.errors.group_masses
        risk = found.risk
        rows.append([
            who.name,
            number(masses[0]),
            _estimate(found, masses[last], error[last, g]),
            number(found.end_masses[g]),
            number(found.nash_masses[g]),
            signed(who.margin),
            f"{number(risk.loss_probability[g])} ± {number(risk.error[g])}",
            _rescue(fate)[0],
        ])  # fmt: skip
    return Table(header, rows)


def limits_table(found: Forecast) -> Table:
    """Two rows: the limit at the given K, and the Nash limit of infinite slates."""
    names = list(found.pool.names[:MOST_COLUMNS])
    nash = found.pool.rewards[:, found.nash_rows[0]] @ found.nash_rows[1]
    size = f"K = {found.settings.slate_size:g}"
    gap = f"{found.nash.gap:.1e}"
    rows = [
        [size, KINDS[found.end.kind], *map(number, found.end_rewards[: len(names)])],
        [
            "K = inf",
            f"Nash bargain, certified gap {gap}",
            *map(number, nash[: len(names)]),
        ],
    ]
    return Table(["limit", "what it is", *(f"mean {name}" for name in names)], rows)


def remarks(found: Forecast) -> list[str]:
    """Say what the tables do not: half-life, warnings, and how numbers were got."""
    lines = []
    if found.constant:
        lines.append("Every reward is constant: there is nothing to select.")
    lines += [_half_life(found), *_needed(found), *_doubt(found), *_risk(found)]
    n = int((found.pool.probs > 0).sum())
    lines.append(_errors(found, n))
    lost = [fate.rescue for fate in (*found.voters, *found.groups) if fate.rescue]
    most = max((rescue.n_outcomes for rescue in lost), default=n)
    if lost and most < found.end.probs.size:
        lines.append(
            f"What would save a voter or group was sought on the {most} outcomes that "
            "matter most."
        )
    return lines


def _errors(found: Forecast, n: int) -> str:
    if found.pool.exact:
        return "The outcomes are all there are: nothing is resampled."
    drawn = (
        f", of {LARGEST_RESAMPLE} rows each and scaled" if n > LARGEST_RESAMPLE else ""
    )
    return f"± is the standard error over 20 bootstrap resamples of the rows{drawn}."


def _estimate(found: Forecast, value: float, error: float) -> str:
    return number(value) + ("" if found.pool.exact else f" ± {number(error)}")


def _half_life(found: Forecast) -> str:
    if found.half_life is None:
        return (
            "Half-life of diversity: effective outcomes do not fall to half within "
            f"{found.settings.rounds} rounds."
        )
    return (
        f"Half-life of diversity: effective outcomes are at most half by round "
        f"{found.half_life}."
    )


def _needed(found: Forecast) -> list[str]:
    if found.needed is None:
        return []
    return [
        f"A real share of {found.needed.real_share:.3f} keeps "
        f"{percent(found.needed.kept)} of the entropy of the {found.needed.of} in the "
        "limit."
    ]


def _doubt(found: Forecast) -> list[str]:
    if found.doubtful is None:
        return []
    least = found.course.effective_sample_size.min()
    return [
        f"WARNING: from round {found.doubtful} on the pool is worth fewer than "
        f"{LEAST_ESS} rows (least {least:.0f}): what follows is about these rows more "
        "than about the model that they come from."
    ]


def _risk(found: Forecast) -> list[str]:
    if found.risk is None:
        return []
    if not found.risk.n_seeds:
        return ["Loss of groups: none, real data bring every group back."]
    return [
        f"Loss of groups: {found.risk.n_seeds} simulations that keep "
        f"{found.settings.kept} samples a round."
    ]


def _rescue(fate: Fate) -> tuple[str, str]:
    who, rescue = fate.survival, fate.rescue
    if rescue is None:
        return ("-", "-") if who.survives or who.margin > 0 else ("", "")
    size = "none" if rescue.slate_size is None else str(rescue.slate_size)
    weight = rescue.voter_weight
    return size, "none" if weight is None else f"{math.ceil(weight * 1e3) / 1e3:.3f}"


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"
