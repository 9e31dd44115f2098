"""Axes: which setting is swept, and over which values."""

from __future__ import annotations

import dataclasses
import math
import tomllib
from collections.abc import Mapping
from typing import Any

import numpy as np

from retrain_sim.errors import UserError

FORMS = "expected PATH=LO:HI:N or PATH=A,B,C, as curation.slate_size=2,4,8,inf"

MOST_VALUES = 10**6
"""Along one axis: more would not fit into memory, whatever is recorded."""


@dataclasses.dataclass(frozen=True)
class Axis:
    """One swept setting of a scenario.

    Args:
        path: dotted, as ``--set`` takes it; ``curation.voter_weights.0`` is one weight.
        values: what it takes: numbers, texts, truth values, or lists of them.
        low, high: bounds of a random design; equal in a grid, where they say nothing.
        log: whether a random design is uniform in the logarithm.
    """

    path: str
    values: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    log: bool = False

    @property
    def is_random(self) -> bool:
        """Whether values are still to be drawn."""
        return not self.values


def parse_axis(text: str) -> Axis:
    """Read ``PATH=LO:HI:N`` (evenly spaced) or ``PATH=A,B,C``.

    ``PATH=LO:HI:N:log`` spaces the values evenly in the logarithm.

    Raises:
        UserError: neither form, or no value.

    Example:
        >>> parse_axis("regime.real_share=0:0.2:3").values
        (0.0, 0.1, 0.2)
        >>> parse_axis("curation.slate_size=2,4,inf").values
        (2, 4, inf)
    """
    path, values = _split(text)
    return Axis(
        path, _range(values, text) if _is_range(values) else _list(values, text)
    )


def parse_random(text: str) -> Axis:
    """Read an axis of a random design: ``PATH=LO:HI``, ``PATH=LO:HI:log``, or a list.

    Example:
        >>> axis = parse_random("curation.temperature=0.1:10:log")
        >>> axis.low, axis.high, axis.log
        (0.1, 10.0, True)
    """
    path, values = _split(text)
    if not _is_range(values):
        return Axis(path, _list(values, text))
    low, high, *rest = values.split(":")
    if rest not in ([], ["log"]):
        raise UserError(f"--over {text}: with --random a range is LO:HI or LO:HI:log")
    bounds = _number(low, text), _number(high, text)
    if not bounds[0] < bounds[1]:
        raise UserError(
            f"--over {text}: {low}:{high} holds no point: LO < HI is needed"
        )
    log = bool(rest)
    if log and bounds[0] <= 0:
        raise UserError(f"--over {text}: a logarithmic range needs LO > 0")
    return Axis(path, (), *bounds, log)


def axes_from_table(table: Mapping[str, Any], random: bool) -> list[Axis]:
    """Read the axes of a ``[sweep]`` table: path -> list of values, or a range as text.

    Example:
        >>> axes_from_table({"curation.slate_size": [2, 4]}, random=False)[0].values
        (2, 4)
    """
    parse = parse_random if random else parse_axis
    axes = []
    for path, given in table.items():
        if isinstance(given, str):
            axes.append(parse(f"{path}={given}"))
        elif isinstance(given, list) and given:
            axes.append(Axis(path, tuple(_plain(value) for value in given)))
        else:
            hint = 'a list of values or a range such as "0.1:0.9:9"'
            raise UserError(f"sweep.{path}: expected {hint}, got {given!r}")
    return axes


def _plain(value: Any) -> Any:
    return tuple(_plain(part) for part in value) if isinstance(value, list) else value


def _split(text: str) -> tuple[str, str]:
    path, equals, values = text.partition("=")
    if not equals or not path.strip():
        raise UserError(f"--over {text}: {FORMS}")
    if not values.strip():
        raise UserError(f"--over {text}: no point; {FORMS}")
    return path.strip(), values.strip()


def _is_range(values: str) -> bool:
    return ":" in values and not values.startswith(("[", "'", '"'))


def _range(values: str, text: str) -> tuple[float, ...]:
    low, high, *rest = values.split(":")
    if len(rest) not in (1, 2) or rest[1:] not in ([], ["log"]):
        raise UserError(f"--over {text}: {FORMS}")
    if not rest[0].strip().isdigit() or int(rest[0]) < 1:
        raise UserError(
            f"--over {text}: {rest[0]} values are no point; N must be 1 or more"
        )
    bounds, n = (_number(low, text), _number(high, text)), int(rest[0])
    if n > MOST_VALUES:
        raise UserError(f"--over {text}: {n} values, at most {MOST_VALUES} are allowed")
    if bounds[0] > bounds[1] or (bounds[0] == bounds[1] and n > 1):
        raise UserError(
            f"--over {text}: {low}:{high} holds no {n} points; LO < HI is needed"
        )
    if rest[1:] and bounds[0] <= 0:
        raise UserError(f"--over {text}: a logarithmic range needs LO > 0")
    space = np.geomspace if rest[1:] else np.linspace
    # Rounded, so that a coordinate is 0.3 and not 0.30000000000000004.
    return tuple(float(f"{x:.12g}") for x in space(*bounds, n))


def _number(word: str, text: str) -> float:
    try:
        number = float(word)
    except ValueError:
        raise UserError(f"--over {text}: {word!r} is not a number") from None
    if not math.isfinite(number):
        raise UserError(f"--over {text}: a range needs finite ends, got {word}")
    return number


def _list(values: str, text: str) -> tuple[Any, ...]:
    """Read values as TOML; words that are none, such as names, are texts."""
    try:
        found = tomllib.loads(f"x = [{values}]")["x"]
    except tomllib.TOMLDecodeError:
        found = [_value(word.strip()) for word in values.split(",")]
    if not found or "" in found:
        raise UserError(f"--over {text}: an empty value; {FORMS}")
    return tuple(_plain(value) for value in found)


def _value(word: str) -> Any:
    try:
        return tomllib.loads(f"x = {word}")["x"]
    except tomllib.TOMLDecodeError:
        return word
