"""P8: cheap volume is not free scale: what a synthetic point is worth in real ones."""

from __future__ import annotations

from collections.abc import Callable

import jax
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray
from matplotlib.axes import Axes

from experiments.dose_curve import toy
from experiments.primer import prices
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
SIZES = prices.sizes(toy.N_REAL, RATIOS, STEP)


def measure(n_seeds: int) -> Measured:
    """Measure errors [s, D, ratio], and what 100 more points take off."""
    keys = jax.random.split(jax.random.key(18), n_seeds)
    run = jax.jit(lambda keys: jax.lax.map(prices.measure, keys))
    digits = prices.saved(np.asarray(run(keys), np.float64))
    found = prices.saved(toy.measure(GAPS, SIZES, n_seeds, 8))
    return found | {f"digits/{name}": values for name, values in digits.items()}


def exchange(m: Measured, world: str = "") -> Float[np.ndarray, "d ratio"]:
    """Return how many real points a synthetic one is worth: a ratio of means."""
    made, real = (m[f"{world}off by {kind}"] for kind in ("synthetic", "real"))
    return made.mean(axis=0) / real.mean(axis=0)


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
        *judge_digits(m),
    ]


def judge_digits(m: Measured) -> list[Verdict]:
    """Judge what synthetic digits are worth: of a good and of a poor generator."""
    error, real, made = (
        m[f"digits/{name}"] for name in ("error", "off by real", "off by synthetic")
    )
    poor = real[:, 1, 1:].mean(axis=1), made[:, 1, 1:].mean(axis=1)
    first = made[:, 0, 0], real[:, 0, 0]
    return [
        alike("digits: the first of a good generator are real ones", *first, 0.02),
        more("digits: a poor one's are soon worth less", *poor),
        more("digits: at 8 to 1 they have harmed", error[:, 1, 3], error[:, 1, 1]),
        more(
            "... and the good one's have helped", error[:, 0, 0], error[:, 0, 3], 0.03
        ),
    ]


def draw(m: Measured, left: Axes, right: Axes, last: Axes) -> None:
    """Draw the error, what a synthetic point is worth, and what digits save."""
    place = np.arange(len(RATIOS))
    for i, (color, gap) in enumerate(zip(COLORS, GAPS, strict=False)):
        curve(left, place, m["error"][:, i], color=color, label=f"D = {gap:g}")
    draw_exchange(right, m)
    for i, (color, name) in enumerate(zip(COLORS, prices.GENERATORS, strict=False)):
        real, made = (
            m[f"digits/off by {kind}"][:, i] for kind in ("real", "synthetic")
        )
        curve(last, place, made, color=color, label=name)
        curve(last, place, real, color=color, ls=":", label="real ones, beside them")
    last.axhline(0, color="0.6", lw=1)
    for ax in (left, right, last):
        ax.set_xticks(place, [f"{r:g}" for r in RATIOS])
        ax.set_xlabel("synthetic rows per real row")
    for ax in (left, last):
        ax.legend(frameon=False, fontsize=8)
    left.set(ylabel="test error", title="ten Gaussian classes")
    right.set(title="one more is worth, in real rows")
    last.set(title="digits: saved by 50 more")


def draw_exchange(ax: Axes, m: Measured) -> None:
    """Draw exchange rates with their intervals: of a ratio of means, delta method."""
    rates = exchange(m)
    for i, color in zip(range(len(GAPS)), COLORS, strict=False):
        real, made = (m[f"off by {kind}"][:, i] for kind in ("real", "synthetic"))
        off = made - rates[i] * real
        margin = 1.96 * np.array([standard_error(c) for c in off.T]) / real.mean(axis=0)
        ax.errorbar(range(len(RATIOS)), rates[i], margin, color=color, marker="o",
                    ms=4, capsize=2)  # fmt: skip
    ax.axhline(0, color="0.6", lw=1)
    ax.axhline(1, color="0.6", lw=1, ls=":")


def run(profile: str) -> Finding:
    """Measure, judge and summarize."""
    m = measure(SEEDS[profile])
    rates, digit = exchange(m), exchange(m, "digits/")
    number = (
        f"at D = 4 a synthetic point is worth {rates[2, 0]:.2f} real ones at first and "
        f"{rates[2, 2]:.2f} at 4 to 1, where 100 more of them take "
        f"{shown(m['off by synthetic'][:, 2, 2])} off the error; digits: "
        f"{digit[0, 0]:.2f} of a good generator, {digit[1, 0]:.2f} of a poor one"
    )

    means, shift = toy.means_of(jax.random.key(0))

    def law(gap: float) -> Callable[[PRNGKeyArray], Array]:
        return lambda key: toy.draw(key, means + gap * shift, 1000)

    return Finding(
        number,
        judge(m),
        lambda *axes: draw(m, *axes),
        {f"D = {gap:g}": distance(law(0.0), law(gap)) for gap in GAPS},
        m,
        panels=3,
    )


PART = Part(
    "p8",
    "Volume against quality",
    "synthetic data are cheap volume, not free scale: what a point is worth falls with "
    "the ratio and with the distance, down to less than nothing",
    "worth 1 real point at D = 0; at D = 4 less than one, and negative at 4 to 1; "
    "digits: error 0.14, 0.07 or 0.16 at 8 to 1",
    run,
)
