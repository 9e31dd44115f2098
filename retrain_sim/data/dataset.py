"""What every data kind returns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int, Num


class Dataset(NamedTuple):
    """Real outcomes, and what is known about them.

    ``exact`` says that ``(x, weights)`` is the law itself rather than a sample of it:
    it is then not split. ``modes`` are the centers that nearest-mode groups use.
    """

    x: Num[np.ndarray, "n ..."]
    weights: Float[np.ndarray, " n"]
    labels: Int[np.ndarray, " n"] | None = None
    names: tuple[str, ...] = ()
    modes: Float[np.ndarray, "g d"] | None = None
    image_shape: tuple[int, int] | None = None
    exact: bool = False


def sample_of(x: np.ndarray, **known) -> Dataset:
    """Make a data set of equally weighted float32 samples."""
    return Dataset(x.astype(np.float32), np.ones(len(x), np.float32), **known)
