"""The atoms of a finished run, as a table of scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from retrain_sim.errors import UserError
from retrain_sim.files import DAMAGE
from retrain_sim.forecasting.columns import Columns
from retrain_sim.store import RunFolder

ATOMS = "atoms.npz"


def atoms_file(source: Path) -> Path | None:
    """Find the atoms that ``RUN``, ``RUN/atoms`` or ``RUN/atoms.npz`` means."""
    if source.is_dir():
        if not (source / ATOMS).is_file():
            raise UserError(f"{source} is not a run folder: it has no {ATOMS}")
        return source / ATOMS
    named = source.with_name(ATOMS)
    return named if source.name in ("atoms", ATOMS) and named.is_file() else None


def read_atoms(path: Path) -> tuple[Columns, bool]:
    """Read scored atoms: a column per reward, ``prob`` and ``group``.

    Args:
        path: ``atoms.npz`` in a finished run folder.

    Returns:
        Columns, under the names that the run's scenario and metrics have; and whether
        they are the whole law rather than samples of it.

    Raises:
        UserError: the file is damaged, or the folder is not a finished run.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            rewards, groups, probs = (file[n] for n in ("rewards", "groups", "probs"))
            exact = bool(file["exact"])
    except DAMAGE as error:
        raise UserError(f"{path}: not readable atoms: {error}") from None
    result = RunFolder.open(path.parent).result()
    tables = result.spec.values["reward"]
    names = [table.get("name", f"reward-{i}") for i, table in enumerate(tables)]
    shares = [n for n in result.metric_names() if n.startswith("share/")]
    labels = np.array([name.removeprefix("share/") for name in shares])
    known = len(labels) > groups.max()
    columns = dict(zip(names, rewards.astype(np.float64), strict=True))
    columns |= {"prob": probs, "group": labels[groups] if known else groups}
    return columns, exact
