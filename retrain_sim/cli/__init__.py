"""The command line: parse, call, print. One file per command.

Heavy imports wait inside the commands until they are needed. A new command is a file
with a function under ``@app.command``, and its name below.
"""

from retrain_sim.cli import (
    catalog,
    compare,
    dose,
    forecast,
    init,
    plot,
    policy,
    policy_sweep,
    predict,
    report,
    run,
    sweep,
)
from retrain_sim.cli.app import app, configure, guarded, main

COMMANDS = (
    run,
    sweep,
    plot,
    predict,
    forecast,
    dose,
    policy,
    policy_sweep,
    report,
    compare,
    catalog,
    init,
)
"""The modules of the commands, in the order of the help."""

__all__ = ["COMMANDS", "app", "configure", "guarded", "main"]
