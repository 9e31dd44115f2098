"""P5: too much of its own output detaches a model from reality."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray
from matplotlib.axes import Axes

import retrain_sim as rs
from experiments.primer.digit_loop import Policy, loops
from experiments.primer.driver import (
    Distance,
    Finding,
    Measured,
    Part,
    curve,
    over_seeds,
    shown,
)
from experiments.primer.judging import agrees, more
from experiments.primer.loops import run_arms
from experiments.primer.ranks import rank_w2, to_law
from retrain_sim.plotting import COLORS, THEORY
from retrain_sim.regimes import FreshReal
from retrain_sim.scenario import Scenario
from retrain_sim.spec import Spec
from retrain_sim.theory import support_survival
from retrain_sim.verdicts import Verdict

SEEDS = {"smoke": 20, "default": 40, "full": 200}
SCENARIO = Path(__file__).parent / "p05_collapse.toml"
N, LETTERS = 2000, 1000
POLICIES = {f"real {share:g}": Policy(real=share) for share in (0.0, 0.1, 0.3)}
"""Of the loop on digits: shares of real images in every round."""
REFERENCE = {
    ("survival/replace", -1): 0.075,
    ("survival/fresh 0.05", -1): 0.217,
    ("survival/fresh 0.1", -1): 0.289,
    ("survival/fresh 0.3", -1): 0.416,
    ("survival/accumulate", -1): 0.499,
    ("survival/replace", 1): 0.500,
}
"""Of an independent NumPy version: the last round, and one real sample."""


def scenario_spec() -> Spec:
    """Load the scenario, where nobody prefers any letter."""
    return rs.load_spec(SCENARIO, {"reward.0.values": [0.0] * LETTERS})


def probs(scenario: Scenario) -> Float[np.ndarray, " n"]:
    """Return the real law."""
    weights = np.asarray(scenario.real[1], np.float64)
    return weights / weights.sum()


def measure(n_seeds: int) -> Measured:
    """Measure support, entropy in nats, and W2 of the ranks to the real law."""
    spec = scenario_spec()
    real = jnp.asarray(probs(next(iter(rs.prepare(spec).arms.values()))), jnp.float32)

    def observe(p: Array) -> dict[str, Array]:
        entropy = -jnp.sum(p * jnp.log(jnp.where(p > 0, p, 1.0)))
        return {
            "survival": (p > 0).mean(),
            "entropy": entropy,
            "distance": rank_w2(p, real),
        }

    return run_arms(spec, observe, n_seeds, 5) | over_seeds(digits, n_seeds, 15)


def digits(key: PRNGKeyArray) -> dict[str, Array]:
    """Retrain on digits; measure what a learner of every round knows of real ones."""
    found = loops(key, POLICIES, missing=0)
    return {name: found[name] for name in found if name.startswith("digits/all/")}


def laws() -> dict[str, Float[np.ndarray, " rows"]]:
    """Predict the support of every arm whose regime has fresh data, or nothing else."""
    spec = scenario_spec()
    found = {}
    for arm, scenario in rs.prepare(spec).arms.items():
        fresh = scenario.regime.n_fresh if isinstance(scenario.regime, FreshReal) else 0
        if fresh or arm == "replace":
            law = support_survival(probs(scenario), fresh, N - fresh, spec.run.rounds)
            found[arm] = law
    return found


def judge(
    m: Measured, expected: dict[str, Float[np.ndarray, " rows"]]
) -> list[Verdict]:
    """Judge the support against its law, and the order of the regimes."""
    last = {name: values[:, -1] for name, values in m.items()}
    return [
        *(
            agrees(f"{arm}: support after 30 rounds", last[f"survival/{arm}"], law[-1])
            for arm, law in expected.items()
        ),
        more(
            "fresh data keep support: 0.3 > 0.05",
            last["survival/fresh 0.3"],
            last["survival/fresh 0.05"],
        ),
        more(
            "... and 0.05 > none",
            last["survival/fresh 0.05"],
            last["survival/replace"],
        ),
        more(
            "accumulated data keep more than any of them",
            last["survival/accumulate"],
            last["survival/fresh 0.3"],
        ),
        more(
            "entropy is lost without fresh data",
            m["entropy/replace"][:, 0],
            last["entropy/replace"],
            0.5,
        ),
        more(
            "and the distance to reality grows",
            last["distance/replace"],
            last["distance/fresh 0.3"],
        ),
        more(
            "digits: without real images their learner forgets",
            m["digits/all/real 0"][:, 0],
            last["digits/all/real 0"],
            0.1,
        ),
        more(
            "digits: 10 % real images keep more",
            last["digits/all/real 0.1"],
            last["digits/all/real 0"],
            0.05,
        ),
        more(
            "... and 30 % more still",
            last["digits/all/real 0.3"],
            last["digits/all/real 0.1"],
        ),
    ]


def far(m: Measured, arm: str) -> Distance:
    """Return how far the last models of an arm are from the law, in letters."""
    law = probs(next(iter(rs.prepare(scenario_spec()).arms.values())))
    return to_law(law, m[f"distance/{arm}"][:, -1], N)


def draw(m: Measured, expected: Any, left: Axes, right: Axes, last: Axes) -> None:
    """Draw support and entropy by round, the law of the support dashed; digits."""
    arms = [name.split("/")[1] for name in m if name.startswith("survival/")]
    for color, arm in zip(COLORS, arms, strict=False):
        for ax, name in ((left, "survival"), (right, "entropy")):
            values = m[f"{name}/{arm}"]
            ax.plot(values.mean(axis=0), color=color, label=arm)
            low, high = np.percentile(values, [2.5, 97.5], axis=0)
            ax.fill_between(range(values.shape[1]), low, high, color=color, alpha=0.2)
        if arm in expected:
            left.plot(expected[arm], color="black", **THEORY)
    left.set(xlabel="round", title="letters left of 1000", ylim=(0, 1.02))
    right.set(xlabel="round", title="entropy, nats")
    right.legend(frameon=False, fontsize=8, loc="lower left")
    for color, policy in zip(COLORS, POLICIES, strict=False):
        values = m[f"digits/all/{policy}"]
        curve(last, np.arange(values.shape[1]), values, color=color, label=policy)
    last.set(xlabel="round", title="digits: accuracy on real ones", ylim=(0, 1))
    last.legend(frameon=False, fontsize=8, loc="lower left")


def run(profile: str) -> Finding:
    """Measure, judge and summarize."""
    m, expected = measure(SEEDS[profile]), laws()
    number = (
        f"letters left after 30 rounds: {shown(m['survival/replace'][:, -1])} without "
        f"fresh data (law {expected['replace'][-1]:.3f}), "
        f"{shown(m['survival/fresh 0.1'][:, -1])} with 10 %, "
        f"{shown(m['survival/accumulate'][:, -1])} accumulated; digits: accuracy "
        f"{shown(m['digits/all/real 0'][:, 0])}, then "
        f"{shown(m['digits/all/real 0'][:, -1])} without real images, "
        f"{shown(m['digits/all/real 0.3'][:, -1])} with 30 %"
    )
    return Finding(
        number,
        judge(m, expected),
        lambda *axes: draw(m, expected, *axes),
        {
            f"{arm}, in letters": far(m, arm)
            for arm in ("replace", "fresh 0.3", "accumulate")
        },
        m,
        panels=3,
    )


PART = Part(
    "p5",
    "Distribution collapse",
    "a model that trains on its own output loses the rare, round by round; a fixed "
    "fraction of fresh real data, or all data kept, bounds the loss",
    "letters left 0.075, 0.217, 0.289, 0.414 with 0, 5, 10, 30 % fresh data; 0.499 "
    "accumulated; as the exact law says; digits: accuracy 0.91, then 0.62 or 0.88",
    run,
)
