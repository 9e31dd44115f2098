"""P1: targeted synthetic data fill a gap, if their physics is right."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray
from matplotlib.axes import Axes

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
from experiments.primer.judging import more
from retrain_sim.dose.evaluation import accuracy
from retrain_sim.dose.learners import logistic, ridge_classifier
from retrain_sim.dose.random_features import random_features
from retrain_sim.plotting import COLORS
from retrain_sim.verdicts import Verdict

N_REAL, N_ADDED, N_TEST = 150, 150, 2000
EDGE, IN_SLICE = 1.5, 0.02
"""The slice is x1 > 1.5; this share of the real data is there."""
FEATURES, LENGTH, L2 = 60, 0.8, 0.1
JITTER = 0.1
RARE, WRONG = 8, 3
"""The digit that real data lack, nearly, and another."""
N_DIGITS, N_RARE = 300, 3
ARMS = {
    "none": "none",
    "right": "targeted,\nright",
    "wrong": "targeted,\nwrong",
    "copies": "jittered\ncopies",
}
REFERENCE = {
    "slice/none": 0.696,
    "overall/none": 0.939,
    "slice/right": 0.976,
    "overall/right": 0.953,
    "slice/wrong": 0.233,
    "overall/wrong": 0.931,
    "slice/copies": 0.721,
    "overall/copies": 0.955,
}
"""Of an independent NumPy toy whose boundary is not recorded: signs to be expected."""


def label(x: Float[Array, "n 2"]) -> Int[Array, " n"]:
    """Tell the class: above or below a wave."""
    return (x[:, 1] > jnp.sin(2 * x[:, 0])).astype(jnp.int32)


def inputs(key: PRNGKeyArray, n: int, in_slice: float) -> Float[Array, "n 2"]:
    """Draw inputs, a share of them in the slice."""
    key_slice, key_x = jax.random.split(key)
    there = jax.random.uniform(key_slice, (n,)) < in_slice
    u = jax.random.uniform(key_x, (n, 2))
    low, high = jnp.where(there, EDGE, -2.0), jnp.where(there, 2.5, EDGE)
    return jnp.stack([low + (high - low) * u[:, 0], 3 * u[:, 1] - 1.5], axis=1)


def toy(key: PRNGKeyArray) -> dict[str, Array]:
    """Train on real rows and 150 more of every kind; score in the slice and overall."""
    keys = jax.random.split(key, 6)
    features = random_features(keys[0], 2, FEATURES, LENGTH)
    real = inputs(keys[1], N_REAL, IN_SLICE)
    there = inputs(keys[2], N_ADDED, 1.0)
    copies = real + JITTER * jax.random.normal(keys[3], real.shape)
    y, y_there = label(real), label(there)
    tests = [inputs(keys[4], N_TEST, 1.0), inputs(keys[5], N_TEST, IN_SLICE)]
    seen = [features(test) for test in tests]

    def one(x, y_added, weight):
        rows = features(jnp.concatenate([real, x]))
        weights = jnp.concatenate([jnp.ones(N_REAL), jnp.full(N_ADDED, weight)])
        learner = logistic(rows, jnp.concatenate([y, y_added]), weights, L2, 8)
        said = [learner.classify(z) for z in seen]
        return [_right(*pair) for pair in zip(said, map(label, tests), strict=True)]

    found = jax.vmap(one)(
        jnp.stack([real, there, there, copies]),
        jnp.stack([y, y_there, 1 - y_there, y]),
        jnp.array([0.0, 1.0, 1.0, 1.0]),
    )
    return _named("", found, ARMS)


def rare_digit(key: PRNGKeyArray) -> dict[str, Array]:
    """Add samples of a simulator of the rare digit: a Gaussian fitted elsewhere.

    It was built from real images that the learner does not have; the wrong one from
    images of another digit.
    """
    key_split, key_draw = jax.random.split(key)
    train, rest = digits.split(key_split, N_DIGITS)
    test, elsewhere = (rest.at(part) for part in (slice(500), slice(500, None)))
    rare = train.y == RARE
    weights = jnp.where(rare, jnp.cumsum(rare) <= N_RARE, 1.0)

    def one(digit, weight):
        x = sampled(key_draw, elsewhere, digit)
        learner = ridge_classifier(
            jnp.concatenate([train.x, x]),
            jnp.append(train.y, jnp.full(N_ADDED, RARE)),
            jnp.append(weights, jnp.full(N_ADDED, weight)),
            10.0,
            digits.N_CLASSES,
        )
        said = learner.classify(test.x)
        in_slice = accuracy(said, test.y, 1.0 * (test.y == RARE))
        return [in_slice, _right(said, test.y)]

    share = 0.1 * N_DIGITS / N_ADDED
    found = jax.vmap(one)(
        jnp.array([RARE, RARE, WRONG]), share * jnp.arange(3.0).clip(0, 1)
    )
    return _named("digits/", found, ("none", "right", "wrong"))


def _named(prefix, found, arms) -> dict[str, Array]:
    pairs = zip(("slice", "overall"), found, strict=True)
    return {
        f"{prefix}{name}/{arm}": values[i]
        for name, values in pairs
        for i, arm in enumerate(arms)
    }


def _right(said: Int[Array, " n"], true: Int[Array, " n"]) -> Float[Array, ""]:
    return accuracy(said, true, jnp.ones(len(true)))


def sampled(
    key: PRNGKeyArray, images: digits.Images, digit: int
) -> Float[Array, "n 64"]:
    """Draw from a Gaussian fitted to the images of one digit."""
    w = (images.y == digit).astype(jnp.float32)
    mean = w @ images.x / w.sum()
    # Sums of centered images with normal factors have just their covariance.
    factors = jax.random.normal(key, (N_ADDED, len(w)))
    rows = jnp.sqrt(w / w.sum())[:, None] * (images.x - mean[None])
    return mean[None] + factors @ rows


def measure(key: PRNGKeyArray) -> dict[str, Array]:
    """Measure both worlds."""
    key_toy, key_digits = jax.random.split(key)
    return toy(key_toy) | rare_digit(key_digits)


def judge(m: Measured) -> list[Verdict]:
    """Judge the gain, the harm, and how little of it the overall accuracy shows."""
    none, right, wrong = (m[f"slice/{arm}"] for arm in ("none", "right", "wrong"))
    hidden = m["overall/none"] - m["overall/wrong"]
    found = [
        more("targeted data with right labels fill the slice", right, none, 0.05),
        more("targeted data with wrong physics ruin it", none, wrong, 0.2),
        more(
            "overall accuracy hides it: the slice loses 10 x",
            (none - wrong),
            10 * hidden,
        ),
        more(
            "copies of what is there do not fill the slice",
            right,
            m["slice/copies"],
            0.05,
        ),
    ]
    pictures = [m[f"digits/slice/{arm}"] for arm in ("none", "right", "wrong")]
    return [
        *found,
        more(
            "digits: a simulator of the rare digit helps", pictures[1], pictures[0], 0.1
        ),
        more("digits: one with wrong physics does not", pictures[1], pictures[2], 0.1),
    ]


def draw(m: Measured, left: Axes, right: Axes) -> None:
    """Draw the accuracy in the slice, and overall as a line above it."""
    for ax, prefix, arms in (
        (left, "", ARMS),
        (right, "digits/", {k: ARMS[k] for k in ("none", "right", "wrong")}),
    ):
        bars(ax, m, {f"{prefix}slice/{a}": text for a, text in arms.items()}, COLORS)
        overall = [m[f"{prefix}overall/{arm}"].mean() for arm in arms]
        ax.plot(range(len(arms)), overall, "k_", ms=26, mew=2, label="overall")
        ax.set_ylim(0, 1.02)
    left.set(ylabel="accuracy (bars: in the slice)", title="toy")
    right.set(title=f"real digits, the {RARE} is rare")
    right.legend(frameon=False, fontsize=8, loc=(0.08, 0.5), handletextpad=1.6)


def run(profile: str) -> Finding:
    """Measure, judge and summarize."""
    m = over_seeds(measure, SEEDS[profile], 1)
    number = (
        f"slice accuracy {shown(m['slice/none'])} without, "
        f"{shown(m['slice/right'])} with targeted data, {shown(m['slice/wrong'])} with "
        f"wrong physics, which costs {shown(m['overall/none'] - m['overall/wrong'])} "
        "overall"
    )
    whole = distance(
        lambda key: inputs(key, 1000, IN_SLICE), lambda key: inputs(key, 1000, 1.0)
    )
    return Finding(
        number,
        judge(m),
        lambda left, right: draw(m, left, right),
        {"targeted against all real": whole},
        m,
    )


PART = Part(
    "p1",
    "Coverage expansion",
    "targeted synthetic data fill a slice that real data miss; with wrong physics they "
    "ruin it, and overall accuracy hides that",
    "slice accuracy rises with right labels, falls below chance with wrong ones",
    run,
)
