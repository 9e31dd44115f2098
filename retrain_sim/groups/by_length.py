"""Every length its own group."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
from jaxtyping import Array, Int

from retrain_sim.base import component, filled, static
from retrain_sim.lengths import UNITS, WordMarks, lengths, marks_for
from retrain_sim.ranges import at_least


@component
class ByLength:
    """Sequences of one length are a group: class entropy is then H(L).

    Args:
        unit: ``words`` (of the decoded text, between white space) or ``letters`` (of
            any sequences; a text's tokens).
        most: longer ones are one group; 0 is the greatest number of letters.
        names: the lengths; made from ``most``.
        marks: what every token contributes to words; taken from the data.
    """

    unit: str = static(default="words")
    most: int = static(default=0)
    names: tuple[str, ...] = static(default=(), metadata={"setting": False})
    marks: WordMarks | None = filled()

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, most=0)
        if self.unit not in UNITS:
            yield "unit", f"unknown {self.unit!r}; allowed: {', '.join(UNITS)}"

    def prepare(self, kit) -> ByLength:
        """Name the lengths; take the tokens' words from the data."""
        marks = marks_for(kit, "groups", "by-length", self.unit)
        most = self.most or kit.data.x.shape[1]
        names = (*map(str, range(most + 1)), f"over {most}")
        return dataclasses.replace(self, most=most, names=names, marks=marks)

    def __call__(self, x: Int[Array, "n length"], rewards: Array) -> Int[Array, " n"]:
        """Label sequences ``[n, length]``."""
        return jnp.minimum(lengths(x, self.marks), self.most + 1)
