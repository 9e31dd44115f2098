"""``retrain-sim report``: draw the report of a finished run again."""

from __future__ import annotations

from pathlib import Path

from retrain_sim.cli.app import app, configure
from retrain_sim.errors import UserError


@app.command
def report(folder: Path, *, gif: bool = False) -> int:
    """Draw the figures and the report of a finished run again.

    Args:
        folder: The run folder.
        gif: Also draw the samples round by round as an animated GIF.
    """
    configure()
    from retrain_sim.report import write_report
    from retrain_sim.store import RunFolder, kind_of

    if kind_of(folder) != RunFolder.kind:
        return _policy_report(folder, gif)
    result = RunFolder.open(folder).result()
    for path in write_report(result, folder, gif):
        print(path)
    return 0


def _policy_report(folder: Path, gif: bool) -> int:
    from retrain_sim.policy.folder import PolicyFolder
    from retrain_sim.policy.report import write_policy_report

    result = PolicyFolder.open(folder).policy_result()
    if gif:
        raise UserError("--gif: the run of a policy has no samples to show")
    print(write_policy_report(result, folder))
    return 0
