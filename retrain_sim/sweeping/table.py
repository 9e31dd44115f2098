"""The ``[sweep]`` table of a scenario file, and what the command line adds to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from retrain_sim.errors import UserError
from retrain_sim.sweeping.axes import axes_from_table, parse_axis, parse_random
from retrain_sim.sweeping.design import Design, drawn, grid
from retrain_sim.sweeping.folder import Swept

Scenario = TypeVar("Scenario", bound=Swept)

RANDOM = "random"
"""Key of the table: how many points to draw, instead of a grid."""


def design_of(spec: Swept, over: Sequence[str], random: int | None) -> Design:
    """Make the design of a sweep from its table and from ``--over``.

    Args:
        spec: the scenario; of its ``[sweep]`` table, an axis under ``--over`` goes.
        over: texts as ``--over`` takes them.
        random: points to draw; None for a grid, or for what the table says.

    Returns:
        The design.

    Raises:
        UserError: an axis that cannot be read, is empty, or is there twice.

    Example:
        >>> from retrain_sim import load_spec
        >>> design_of(load_spec("two-tribes"), ["curation.slate_size=2,4"], None).shape
        (2,)
    """
    table = dict(spec.values.get("sweep") or {})
    n_points = random if random is not None else table.pop(RANDOM, None)
    table.pop(RANDOM, None)
    if n_points is not None and type(n_points) is not int:
        raise UserError(f"sweep.random: must be a whole number, got {n_points!r}")
    parse = parse_axis if n_points is None else parse_random
    given = [parse(text) for text in over]
    flat = {p: v for p, v in _flat(table) if p not in {axis.path for axis in given}}
    axes = [*axes_from_table(flat, n_points is not None), *given]
    if n_points is None:
        return grid(axes)
    return drawn(axes, n_points, spec.run.seed)


def with_table(spec: Scenario, over: Sequence[str], random: int | None) -> Scenario:
    """Return the spec with a ``[sweep]`` table that says what is swept, for the record.

    So ``scenario.toml`` of a sweep folder, swept again, is the same sweep.
    """
    table = dict(_flat(spec.values.get("sweep") or {}))
    for text in over:
        path, _, values = text.partition("=")
        table[path.strip()] = values.strip()
    if random is not None:
        table[RANDOM] = random
    swept: Any = spec  # a frozen data class of either kind
    return dataclasses.replace(swept, values=spec.values | {"sweep": table})


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Join nested tables: unquoted dots in TOML make such."""
    for key, value in table.items():
        path = f"{above}{key}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}.")
        else:
            yield path, value
