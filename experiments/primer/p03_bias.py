"""P3: excellent in a biased simulator, weak in reality; easy biases are undone soon."""

from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray
from matplotlib.axes import Axes

from experiments.primer import digits
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
from experiments.primer.judging import agrees, alike, more
from experiments.primer.simulators import (
    BIAS,
    BIASES,
    SIZES,
    biased_wave,
    generator_gap,
    hidden_cause_risk,
    wrong_correlation,
)
from retrain_sim.dose.evaluation import accuracy
from retrain_sim.dose.learners import ridge_classifier
from retrain_sim.plotting import COLORS
from retrain_sim.verdicts import Verdict

N_SIM, N_TEST = 600, 700
FEW = 2
"""Place of 10 real points among the sizes."""
STATES, ACTIONS, DISCOUNT, SWEEPS = 12, 3, 0.9, 120
ERRORS = np.array([0.0, 0.1, 0.2, 0.4, 0.8])


def shifted_camera(key: PRNGKeyArray) -> dict[str, Array]:
    """Train on digits moved by a pixel, and on n real ones; test both ways."""
    train, rest = digits.split(key, N_SIM + int(SIZES[-1]))
    test = rest.at(slice(N_TEST))
    moved = shift(train.x[:N_SIM])

    def one(n):
        x = jnp.concatenate([moved, train.x[N_SIM:]])
        real = 5.0 * (jnp.arange(int(SIZES[-1])) < n)
        weights = jnp.concatenate([jnp.ones(N_SIM), real])
        learner = ridge_classifier(x, train.y, weights, 10.0, digits.N_CLASSES)
        return [
            accuracy(learner.classify(images), test.y, jnp.ones(N_TEST))
            for images in (shift(test.x), test.x)
        ]

    simulated, reality = jax.lax.map(one, jnp.asarray(SIZES))
    return {"digits/sim": simulated, "digits/real": reality}


def shift(images: Float[Array, "n 64"]) -> Float[Array, "n 64"]:
    """Move every image right by a pixel."""
    square = images.reshape(-1, digits.SIDE, digits.SIDE)
    moved = jnp.pad(square[:, :, :-1], ((0, 0), (0, 0), (1, 0)), constant_values=-1)
    return moved.reshape(images.shape)


def control(key: PRNGKeyArray) -> dict[str, Array]:
    """Plan in a decision process with wrong transitions; measure the return lost.

    The simulator's transitions are (1 - e) true + e unrelated ones.
    """
    keys = jax.random.split(key, 3)
    shape = (ACTIONS, STATES, STATES)
    # Few likely successors: a plan matters.
    real, other = (jax.nn.softmax(3 * jax.random.normal(k, shape)) for k in keys[:2])
    reward = jax.random.normal(keys[2], (STATES,))

    def values(transitions, value):
        return reward[None] + DISCOUNT * transitions @ value

    def lost(error):
        plan = (1 - error) * real + error * other
        best = _iterate(lambda v: values(plan, v).max(axis=0))
        policy = values(plan, best).argmax(axis=0)
        ideal = _iterate(lambda v: values(real, v).max(axis=0))
        got = _iterate(lambda v: values(real, v)[policy, jnp.arange(STATES)])
        return (ideal - got).mean()

    return {"control/lost": jax.vmap(lost)(jnp.asarray(ERRORS))}


def _iterate(update) -> Float[Array, " states"]:
    start = jnp.zeros(STATES)
    return jax.lax.fori_loop(0, SWEEPS, lambda _, value: update(value), start)


def measure(key: PRNGKeyArray) -> dict[str, Array]:
    """Measure all four worlds."""
    worlds = biased_wave, shifted_camera, control, wrong_correlation
    found: dict[str, Array] = {}
    for key_world, world in zip(jax.random.split(key, 4), worlds, strict=True):
        found |= world(key_world)
    return found


def judge(m: Measured) -> list[Verdict]:
    """Judge the transfer, how it is undone, and where it is not."""
    simulated, real, lost = m["digits/sim"], m["digits/real"], m["control/lost"]
    return [
        *judge_waves(m),
        *judge_causes(m),
        more(
            "digits: excellent in sim, weak in reality",
            simulated[:, 0],
            real[:, 0],
            0.2,
        ),
        more("digits: 160 real images undo most of it", real[:, -1], real[:, 0], 0.2),
        more("control: wrong transitions cost return", lost[:, -1], lost[:, 1]),
        alike("control: right ones cost none", lost[:, 0], 0 * lost[:, 0], 1e-3),
    ]


def judge_waves(m: Measured) -> list[Verdict]:
    """Judge what few real points leave of a bias, against D(f*, g).

    Among 10: of 40 the two nearest biases leave noise only, which both share.
    """
    easy, hard = m[f"risk/{BIASES[0]}"], m[f"risk/{BIASES[-1]}"]
    return [
        more("40 real points undo an easy bias", 0.2 * easy[:, 0], easy[:, 4]),
        more("... and not a hard one", hard[:, 4], 0.5 * hard[:, 0]),
        alike("without real points both are as bad", easy[:, 0], hard[:, 0], 0.02),
        *(
            more(
                f"10 points: D(f*, g) = {generator_gap(far):.4g} leaves more than "
                f"{generator_gap(near):.4g}",
                m[f"risk/{far}"][:, FEW],
                m[f"risk/{near}"][:, FEW],
            )
            for near, far in itertools.pairwise(BIASES)
        ),
    ]


def judge_causes(m: Measured) -> list[Verdict]:
    """Judge the learner that does not see the cause whose correlation is wrong."""
    one, both = m["causes/one"], m["causes/both"]
    return [
        agrees("a hidden cause, wrongly correlated", one[:, 0], hidden_cause_risk()),
        more("... 160 real points undo most of it", 0.2 * one[:, 0], one[:, -1]),
        alike("control: seen, it does no harm", both[:, 0], 0 * both[:, 0], 1e-3),
    ]


def draw(m: Measured, left: Axes, right: Axes) -> None:
    """Draw the risk of regression, and accuracies on digits, by real points."""
    place = np.arange(len(SIZES))
    for color, wave in zip(COLORS, BIASES, strict=False):
        label = f"D(f*, g) = {generator_gap(wave):.4g}"
        curve(left, place, m[f"risk/{wave}"], color=color, label=label)
    left.axhline(BIAS**2 / 2, color="0.6", lw=1)
    left.set(yscale="log", ylabel="excess risk", title="regression, four biases")
    for color, name, label in (
        (COLORS[0], "sim", "in the simulator"),
        (COLORS[1], "real", "in reality"),
    ):
        curve(right, place, m[f"digits/{name}"], color=color, label=label)
    right.set(ylabel="accuracy", title="digits, camera off by a pixel", ylim=(0, 1))
    for ax in (left, right):
        ax.set_xticks(place, [f"{n}" for n in SIZES])
        ax.set_xlabel("real points")
        ax.legend(frameon=False, fontsize=8)


def run(profile: str) -> Finding:
    """Measure, judge and summarize."""
    m = over_seeds(measure, SEEDS[profile] // 2, 3)
    number = (
        f"digits: {shown(m['digits/sim'][:, 0])} in the simulator, "
        f"{shown(m['digits/real'][:, 0])} in reality, "
        f"{shown(m['digits/real'][:, -1])} after 160 real images; risk after 40 real "
        f"points: {shown(m[f'risk/{BIASES[0]}'][:, 4])} easy, "
        f"{shown(m[f'risk/{BIASES[-1]}'][:, 4])} hard; a hidden cause correlated "
        f"wrongly costs {shown(m['causes/one'][:, 0])}"
    )
    n = 800
    laws = (
        lambda key: digits.split(key, n)[0].x,
        lambda key: shift(digits.split(key, n)[0].x),
    )
    return Finding(
        number,
        judge(m),
        lambda left, right: draw(m, left, right),
        {"digits moved by a pixel": distance(*laws)},
        m,
    )


PART = Part(
    "p3",
    "Simulator bias",
    "a learner that is excellent in a biased simulator is weak in reality; a little "
    "real data undoes a bias within its reach, not one beyond it",
    "risk 0.125 at first; after 40 real points 0.009 (easy), 0.14 (hard)",
    run,
)
