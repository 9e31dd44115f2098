"""Table, picture and page of a policy run, and several runs side by side."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from retrain_sim.errors import UserError, nearest
from retrain_sim.files import write_atomic, write_text
from retrain_sim.policy.folder import PolicyFolder, PolicyResult
from retrain_sim.policy.pictures import ENTROPY, RIGHT, draw_course, draw_policy
from retrain_sim.report import png
from retrain_sim.tables import Table, number


def policy_table(result: PolicyResult, most: int | None = None) -> Table:
    """One row per arm: entropy first and last, then every metric at the end.

    Args:
        result: of a run.
        most: columns of metrics, the most important first; None for all.
    """
    names, rows = metrics_of(result)[:most], []
    history = result.history
    for arm in result.arms:
        first = float(history[ENTROPY].sel(arm=arm, round=0).mean())
        ends = [result.last(name, arm) for name in names]
        rows.append(
            [arm, number(first), *(f"{number(m)} ± {number(s)}" for m, s in ends)]
        )
    short = [name.removeprefix("policy/") for name in names]
    return Table(["arm", "entropy, round 0", *short], rows)


def metrics_of(result: PolicyResult) -> list[str]:
    """List what is measured by round: entropy, pass@1, other pass@k, the rest."""
    names = [str(n) for n, v in result.history.items() if v.dims[-1] == "round"]

    def place(name: str) -> tuple[bool, bool, bool]:
        return name != ENTROPY, name != RIGHT, "/pass@" not in name

    return sorted(names, key=place)


def write_policy_report(result: PolicyResult, folder: Path) -> Path:
    """Write ``figures/policy.png`` and the self-contained ``report.html``."""
    (folder / "figures").mkdir(exist_ok=True)
    image = png(draw_policy(result))
    write_atomic(folder / "figures" / "policy.png", lambda file: file.write(image))
    page = folder / "report.html"
    write_text(page, _page(result, image))
    return page


def _page(result: PolicyResult, image: bytes) -> str:
    spec, table, e = result.spec, policy_table(result), html.escape
    head = "".join(f"<th>{e(name)}</th>" for name in table.header)
    body = "".join(
        "<tr>" + "".join(f"<td>{e(cell)}</td>" for cell in row) + "</tr>"
        for row in table.rows
    )
    notes = "".join(f"<p><b>Warning.</b> {e(line)}</p>" for line in result.notes)
    made = ", ".join(f"{name} {v}" for name, v in result.versions.items())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{e(spec.name)} - retrain_sim</title><style>body{{font:16px/1.5 "
        "system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}"
        "td,th{text-align:left;padding:.25rem .9rem .25rem 0;border-bottom:1px solid "
        "#ddd}img{max-width:100%}pre{background:#f4f4f4;padding:.8rem}</style></head>"
        f"<body><h1>{e(spec.title)}</h1><p>{spec.run.rounds} rounds, {spec.run.seeds} "
        f"seeds from {spec.run.seed}; means &plusmn; standard error over seeds; bands "
        f"are 95 % bootstrap intervals of the mean.</p>{notes}<table><tr>{head}</tr>"
        f'{body}</table><img alt="entropy and accuracy by round" src="data:image/png;'
        f'base64,{base64.b64encode(image).decode()}"><h2>How it was made</h2>'
        f"<p>{e(made)}</p><pre>{e(spec.to_toml())}</pre></body></html>\n"
    )


def policy_comparison(
    folders: Sequence[Path], metric: str = ""
) -> tuple[Table, Figure]:
    """Compare finished policy runs: one row per run and arm, one panel per run.

    Args:
        folders: of the runs.
        metric: what to compare; by default pass@1, where it was measured.

    Raises:
        UserError: not a finished run, or a metric that one of them does not have.
    """
    results = [PolicyFolder.open(folder).policy_result() for folder in folders]
    metric = metric or (RIGHT if RIGHT in results[0].history else ENTROPY)
    rows = []
    figure = Figure(figsize=(4.4 * len(results), 3.8), layout="constrained")
    panels = figure.subplots(1, len(results), sharey=True, squeeze=False)[0]
    for ax, folder, result in zip(panels, folders, results, strict=True):
        if metric not in result.history:
            hint = nearest(metric, map(str, result.history))
            raise UserError(f"{folder}: no metric {metric!r}; {hint}")
        rows += [[folder.name, *row] for row in _ends(result, metric)]
        _draw_run(ax, result, metric)
        ax.set_title(folder.name)
    panels[0].set_ylabel(metric)
    header = ["run", "arm", "entropy", metric.removeprefix("policy/")]
    return Table(header, rows), figure


def _ends(result: PolicyResult, metric: str) -> list[list[str]]:
    """List every arm: its name, its entropy and the metric at the end."""
    rows = []
    for arm in result.arms:
        (entropy, _), (mean, se) = result.last(ENTROPY, arm), result.last(metric, arm)
        rows.append([arm, number(entropy), f"{number(mean)} ± {number(se)}"])
    return rows


def _draw_run(ax: Axes, result: PolicyResult, metric: str) -> None:
    """Draw one metric of every arm by round."""
    for i, arm in enumerate(result.arms):
        draw_course(ax, result.history[metric].sel(arm=arm).values, arm, i)
    ax.set_xlabel("round")
    ax.legend(frameon=False, fontsize=8)
