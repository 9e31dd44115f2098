"""``retrain-sim init``: a commented scenario to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from retrain_sim.cli.app import DEFAULT, app
from retrain_sim.errors import UserError


@app.command
def init(
    file: Path, *, base: Annotated[str, Parameter(name="--from")] = DEFAULT
) -> int:
    """Write a commented scenario to start from.

    Args:
        file: The TOML file to write; it must not exist.
        base: The ready scenario to copy.
    """
    from retrain_sim.files import write_text
    from retrain_sim.spec import scenario_text

    text = scenario_text(base)
    if file.suffix != ".toml":
        raise UserError(f"{file}: a scenario file ends in .toml")
    if file.exists():
        raise UserError(f"{file} already exists: it is not overwritten")
    if not file.absolute().parent.is_dir():
        raise UserError(f"{file}: no folder {file.parent}")
    write_text(file, text)
    print(f"{file}: edit it, then: retrain-sim run {file}")
    return 0
