"""What the ten parts share: seeds in one compiled program, and distances."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray
from matplotlib.axes import Axes

from retrain_sim.dose.distances import squared_sliced
from retrain_sim.verdicts import Verdict, standard_error

SEEDS = {"smoke": 24, "default": 100, "full": 400}

Measured = dict[str, np.ndarray]
"""Name -> what was measured, seeds along the first axis."""


class Distance(NamedTuple):
    """Sliced W2 of two laws on samples, and what it is between two real samples."""

    value: float
    floor: float

    def __str__(self) -> str:
        """Write both."""
        resolved = "" if self.value > self.floor else ", not resolved"
        return f"{self.value:.3f} (real vs real {self.floor:.3f}{resolved})"


class Finding(NamedTuple):
    """What one part found.

    Args:
        number: the headline, one sentence with its interval.
        verdicts: what should hold.
        draw: draws the picture on so many axes.
        distances: name -> distance of the synthetic to the real law.
        measured: every measure by seed.
        panels: how many axes.
    """

    number: str
    verdicts: list[Verdict]
    draw: Callable[..., None]
    distances: dict[str, Distance]
    measured: Measured
    panels: int = 2


class Part(NamedTuple):
    """One claim of the primer, and the program that puts it to the test.

    Args:
        name: p1 .. p10.
        title: what it is about.
        claim: what should hold, in one line.
        expected: the numbers to expect.
        run: profile -> finding.
    """

    name: str
    title: str
    claim: str
    expected: str
    run: Callable[[str], Finding]


def over_seeds(
    run: Callable[[PRNGKeyArray], dict[str, Array]], n_seeds: int, seed: int
) -> Measured:
    """Run every seed in one compiled program.

    Args:
        run: key -> named measures.
        n_seeds: how many.
        seed: of the whole; parts take different ones.

    Returns:
        The measures, float64, seeds first.
    """
    keys = jax.random.split(jax.random.key(seed), n_seeds)
    measured = jax.jit(jax.vmap(run))(keys)
    return {name: np.asarray(value, np.float64) for name, value in measured.items()}


def distance(
    draw_real: Callable[[PRNGKeyArray], Array],
    draw_synthetic: Callable[[PRNGKeyArray], Array],
) -> Distance:
    """Compare two laws, each drawn by ``key -> [n, d]`` of the same n."""
    one, two, three = jax.random.split(jax.random.key(0), 3)
    real = draw_real(one)
    pairs = (real, draw_synthetic(two)), (real, draw_real(three))
    return Distance(*(math.sqrt(squared_sliced(*map(np.asarray, p))) for p in pairs))


def shown(values: Float[np.ndarray, " s"]) -> str:
    """Write a mean over seeds with its 95 % interval.

    Example:
        >>> shown(np.array([0.5, 0.7, 0.6]))
        '0.600 ± 0.113'
    """
    return f"{np.mean(values):.3f} ± {1.96 * standard_error(values):.3f}"


def curve(
    ax: Axes, x: Float[np.ndarray, " k"], values: Float[np.ndarray, "s k"], **style
) -> None:
    """Draw means over seeds and their band of 95 %."""
    mean = values.mean(axis=0)
    margin = 1.96 * np.array([standard_error(column) for column in values.T])
    ax.plot(x, mean, marker="o", ms=3.5, **style)
    ax.fill_between(x, mean - margin, mean + margin, color=style["color"], alpha=0.25)


def bars(
    ax: Axes, measured: Measured, names: dict[str, str], colors: tuple[str, ...]
) -> None:
    """Draw means over seeds as bars, with their interval of 95 %."""
    for place, (color, name) in enumerate(zip(colors, names, strict=False)):
        margin = 1.96 * standard_error(measured[name])
        ax.bar(place, measured[name].mean(), yerr=margin, color=color, width=0.7)
    ax.set_xticks(range(len(names)), list(names.values()), fontsize=8)
