"""What every data kind returns."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float, Int, Num

from retrain_sim.base import Source


class Dataset(NamedTuple):
    """Real outcomes, and what is known about them.

    ``exact`` says that ``(x, weights)`` is the law itself rather than a sample of it:
    it is then not split. ``modes`` are the centers that nearest-mode groups use.
    ``source`` is the law that the samples come from, where it is known. ``pieces`` are
    the bytes that a text's tokens stand for; ``origin`` says where a text comes from,
    with its checksum.
    """

    x: Num[np.ndarray, "n ..."]
    weights: Float[np.ndarray, " n"]
    labels: Int[np.ndarray, " n"] | None = None
    names: tuple[str, ...] = ()
    modes: Float[np.ndarray, "g d"] | None = None
    image_shape: tuple[int, int] | None = None
    exact: bool = False
    source: Source | None = None
    pieces: tuple[bytes, ...] = ()
    origin: str = ""

    @property
    def outcomes(self) -> Literal["letters", "sequences", "vectors"]:
        """What one sample is: one letter, a row of letters, or a row of floats."""
        if self.x.ndim == 1:
            return "letters"
        return "sequences" if self.x.dtype.kind == "i" else "vectors"


def sample_of(x: np.ndarray, **known) -> Dataset:
    """Make a data set of equally weighted float32 samples."""
    return Dataset(x.astype(np.float32), np.ones(len(x), np.float32), **known)
