"""P8: cheap volume is not free scale: what a synthetic point is worth in real ones."""

from __future__ import annotations

from collections.abc import Callable

import jax
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray
from matplotlib.axes import Axes

from experiments.dose_curve import toy
from experiments.primer.driver import (
    Finding,
    Measured,
    Part,
    curve,
    distance,
    shown,
)
from experiments.primer.judging import alike, more
from retrain_sim.plotting import COLORS
from retrain_sim.verdicts import Verdict, standard_error

SEEDS = {"smoke": 24, "default": 60, "full": 300}
GAPS = (0.0, 2.0, 4.0)
"""Distance D of the generator in every class."""
RATIOS = (0.0, 1.0, 4.0, 8.0)
STEP = 100
"""Points that are added to either kind to see what they are worth."""
SIZES = np.array(
    [
        (toy.N_REAL + real, round(ratio * toy.N_REAL) + made)
        for ratio in RATIOS
        for real, made in ((0, 0), (STEP, 0), (0, STEP))
    ],
    np.int32,
)


def measure(n_seeds: int) -> Measured:
    """Measure errors [s, D, ratio], and what 100 more points take off."""
    errors = toy.measure(GAPS, SIZES, n_seeds, 8)
    errors = errors.reshape(n_seeds, len(GAPS), len(RATIOS), 3)
    now = errors[..., 0]
    return {
        "error": now,
        "off by real": now - errors[..., 1],
        "off by synthetic": now - errors[..., 2],
    }


def exchange(m: Measured) -> Float[np.ndarray, "d ratio"]:
    """Return how many real points a synthetic one is worth: a ratio of means."""
    return m["off by synthetic"].mean(axis=0) / m["off by real"].mean(axis=0)


def judge(m: Measured) -> list[Verdict]:
    """Judge the price of a synthetic point at several distances and ratios."""
    real, made = m["off by real"], m["off by synthetic"]
    return [
        alike(
            "control, D = 0: a synthetic point is a real one",
            made[:, 0, 0],
            real[:, 0, 0],
            0.02,
        ),
        more("D = 4: it is worth less than a real one", real[:, 2, 0], made[:, 2, 0]),
        more("D = 4: at 4 to 1 more of them harm", 0 * made[:, 2, 2], made[:, 2, 2]),
        more("... while more real ones help", real[:, 2, 2], 0 * real[:, 2, 2]),
    ]


def draw(m: Measured, left: Axes, right: Axes) -> None:
    """Draw the error, and the exchange rate with its interval."""
    rates, place = exchange(m), np.arange(len(RATIOS))
    for i, (color, gap) in enumerate(zip(COLORS, GAPS, strict=False)):
        curve(left, place, m["error"][:, i], color=color, label=f"D = {gap:g}")
        # Of a ratio of means, by the delta method.
        base = m["off by real"][:, i].mean(axis=0)
        off = m["off by synthetic"][:, i] - rates[i] * m["off by real"][:, i]
        margin = 1.96 * np.array([standard_error(c) for c in off.T]) / base
        right.errorbar(
            place, rates[i], margin, color=color, marker="o", ms=4, capsize=2
        )
    right.axhline(0, color="0.6", lw=1)
    right.axhline(1, color="0.6", lw=1, ls=":")
    for ax in (left, right):
        ax.set_xticks(place, [f"{r:g}" for r in RATIOS])
        ax.set_xlabel("synthetic rows per real row (200 real)")
    left.set(ylabel="test error", title="ten Gaussian classes")
    right.set(ylabel="real points", title="what one more synthetic point is worth")
    left.legend(frameon=False, fontsize=8)


def run(profile: str) -> Finding:
    """Measure, judge and summarize."""
    m = measure(SEEDS[profile])
    rates = exchange(m)
    number = (
        f"at D = 4 a synthetic point is worth {rates[2, 0]:.2f} real ones at first and "
        f"{rates[2, 2]:.2f} at 4 to 1, where 100 more of them take "
        f"{shown(m['off by synthetic'][:, 2, 2])} off the error"
    )

    means, shift = toy.means_of(jax.random.key(0))

    def law(gap: float) -> Callable[[PRNGKeyArray], Array]:
        return lambda key: toy.draw(key, means + gap * shift, 1000)

    return Finding(
        number,
        judge(m),
        lambda left, right: draw(m, left, right),
        {f"D = {gap:g}": distance(law(0.0), law(gap)) for gap in GAPS},
        m,
    )


PART = Part(
    "p8",
    "Volume against quality",
    "synthetic data are cheap volume, not free scale: what a point is worth falls with "
    "the ratio and with the distance, down to less than nothing",
    "worth 1 real point at D = 0; at D = 4 less than one, and negative at 4 to 1",
    run,
)
