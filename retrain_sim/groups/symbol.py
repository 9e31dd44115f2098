"""The letter at one position of a sequence."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
from jaxtyping import Array, Int

from retrain_sim.base import component, static
from retrain_sim.ranges import at_least


@component
class Symbol:
    """The letter at one position of a sequence; those that ended before are a group.

    Args:
        position: of the letter, 0 is the first.
        names: numbers of the letters, and ``end`` if there is padding (-1); taken from
            the data.
        size: number of letters; taken from the data.
    """

    position: int = static(default=0)
    names: tuple[str, ...] = static(default=(), metadata={"setting": False})
    size: int = static(default=0, metadata={"setting": False})

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, position=0)

    def prepare(self, kit) -> Symbol:
        """Take the letters from the data."""
        kit.need("sequences", "groups.kind", "symbol")
        x = kit.data.x
        if self.position >= x.shape[1]:
            allowed = f"allowed 0..{x.shape[1] - 1}"
            kit.fail("groups.position", f"is {self.position}, {allowed}")
        size = int(x.max()) + 1
        ends = ("end",) if (x < 0).any() else ()
        names = (*map(str, range(size)), *ends)
        return dataclasses.replace(self, names=names, size=size)

    def __call__(self, x: Int[Array, "n length"], rewards: Array) -> Int[Array, " n"]:
        """Label sequences ``[n, length]``."""
        letter = x[:, self.position]
        return jnp.where(letter < 0, self.size, letter)
