"""What the command line draws: a progress bar, and aligned tables."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table as RichTable

from retrain_sim.captions import caption
from retrain_sim.result import Result
from retrain_sim.runner import Listener
from retrain_sim.simulate import Progress as Rounds
from retrain_sim.store import HISTORY
from retrain_sim.tables import (
    Table,
    arms_table,
    claims_table,
    decomposition_table,
    describe_notes,
)
from retrain_sim.theory_tables import effect_lines

NARROWEST = 140
"""Columns to use where the output is no terminal (a log, a pipe)."""

VERDICT_STYLES = {"PASS": "green", "CLOSE": "cyan", "FAIL": "bold red"}


def console(stderr: bool = False) -> Console:
    """Make a console that never wraps a table because nobody is looking."""
    stream = sys.stderr if stderr else sys.stdout
    width = (
        None if stream.isatty() else max(NARROWEST, shutil.get_terminal_size().columns)
    )
    return Console(stderr=stderr, width=width, highlight=False)


def print_table(out: Console, table: Table) -> None:
    """Print an aligned table: text to the left, numbers to the right."""
    drawn = RichTable(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for i, name in enumerate(table.header):
        numeric = all(_numeric(row[i]) for row in table.rows)
        drawn.add_column(
            escape(name), justify="right" if numeric else "left", no_wrap=i == 0
        )
    for row in table.rows:
        styled = [_styled(cell) for cell in row]
        drawn.add_row(*styled)
    out.print(drawn)


def print_result(result: Result, folder: Path, page: Path) -> None:
    """Print what a run found, where it was written, and what to try next."""
    out = console()
    run, times = result.spec.run, result.times
    out.print(f"\n[bold]{escape(result.spec.title)}[/bold]")
    out.print(
        f"{run.rounds} rounds, {run.seeds} seeds, {times['wall_s']:.0f} s "
        f"(compiling {times['compile_s']:.0f} s); means ± standard error over seeds"
    )
    out.print(f"{describe_notes(result.notes)}\n")
    print_warnings(out, result)
    print_table(out, arms_table(result))
    if result.claims:
        print_table(out, claims_table(result))
    stages = decomposition_table(result)
    if stages:
        out.print("where it went, in the last round:", style="dim")
        print_table(out, stages)
    for line in effect_lines(result):
        out.print(escape(line), style="dim")
    out.print(f"report:  {escape(str(page))}")
    out.print(f"data:    {escape(str(folder / HISTORY))}")
    out.print(f"figures: {escape(str(folder / 'figures'))}\n")
    hint = caption("headline", result)
    out.print(f"Try next: {hint.next}\n  {escape(hint.command)}")


def print_warnings(out: Console, result: Result) -> None:
    """Print why conclusions from this run may be wrong, if there is a reason."""
    for line in result.warnings:
        out.print(f"[bold yellow]warning:[/bold yellow] {escape(line)}")


def _numeric(cell: str) -> bool:
    return cell.lstrip("+-").replace(".", "").replace(" %", "").isdigit() or cell == "-"


def _styled(cell: str) -> str:
    style = VERDICT_STYLES.get(cell)
    text = escape(cell)
    return f"[{style}]{text}[/{style}]" if style else text


class Bar(Listener):
    """A progress bar of rounds, with the time left, on standard error.

    Silent where nobody looks: under ``--json`` and where the output is no terminal.
    """

    def __init__(
        self, quiet: bool = False, unit: str = "rounds", doing: str = "retraining"
    ):
        self._doing = doing
        self._console = console(stderr=True)
        self._console.quiet = quiet or not sys.stderr.isatty()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn(unit),
            TimeElapsedColumn(),
            TextColumn("left:"),
            TimeRemainingColumn(),
            console=self._console,
        )
        self._task = None

    def stage(self, line: str) -> None:
        """Say what begins."""
        self._console.print(f"{line} ...", style="dim")

    def progress(self, progress: Rounds) -> None:
        """Move the bar."""
        if self._task is None:
            self._bar.start()
            self._task = self._bar.add_task(self._doing, total=progress.rounds_total)
        self._bar.update(self._task, completed=progress.rounds_done)
        if progress.rounds_done >= progress.rounds_total:
            self.close()

    def close(self) -> None:
        """Leave the terminal as it was found."""
        if self._task is not None:
            self._bar.stop()
            self._task = None
