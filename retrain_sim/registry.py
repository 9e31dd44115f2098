"""From a table of a TOML file to a component: the class is its own schema.

``kind`` picks the class, the other keys are its fields. Unknown kinds and keys are
refused with the nearest name, values are converted to the annotated types, and the
component's own ``check`` has the last word.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import typing
from collections.abc import Mapping
from typing import Any

import jax
import msgspec
import numpy as np

from retrain_sim.errors import UserError, nearest

FAMILIES = {
    "data": "retrain_sim.data",
    "model": "retrain_sim.models",
    "reward": "retrain_sim.rewards",
    "groups": "retrain_sim.groups",
    "curation": "retrain_sim.curation",
    "score": "retrain_sim.curation.scores",
    "draw": "retrain_sim.curation.draws",
    "regime": "retrain_sim.regimes",
    "metrics": "retrain_sim.metrics",
    "prediction": "retrain_sim.predictions",
    "target": "retrain_sim.control.targets",
    "controller": "retrain_sim.control",
    "environment": "retrain_sim.policy.environments",
    "policy": "retrain_sim.policy.policies",
    "advantage": "retrain_sim.policy.advantages",
    "average": "retrain_sim.policy.averages",
    "clip": "retrain_sim.policy.clips",
    "transform": "retrain_sim.policy.transforms",
    "bonus": "retrain_sim.policy.bonuses",
    "optimizer": "retrain_sim.policy.optimizers",
    "arithmetic": "retrain_sim.policy.arithmetics",
}
"""Family (a section, or a part of one) -> the package whose ``KINDS`` lists it."""


def kinds(family: str) -> dict[str, Any]:
    """Look up the components of one family: ``kind`` -> class."""
    return importlib.import_module(FAMILIES[family]).KINDS


def pick(family: str, kind: Any, where: str) -> Any:
    """Find the class behind a ``kind``, or say which kinds there are."""
    table = kinds(family)
    if not isinstance(kind, str) or kind not in table:
        raise UserError(f"{where}: unknown {kind!r}; {nearest(str(kind), table)}")
    return table[kind]


def describe(cls: Any) -> str:
    """Return the first line of a class's docstring."""
    return (inspect.getdoc(cls) or "").splitlines()[0]


def settings(cls: Any) -> dict[str, dataclasses.Field]:
    """List the fields that a file may set (what ``prepare`` fills in is private)."""
    fields = dataclasses.fields(cls)
    return {f.name: f for f in fields if f.metadata.get("setting", True)}


def build(family: str, values: Mapping[str, Any], where: str) -> Any:
    """Make the component that a table describes.

    Args:
        family: a key of ``FAMILIES``.
        values: ``{"kind": ..., field: value}``.
        where: the table's name, for messages.

    Returns:
        The component; its float leaves are float32 arrays.

    Raises:
        UserError: an unknown kind or key, a wrong type, or a value out of range.

    Example:
        >>> build("regime", {"kind": "real-share", "real_share": 0.25}, "regime")
        RealShare(real_share=array(0.25, dtype=float32))
    """
    if "kind" not in values:
        raise UserError(
            f"{where}: no kind; allowed: {', '.join(sorted(kinds(family)))}"
        )
    cls = pick(family, values["kind"], f"{where}.kind")
    given = {name: value for name, value in values.items() if name != "kind"}
    unknown = [name for name in given if name not in settings(cls)]
    for name in unknown:
        raise UserError(f"{where}.{name}: {_unknown(name, family, values['kind'])}")
    made = cls(**convert(cls, given, where))
    for field, message in getattr(made, "check", tuple)():
        raise UserError(f"{where}.{field}: {message}")
    return made


def _unknown(name: str, family: str, kind: str) -> str:
    """Say what is wrong with a key that a kind does not have: others may have it."""
    found = kinds(family)
    others = [other for other in sorted(found) if name in settings(found[other])]
    if others:
        return f"unknown key of kind '{kind}'; kinds that have it: {', '.join(others)}"
    return f"unknown key; {nearest(name, settings(found[kind]))}"


def convert(cls: Any, values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Check the names and types of a component's settings, and convert them."""
    fields = settings(cls)
    hints = typing.get_type_hints(cls)
    for name in values:
        if name not in fields:
            raise UserError(f"{where}.{name}: unknown key; {nearest(name, fields)}")
    for name, field in fields.items():
        if name not in values and field.default is dataclasses.MISSING:
            raise UserError(f"{where}.{name}: missing; kind needs it")
    merged = {n: values.get(n, f.default) for n, f in fields.items()}
    return {
        name: _value(value, hints[name], fields[name], f"{where}.{name}")
        for name, value in merged.items()
    }


def _value(value: Any, hint: Any, field: dataclasses.Field, where: str) -> Any:
    """Convert one setting: a nested table is a component of the field's family."""
    if value is field.default and "family" in field.metadata:
        return jax.tree.map(lambda leaf: np.asarray(leaf, np.float32), value)
    if "family" in field.metadata:
        table = _with_kind(decode(value, dict, where), field)
        return build(field.metadata["family"], table, where)
    return _leaf(decode(value, hint, where), field)


def _with_kind(table: dict[str, Any], field: dataclasses.Field) -> dict[str, Any]:
    """Take the kind of a part from its default, where the table names none."""
    if "kind" in table or field.default is dataclasses.MISSING:
        return table
    names = {cls: kind for kind, cls in kinds(field.metadata["family"]).items()}
    return {"kind": names[type(field.default)], **table}


def decode(value: Any, annotation: Any, where: str) -> Any:
    """Convert one value to an annotated type, strictly.

    Example:
        >>> decode([1, 2], tuple[float, ...], "x")
        (1.0, 2.0)
    """
    try:
        return msgspec.convert(value, annotation, strict=True)
    except msgspec.ValidationError as error:
        message = str(error).replace("`", "'").replace(" - at '$", " at '")
        raise UserError(f"{where}: {message}, got {value!r}") from None


def _leaf(value: Any, field: dataclasses.Field) -> Any:
    """Make pytree leaves arrays: a float and an array would trace twice."""
    if not field.metadata.get("pytree_node", True):
        return value
    try:
        return np.asarray(value, np.float32)
    except ValueError:
        raise UserError(f"{field.name}: rows of different lengths, {value!r}") from None
