"""``retrain-sim report``: draw the report of a finished run again."""

from __future__ import annotations

from pathlib import Path

from retrain_sim.cli.app import app, configure


@app.command
def report(folder: Path, *, gif: bool = False) -> int:
    """Draw the figures and the report of a finished run again.

    Args:
        folder: The run folder.
        gif: Also draw the samples round by round as an animated GIF.
    """
    configure()
    from retrain_sim.report import write_report
    from retrain_sim.store import RunFolder

    result = RunFolder.open(folder).result()
    for path in write_report(result, folder, gif):
        print(path)
    return 0
