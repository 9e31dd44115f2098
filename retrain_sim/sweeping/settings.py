"""A point's settings laid over a scenario's values, and checks of what is swept."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from retrain_sim.errors import UserError, nearest
from retrain_sim.overrides import ARM_SECTIONS, set_value
from retrain_sim.spec import Spec, make_spec
from retrain_sim.sweeping.design import Design
from retrain_sim.sweeping.weights import rescaled, weight_of

SWEPT = ("data", "model", "reward", "groups", "curation", "regime", "prediction")
"""Sections whose settings a sweep may vary; arms are named like sections."""

MANY = 256
"""So many points are all checked before the start; of more, the corners."""


def values_at(values: Mapping[str, Any], point: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a point's settings over the sections of a scenario file.

    A swept weight rescales the others of its vector, in every arm that has its own.

    Args:
        values: the sections of the scenario.
        point: dotted path -> value.

    Returns:
        New sections.

    Raises:
        UserError: no such path, or weights that cannot sum to one.

    Example:
        >>> values = {"curation": {"voter_weights": [0.5, 0.5], "slate_size": 2}}
        >>> point = {"curation.voter_weights.0": 0.2, "curation.slate_size": 4}
        >>> values_at(values, point)["curation"]
        {'voter_weights': [0.2, 0.8], 'slate_size': 4}
    """
    made, weights = dict(values), {}
    for path, value in point.items():
        found = weight_of(path)
        if found:
            weights.setdefault(found[0], {})[found[1]] = value
        else:
            made = set_value(made, path, listed(value))
    for vector, fixed in weights.items():
        made = _with_weights(made, vector, fixed)
    return made


def spec_at(spec: Spec, point: Mapping[str, Any]) -> Spec:
    """Return the scenario at one point of a sweep."""
    try:
        return make_spec(spec.name, values_at(spec.values, point), spec.source)
    except UserError as error:
        raise UserError(about_point(point, error)) from None


def check_design(spec: Spec, design: Design) -> None:
    """Refuse a design with a setting that the scenario does not have or allow.

    Raises:
        UserError: names the path, the value, and what is allowed.
    """
    for axis in design.axes:
        _check_section(spec, axis.path)
        for value in {repr(v): v for v in axis.values}.values():
            if weight_of(axis.path):
                _known_weight(spec, axis.path)
            spec_at(spec, {axis.path: value})
    for index in tried(design):
        spec_at(spec, design.point(index))


def tried(design: Design) -> Iterator[int]:
    """List the points to check before the start: all, or the corners of many."""
    if len(design) <= MANY or design.random:
        yield from range(len(design))
        return
    yield 0
    strides = [1]
    for length in reversed(design.shape[1:]):
        strides.insert(0, strides[0] * length)
    ends = [(0, n - 1) for n in design.shape]
    for corner in itertools.islice(itertools.product(*ends), MANY):
        yield sum(i * stride for i, stride in zip(corner, strides, strict=True))


def _check_section(spec: Spec, path: str) -> None:
    head = path.partition(".")[0]
    allowed = [*SWEPT, *(spec.values.get("arms") or {})]
    if head in ("run", "metrics", "headline", "claim", "title", "arms"):
        hint = "seeds and rounds are options: --seeds, --rounds"
        raise UserError(f"--over {path}: {head} is the same at all points; {hint}")
    if head not in allowed:
        raise UserError(f"--over {path}: no section {head!r}; {nearest(head, allowed)}")


def _known_weight(spec: Spec, path: str) -> None:
    vector, position = path.rpartition(".")[0], int(path.rpartition(".")[2])
    found = _look_up(spec.values, vector)
    if not isinstance(found, list):
        raise UserError(f"--over {path}: the scenario has no list {vector}")
    if position >= len(found):
        allowed = f"allowed: 0..{len(found) - 1}"
        raise UserError(f"--over {path}: no weight {position}; {allowed}")


def about_point(point: Mapping[str, Any], error: UserError) -> str:
    """Say at which settings, in the words of the option."""
    text = str(error)
    for path in point:
        text = text.removeprefix(f"--set {path}: ")
    shown = " ".join(f"{path}={_shown(value)}" for path, value in point.items())
    return f"--over {shown}: {text}"


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(listed(value))


def listed(value: Any) -> Any:
    """Turn the tuples of an axis into the lists of a file."""
    return [listed(part) for part in value] if isinstance(value, tuple) else value


def _with_weights(
    values: dict[str, Any], vector: str, fixed: Mapping[int, float]
) -> dict[str, Any]:
    """Rescale a vector, and in every arm that has its own that one."""
    arms, head = values.get("arms") or {}, vector.partition(".")[0]
    holders = {vector: _look_up(values, vector)}
    if head in ARM_SECTIONS:
        own = {f"{arm}.{vector}": _look_up(arms[arm], vector) for arm in arms}
        holders |= {path: weights for path, weights in own.items() if weights}
    for path, weights in holders.items():
        if weights is not None:
            values = set_value(values, path, rescaled(weights, fixed))
    return values


def _look_up(values: Any, path: str) -> Any:
    """Find what a path leads to, in an arm or what all arms share; None if nothing."""
    head, _, rest = path.partition(".")
    arms = values.get("arms") or {}
    if head in arms:
        found = _walk(arms[head], rest)
        return found if found is not None else _walk(values, rest)
    return _walk(values, path)


def _walk(node: Any, path: str) -> Any:
    for key in path.split("."):
        node = node.get(key) if isinstance(node, dict) else None
    return node
