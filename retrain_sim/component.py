"""Components: frozen dataclasses that are pytrees, and the kinds of their fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar, dataclass_transform

from jax.tree_util import GetAttrKey, register_pytree_with_keys

C = TypeVar("C")


@dataclass_transform(frozen_default=True)
def component(cls: type[C]) -> type[C]:
    """Make a class a component: a frozen dataclass that is also a pytree.

    Not ``jax.tree_util.register_dataclass``: the tree structures of two classes so
    registered compare equal if their fields do, and a compiled program of one could
    serve the other.
    """
    made: Any = dataclasses.dataclass(frozen=True)(cls)
    fields = dataclasses.fields(made)
    leaves = [f.name for f in fields if f.metadata.get("pytree_node", True)]
    rest = [f.name for f in fields if f.name not in leaves]

    def flatten(self: Any) -> tuple[tuple, tuple]:
        keyed = ((GetAttrKey(name), getattr(self, name)) for name in leaves)
        return tuple(keyed), tuple(getattr(self, name) for name in rest)

    def unflatten(values: tuple, children: Iterable[Any]) -> Any:
        made_anew = object.__new__(made)
        for name, value in zip((*leaves, *rest), (*children, *values), strict=True):
            object.__setattr__(made_anew, name, value)
        return made_anew

    made.replace = dataclasses.replace
    register_pytree_with_keys(made, flatten, unflatten)
    return made


def static(**options: Any) -> Any:
    """Make a field that is part of the program (a size, a name), not a leaf."""
    metadata = {"pytree_node": False} | options.pop("metadata", {})
    return dataclasses.field(metadata=metadata, **options)


def filled() -> Any:
    """Make a leaf that ``prepare`` fills in: not a setting of the scenario file."""
    return dataclasses.field(default=None, metadata={"setting": False})


def part(family: str, **options: Any) -> Any:
    """Make a field that is a component itself: a nested table of the scenario file."""
    return dataclasses.field(metadata={"family": family}, **options)


def replaced(node: Any, path: str, value: Any) -> Any:
    """Return a component with one value inside it replaced.

    Args:
        node: a component, or a tuple of components.
        path: dotted, as ``curator.temperature`` or ``rewards.0.scale``.
        value: what to put there.

    Example:
        >>> from retrain_sim.control import Halving
        >>> replaced(Halving(), "target.level", 0.5).target.level
        0.5
    """
    head, _, rest = path.partition(".")
    if isinstance(node, tuple) and head.isdigit():
        at = int(head)
        made = replaced(node[at], rest, value) if rest else value
        return (*node[:at], made, *node[at + 1 :])
    if rest:
        value = replaced(getattr(node, head), rest, value)
    return dataclasses.replace(node, **{head: value})


def parts_of(made: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """List a component and all components inside it, with their dotted paths."""
    yield where, made
    for field in dataclasses.fields(made):
        if "family" in field.metadata:
            yield from parts_of(getattr(made, field.name), f"{where}.{field.name}")
