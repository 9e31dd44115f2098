"""The distances by name, and what each is worth to the dose law."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from retrain_sim.dose.distances.bures import squared_bures
from retrain_sim.dose.distances.line import squared_w2_line
from retrain_sim.dose.distances.sinkhorn import squared_sinkhorn
from retrain_sim.dose.distances.sliced import squared_sliced

Squared = Callable[[Float[np.ndarray, "n d"], Float[np.ndarray, "m d"]], float]


class Kind(NamedTuple):
    """A way to measure the distance of two samples.

    Attributes:
        squared: rows ``[n, d]`` and ``[m, d]`` -> squared distance.
        in_units_of_shift: whether a shift by D has distance D/sqrt(d) (sliced), not D.
        most_rows: of a sample, in what is repeated for intervals.
    """

    squared: Squared
    in_units_of_shift: bool
    most_rows: int

    def gap2(self, squared: float, dim: int) -> float:
        """Turn a squared distance into the D^2 of a shift in ``dim`` dimensions."""
        return squared * (dim if self.in_units_of_shift else 1)


def _line(x: np.ndarray, y: np.ndarray) -> float:
    if x.shape[1] != 1:
        raise ValueError(f"wasserstein-1d needs one feature, got {x.shape[1]}")
    return squared_w2_line(x[:, 0], y[:, 0])


def _few_directions(x: np.ndarray, y: np.ndarray) -> float:
    return squared_sliced(x, y, count=128)


KINDS: dict[str, Kind] = {
    "bures": Kind(squared_bures, False, 20_000),
    "sinkhorn": Kind(squared_sinkhorn, False, 512),
    "sliced": Kind(_few_directions, True, 4_000),
    "wasserstein-1d": Kind(_line, False, 20_000),
}
"""Name -> distance. W2 on a line; of fitted Gaussians; along directions; entropic."""


def kinds_for(dim: int) -> list[str]:
    """List the distances that can be measured in this many dimensions.

    Example:
        >>> kinds_for(2)
        ['bures', 'sinkhorn', 'sliced']
    """
    return [name for name in KINDS if dim == 1 or name != "wasserstein-1d"]
