"""Predictions without a simulation, as a table and as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from retrain_sim.labels import label_of
from retrain_sim.predictions.base import Assumption, Outlook
from retrain_sim.result import plain
from retrain_sim.spec import Spec
from retrain_sim.tables import Table, number, short

Outlooks = Mapping[str, Outlook]
Audits = Mapping[str, tuple[Assumption, ...]]


def outlook_table(spec: Spec, outlooks: Outlooks, audits: Audits) -> Table:
    """One row per arm: the predicted metrics at the end, and broken assumptions."""
    names = _names(spec, outlooks)
    headline = spec.headline.metric
    header = ["arm", f"{label_of(headline)}, first -> last"]
    header += [label_of(name) for name in names if name != headline]
    header += ["atoms left", "assumptions"]
    rows = []
    for arm, outlook in outlooks.items():
        row = [arm, "-"]
        if headline in outlook.rows:
            path = outlook.rows[headline]
            row[1] = f"{number(path[0])} -> {number(path[-1])}"
        row += [short(n, outlook.rows[n][-1]) for n in names if n != headline]
        row.append("exact" if outlook.ess is None else f"{outlook.ess[-1]:.0f}")
        broken = [a.text for a in audits[arm] if a.holds is False]
        rows.append([*row, f"FAILS: {broken[0]}" if broken else "hold"])
    return Table(header, rows)


def _names(spec: Spec, outlooks: Outlooks) -> list[str]:
    """Choose what fits on a line: groups kept, spread, shares of a few groups."""
    rows = next(iter(outlooks.values())).rows
    few = [n for n in rows if n.startswith("share/")]
    shown = ["collapse/groups_kept", "collapse/within_group_spread"]
    return [n for n in rows if n in shown] + (few if len(few) <= 4 else [])


def outlook_summary(spec: Spec, outlooks: Outlooks, audits: Audits) -> dict[str, Any]:
    """Return the predictions as plain data: what ``predict --json`` prints."""
    arms = {
        arm: {
            "prediction": {k: plain(float(v[-1])) for k, v in outlook.rows.items()},
            "assumptions": [
                {"text": a.text, "holds": a.holds, "detail": a.detail}
                for a in audits[arm]
            ],
        }
        for arm, outlook in outlooks.items()
    }
    return {"name": spec.name, "arms": arms, "rounds": spec.run.rounds}
