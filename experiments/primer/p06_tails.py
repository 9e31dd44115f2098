"""P6: what a generator truncates, no learner trained on it knows."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray
from matplotlib.axes import Axes
from scipy.stats import t as student

from experiments.primer import digits
from experiments.primer.driver import (
    SEEDS,
    Finding,
    Measured,
    Part,
    bars,
    distance,
    over_seeds,
    shown,
)
from experiments.primer.judging import agrees, more
from experiments.primer.slants import cut_slants
from retrain_sim.dose.evaluation import accuracy
from retrain_sim.dose.learners import ridge_classifier
from retrain_sim.plotting import COLORS
from retrain_sim.verdicts import Verdict

FREEDOM, N, N_DRAWN = 3, 2000, 20_000
LEVEL = 0.99
QUANTILE = float(student.ppf(LEVEL, FREEDOM))
GENERATORS = {
    "resampled": "resampled",
    "kde": "kernel\ndensity",
    "gaussian": "Gaussian",
    "top-p": "top-p\n0.95",
    "cool": "temp.\n2/3",
}
RARE, N_RARE, N_DIGITS, N_TEST = 8, 40, 800, 800
TAIL, RESAMPLED, ROUNDS = 0.0837, 2000, 30
"""Mass of the tail, sample size and rounds of the recursion."""


def heavy(key: PRNGKeyArray, n: int, freedom: int = FREEDOM) -> Float[Array, " n"]:
    """Draw from Student's law (its own sampler rejects, which is slow when mapped)."""
    z = jax.random.normal(key, (freedom + 1, n))
    return z[0] / jnp.sqrt((z[1:] ** 2).mean(axis=0))


def generated(key: PRNGKeyArray, real: Float[Array, " n"]) -> dict[str, Array]:
    """Draw from every generator fitted to heavy-tailed data."""
    key_row, key_noise, key_cool = jax.random.split(key, 3)
    row = jax.random.choice(key_row, real, (N_DRAWN,))
    z = jax.random.normal(key_noise, (N_DRAWN,))
    ordered = jnp.sort(jnp.abs(real))
    inner = ordered[int(0.95 * N)]
    # Cooling to a temperature 2/3 raises the density to the power 3/2; of Student's law
    # with f degrees that is another one, with 3 (f + 1)/2 - 1 degrees.
    freedom = 3 * (FREEDOM + 1) // 2 - 1
    cool = math.sqrt(FREEDOM / freedom) * heavy(key_cool, N_DRAWN, freedom)
    inside = jnp.abs(row) <= inner
    return {
        "resampled": row,
        "kde": row + 0.3 * z,
        "gaussian": real.mean() + real.std() * z,
        "top-p": jnp.where(
            inside, row, row / jnp.abs(row) * inner * jnp.abs(z).clip(0, 1)
        ),
        "cool": cool,
    }


def tails(key: PRNGKeyArray) -> dict[str, Array]:
    """Measure the mass beyond the 99 % quantile, and the 99.9 % quantile itself."""
    key_real, key_made = jax.random.split(key)
    made = generated(key_made, heavy(key_real, N))
    found = {}
    for name, x in made.items():
        found[f"recall/{name}"] = (x > QUANTILE).mean() / (1 - LEVEL)
        found[f"q999/{name}"] = jnp.sort(x)[int(0.999 * N_DRAWN)]
    return found


def missing_class(key: PRNGKeyArray) -> dict[str, Array]:
    """Train on a generator of digits, one rare, that may drop the rarest."""
    key_split, key_label, key_draw = jax.random.split(key, 3)
    train, rest = digits.split(key_split, N_DIGITS)
    test = rest.at(slice(N_TEST))
    rare = train.y == RARE
    seen = jnp.where(rare, jnp.cumsum(rare) <= N_RARE, 1.0).astype(jnp.float32)
    shares = seen @ jax.nn.one_hot(train.y, digits.N_CLASSES) / seen.sum()
    found = {}
    for name, least in (("whole", 0.0), ("top-p", 0.07)):
        kept = jnp.where(shares > least, shares, 0.0)
        labels = jax.random.categorical(key_label, jnp.log(kept), shape=(N_DIGITS,))
        x = draw_images(key_draw, train.x, train.y, seen, labels)
        learner = ridge_classifier(x, labels, jnp.ones(N_DIGITS), 1.0, digits.N_CLASSES)
        said = learner.classify(test.x)
        found[f"digits/rare/{name}"] = accuracy(said, test.y, 1.0 * (test.y == RARE))
        found[f"digits/all/{name}"] = accuracy(said, test.y, jnp.ones(N_TEST))
    return found


def draw_images(key, x, y, weights, labels) -> Float[Array, "m 64"]:
    """Draw an image per label: a real one of its class, and noise on every pixel."""
    key_row, key_noise = jax.random.split(key)
    same = (y[None] == labels[:, None]) & (weights[None] > 0)
    row = jax.random.categorical(key_row, jnp.where(same, 0.0, -jnp.inf))
    return x[row] + 0.3 * jax.random.normal(key_noise, (len(labels), 64))


def recursion(key: PRNGKeyArray) -> dict[str, Array]:
    """Resample a tail again and again, from itself or from reality."""

    def resampled(mass, key):
        share = (jax.random.uniform(key, (RESAMPLED,)) < mass).mean()
        return share, share

    last, shares = jax.lax.scan(
        resampled, jnp.float32(TAIL), jax.random.split(key, ROUNDS)
    )
    fresh = shares[0]  # a first round is a sample of reality
    return {"tail/own": last / TAIL, "tail/fresh": fresh / TAIL}


def measure(key: PRNGKeyArray) -> dict[str, Array]:
    """Measure all four worlds."""
    worlds = tails, missing_class, recursion, cut_slants
    found: dict[str, Array] = {}
    for key_world, world in zip(jax.random.split(key, 4), worlds, strict=True):
        found |= world(key_world)
    return found


def spread_law(rounds: int) -> float:
    """Predict the standard deviation of the relative tail mass after some rounds.

    Var = (1 - p)/p (1 - (1 - 1/n)^T), neutral drift.
    """
    gone = 1 - (1 - 1 / RESAMPLED) ** rounds
    return math.sqrt((1 - TAIL) / TAIL * gone)


def judge(m: Measured) -> list[Verdict]:
    """Judge the tails, the rare class, and what the mean does not show."""
    whole = m["recall/resampled"]
    own, fresh = m["tail/own"] - 1, m["tail/fresh"] - 1
    return [
        agrees("resampled: tail recall", whole, 1.0),
        more("temperature 2/3 loses the tail", whole, m["recall/cool"], 0.2),
        more("top-p loses all of it", whole, m["recall/top-p"], 0.5),
        more(
            "a Gaussian ends too soon: 99.9 % quantile",
            m["q999/resampled"],
            m["q999/gaussian"],
        ),
        more(
            "digits: a truncated class is not recognized",
            m["digits/rare/whole"],
            m["digits/rare/top-p"],
            0.1,
        ),
        more(
            "digits: truncated slants cost accuracy in their tail",
            m["slant/tail/whole"],
            m["slant/tail/cut"],
            0.02,
        ),
        more(
            "... and overall accuracy hides it: 3 x less",
            m["slant/tail/whole"] - m["slant/tail/cut"],
            3 * (m["slant/all/whole"] - m["slant/all/cut"]),
        ),
        agrees("control: resampling keeps the mean mass of the tail", own + 1, 1.0),
        agrees("... and spreads it, as drift does", own**2, spread_law(ROUNDS) ** 2),
        more("... much more than fresh data", np.abs(own), np.abs(fresh)),
    ]


def draw(m: Measured, left: Axes, right: Axes) -> None:
    """Draw tail recall by generator, and the spread of the recursion."""
    names = {f"recall/{name}": text for name, text in GENERATORS.items()}
    bars(left, m, names, COLORS)
    left.axhline(1, color="0.5", lw=1)
    left.set(ylabel="mass beyond the 99 % quantile, true = 1", title="Student's t, 3")
    points = {
        "digits/rare/whole": "rare\ndigit",
        "digits/rare/top-p": "cut\noff",
        "digits/all/whole": "all\ndigits",
        "digits/all/top-p": "cut\noff",
        "slant/tail/whole": "great\nslants",
        "slant/tail/cut": "cut\noff",
        "slant/all/whole": "all\nslants",
        "slant/all/cut": "cut\noff",
    }
    bars(right, m, points, 4 * COLORS[:2])
    right.set(ylabel="accuracy", title="digits from a generator", ylim=(0, 1.02))


def run(profile: str) -> Finding:
    """Measure, judge and summarize."""
    m = over_seeds(measure, SEEDS[profile], 6)
    number = (
        f"mass beyond the 99 % quantile, of the truth: {shown(m['recall/top-p'])} at "
        f"top-p 0.95, {shown(m['recall/cool'])} at temperature 2/3; the rare digit is "
        f"recognized {shown(m['digits/rare/whole'])}, truncated "
        f"{shown(m['digits/rare/top-p'])}; digits of great slant "
        f"{shown(m['slant/tail/whole'])}, truncated {shown(m['slant/tail/cut'])}"
    )

    def real(key: PRNGKeyArray) -> Array:
        return heavy(key, N_DRAWN)[:, None]

    def made(name: str):
        return lambda key: generated(key, real(key)[:N, 0])[name][:, None]

    return Finding(
        number,
        judge(m),
        lambda left, right: draw(m, left, right),
        {name: distance(real, made(name)) for name in ("top-p", "gaussian")},
        m,
    )


PART = Part(
    "p6",
    "Missing tails",
    "a generator that truncates its tails hides them from all who train on it; under "
    "unbiased resampling they are kept on average only, and spread from run to run",
    "tail recall 1 resampled, 0.10 at temperature 2/3, 0 at top-p 0.95; after 30 "
    "rounds the mass of a tail is spread by 0.40 of itself, by 0.074 in fresh data",
    run,
)
