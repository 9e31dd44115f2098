"""``retrain-sim compare``: finished runs side by side."""

from __future__ import annotations

from pathlib import Path

from retrain_sim.cli.app import app
from retrain_sim.errors import UserError


@app.command
def compare(*folders: Path, metric: str = "", out: Path | None = None) -> int:
    """Compare finished runs in one table and one picture.

    Args:
        folders: Two run folders or more.
        metric: What to compare; by default the first run's headline metric.
        out: File for the picture; by default compare.png in the last folder.
    """
    if len(folders) < 2:
        raise UserError(f"compare needs two run folders or more, got {len(folders)}")
    from retrain_sim.store import RunFolder, kind_of

    if kind_of(folders[0]) != RunFolder.kind:
        from retrain_sim.cli.policy import compare as compare_policies

        return compare_policies(*folders, metric=metric, out=out)
    from retrain_sim import terminal
    from retrain_sim.comparison import comparison, write_comparison

    found = comparison(folders, metric)
    path = out or folders[-1] / "compare.png"
    write_comparison(found, path)
    shown = terminal.console()
    print(f"\n{found.metric}, means over seeds ± standard error\n")
    terminal.print_table(shown, found.table)
    print(f"picture: {path}")
    return 0
