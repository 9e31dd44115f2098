"""Overrides: ``--set path=value``, laid over the values of a scenario file."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from retrain_sim.errors import UserError, nearest
from retrain_sim.registry import decode
from retrain_sim.sections import SECTIONS

ARM_SECTIONS = ("curation", "regime")
"""What may differ between arms; everything else they share, p_0 included."""


def parse_override(text: str) -> tuple[str, Any]:
    """Split ``path=value``; the value is TOML, or else a plain string.

    Example:
        >>> parse_override("curation.slate_size=inf")
        ('curation.slate_size', inf)
    """
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise UserError(f"--set {text}: expected PATH=VALUE, as in run.rounds=20")
    try:
        return path.strip(), tomllib.loads(f"x = {value}")["x"]
    except tomllib.TOMLDecodeError:
        return path.strip(), value.strip()


def set_value(values: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the values with one of them replaced (``--set path=value``)."""
    values = copy.deepcopy(values)
    keys = path.split(".")
    arms = decode(values.get("arms", {}), dict[str, dict[str, dict]], "arms")
    values |= {"arms": arms} if arms else {}
    if keys[0] not in {**SECTIONS, **arms}:
        hint = nearest(keys[0], {**SECTIONS, **arms})
        raise UserError(f"--set {path}: no section or arm {keys[0]!r}; {hint}")
    if keys[0] in arms:
        keys = ["arms", *keys]
    if keys[0] == "arms" and len(keys) > 3:
        base = values.get(keys[2], {})
        table = arms.setdefault(keys[1], {}).setdefault(keys[2], {})
        if keys[3] in base:
            table.setdefault(keys[3], copy.deepcopy(base[keys[3]]))
    elif keys[0] in ARM_SECTIONS and len(keys) > 1:
        for arm in arms.values():
            if keys[1] in arm.get(keys[0], {}):
                _assign(arm, keys, value, path)
    _assign(values, keys, value, path)
    return values


def _assign(node: Any, keys: list[str], value: Any, path: str) -> None:
    for key in keys[:-1]:
        node = (
            node.setdefault(key, {})
            if isinstance(node, dict)
            else _item(node, key, path)
        )
    if isinstance(node, dict):
        node[keys[-1]] = value
    elif isinstance(node, list):
        node[node.index(_item(node, keys[-1], path))] = value
    else:
        raise UserError(f"--set {path}: {'.'.join(keys[:-1])} has no parts")


def _item(node: Any, key: str, path: str) -> Any:
    """Find an item of a list by position, or a table of a list by its name."""
    if isinstance(node, list):
        if key.isdigit() and int(key) < len(node):
            return node[int(key)]
        named = [n for n in node if isinstance(n, dict) and n.get("name") == key]
        if named:
            return named[0]
        names = [str(n["name"]) for n in node if isinstance(n, dict) and "name" in n]
        allowed = ", ".join([f"0..{len(node) - 1}", *names])
        raise UserError(f"--set {path}: no item {key!r}; allowed: {allowed}")
    raise UserError(f"--set {path}: {key!r} is inside a plain value")


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a table over another; another kind starts afresh.

    Example:
        >>> merged({"kind": "a", "x": 1, "y": 2}, {"x": 3})
        {'kind': 'a', 'x': 3, 'y': 2}
        >>> merged({"kind": "a", "x": 1}, {"kind": "b"})
        {'kind': 'b'}
    """
    if changes.get("kind", base.get("kind")) != base.get("kind"):
        return dict(changes)
    inner = {
        key: merged(base[key], value)
        for key, value in changes.items()
        if isinstance(value, dict) and isinstance(base.get(key), dict)
    }
    return {**base, **changes, **inner}


def override_all(pairs: Iterable[str]) -> dict[str, Any]:
    """Parse several ``path=value`` texts, in order."""
    return dict(parse_override(text) for text in pairs)
