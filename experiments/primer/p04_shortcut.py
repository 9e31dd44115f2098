"""P4: an artefact that goes with the label in the simulator is learned instead."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray
from matplotlib.axes import Axes

from experiments.primer.driver import (
    SEEDS,
    Finding,
    Measured,
    Part,
    curve,
    distance,
    over_seeds,
    shown,
)
from experiments.primer.judging import alike, more
from experiments.primer.shortcut import (
    SEPARATION,
    learn,
    odd_digits,
    scores,
    stamp,
    toy,
)
from retrain_sim.dose.shortcut import shortcut_accuracy
from retrain_sim.plotting import COLORS, THEORY
from retrain_sim.verdicts import Verdict

RHO = np.array([0.0, 0.3, 0.6, 0.8, 0.95])
FRACTION = np.array([1.0, 0.5])
WORLDS = {"toy": toy, "digits": odd_digits}
REFERENCE = {
    ("toy/benchmark", 4, 0): 0.975,
    ("toy/real", 4, 0): 0.591,
    ("toy/flipped", 4, 0): 0.191,
    ("toy/benchmark", 4, 1): 0.926,
    ("toy/real", 4, 1): 0.806,
    ("toy/flipped", 4, 1): 0.679,
    ("toy/benchmark", 0, 0): 0.834,
    ("toy/real", 0, 0): 0.833,
    ("toy/flipped", 0, 0): 0.837,
}
"""Of an independent NumPy version of the toy: measure, index of rho and fraction."""


def measure(key: PRNGKeyArray) -> dict[str, Array]:
    """Train on every share of artefacts and of synthetic rows, in both worlds."""
    found = {}
    for number, (name, world) in enumerate(WORLDS.items()):
        key_data, key_train, key_test = jax.random.split(
            jax.random.fold_in(key, number), 3
        )
        train, test = world(key_data)

        def one(rho, fraction, keys=(key_train, key_test), data=(train, test)):
            learner = learn(keys[0], data[0], rho, fraction)
            return scores(keys[1], learner, data[1], rho)

        grid = jax.vmap(jax.vmap(one, (None, 0)), (0, None))
        table = grid(jnp.asarray(RHO), jnp.asarray(FRACTION))
        found |= {f"{name}/{score}": values for score, values in table.items()}
    return found


def judge(m: Measured) -> list[Verdict]:
    """Judge the shortcut, its cure, and that without an artefact there is none."""
    found = []
    for name, gap in (("toy", 0.3), ("digits", 0.05)):
        bench, real, flipped = (
            m[f"{name}/{score}"] for score in ("benchmark", "real", "flipped")
        )
        found += [
            more(
                f"{name}: the benchmark promises more than the real data keep",
                bench[:, -1, 0],
                real[:, -1, 0],
                gap,
            ),
            more(
                f"{name}: half real data restore accuracy",
                real[:, -1, 1],
                real[:, -1, 0],
            ),
            more(
                f"{name}: it is the artefact that misleads",
                real[:, -1, 0],
                flipped[:, -1, 0],
            ),
            alike(
                f"{name}, control: no artefact, no shortcut",
                bench[:, 0, 0],
                flipped[:, 0, 0],
                0.05,
            ),
        ]
    return found


def draw(m: Measured, left: Axes, right: Axes) -> None:
    """Draw accuracies against rho, all synthetic; the ideal learner dashed."""
    for ax, world in ((left, "toy"), (right, "digits")):
        for color, name in zip(COLORS, ("benchmark", "real", "flipped"), strict=False):
            values = m[f"{world}/{name}"]
            curve(ax, RHO, values[:, :, 0], color=color, label=f"{name}")
            curve(ax, RHO, values[:, :, 1], color=color, ls=":")
            if world == "toy":
                law = [getattr(shortcut_accuracy(SEPARATION, r), name) for r in RHO]
                ax.plot(RHO, law, color=color, **THEORY)
        ax.set(ylim=(0, 1.02), xlabel="rho, artefact = label")
    left.set(ylabel="accuracy", title="toy; dotted: half real")
    right.set(title="real digits, odd or even")
    left.legend(frameon=False, fontsize=8, loc="lower left")


def run(profile: str) -> Finding:
    """Measure, judge and summarize."""
    m = over_seeds(measure, SEEDS[profile], 4)
    bench, real, flipped = (
        m[f"toy/{name}"][:, -1, 0] for name in ("benchmark", "real", "flipped")
    )
    number = (
        f"rho 0.95: benchmark {shown(bench)}, real {shown(real)}, shortcut index "
        f"(benchmark - flipped) {shown(bench - flipped)}"
    )
    laws = [
        lambda key, rho=rho: stamp(key, toy(key)[1], rho).x * _signed(toy(key)[1])
        for rho in (0.0, RHO[-1])
    ]
    return Finding(
        number,
        judge(m),
        lambda left, right: draw(m, left, right),
        {"rho 0.95, rows times label": distance(*laws)},
        m,
    )


def _signed(table) -> Array:
    """Turn the sign of the label into a column: the law of x given the label."""
    return (2.0 * table.y - 1)[:, None]


PART = Part(
    "p4",
    "Shortcut learning",
    "an artefact that goes with the label in synthetic data is learned in place of "
    "its causes: benchmarks rise, real accuracy falls",
    "rho 0.95: benchmark 0.976, real 0.58, artefact flipped 0.17; digits fall too",
    run,
)
