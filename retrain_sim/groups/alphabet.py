"""Every letter its own group."""

from __future__ import annotations

import dataclasses

from jaxtyping import Array, Int

from retrain_sim.base import component, static


@component
class Alphabet:
    """Every letter is its own group.

    Args:
        names: one per letter; taken from the data.
    """

    names: tuple[str, ...] = static(default=(), metadata={"setting": False})

    def prepare(self, kit) -> Alphabet:
        """Take the letters' names from the data."""
        kit.need("letters", "groups.kind", "alphabet")
        return dataclasses.replace(self, names=kit.data.names)

    def __call__(self, x: Int[Array, " n"], rewards: Array) -> Int[Array, " n"]:
        """Label letters ``[n]`` with themselves."""
        return x
