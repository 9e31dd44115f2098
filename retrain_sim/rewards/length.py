"""The nearer a text's length to a target, the better."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from retrain_sim.base import component, filled, static
from retrain_sim.lengths import UNITS, WordMarks, lengths, marks_for
from retrain_sim.ranges import at_least, positive


@component
class Length:
    """r(y) = -scale |L(y) - target|, L the number of words, or of letters.

    Args:
        target: the best length, >= 0.
        scale: steepness, > 0.
        unit: ``words`` (of the decoded text, between white space) or ``letters`` (of
            any sequences; a text's tokens).
        marks: what every token contributes; taken from the data.

    References:
        Falahati, Mohammadi Amiri, Larson, Golab, ICML 2026, arXiv 2605.07724 (its
        experiment on text).
    """

    target: float
    scale: float = 1.0
    unit: str = static(default="words")
    marks: WordMarks | None = filled()

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, target=0)
        yield from positive(self, "scale")
        if self.unit not in UNITS:
            yield "unit", f"unknown {self.unit!r}; allowed: {', '.join(UNITS)}"

    def prepare(self, kit) -> Length:
        """Take the tokens' words from the data."""
        marks = marks_for(kit, "reward", "length", self.unit)
        return dataclasses.replace(self, marks=marks)

    def __call__(self, x: Int[Array, "n length"]) -> Float[Array, " n"]:
        """Score sequences ``[n, length]``."""
        return -self.scale * jnp.abs(lengths(x, self.marks) - self.target)
