"""P10: contact with reality decides whether a loop extends a model or lets it drift."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from matplotlib.axes import Axes

from experiments.primer.digit_loop import Policy, loops
from experiments.primer.driver import Finding, Measured, Part, over_seeds, shown
from experiments.primer.judging import agrees, alike, more
from experiments.primer.loops import run_arms
from experiments.primer.ranks import rank_w2, to_law
from retrain_sim.plotting import COLORS
from retrain_sim.spec import Spec, make_spec
from retrain_sim.verdicts import Verdict

SEEDS = {"smoke": 20, "default": 40, "full": 200}
SCENARIO = Path(__file__).parent / "p10_contact.toml"
N_LETTERS, COMMON, N_KEPT = 150, 20, 5000
SLICE = slice(60, 90)
"""Letters that the real data at hand lack; the verifier knows the first 20."""
LEAST = 1e-4
"""Probability from which a letter counts as in contact."""
NOTHING = 1e-12
"""Stands in for no probability in the data's law: an alphabet needs positive ones."""

POLICIES = {
    "replace": Policy(),
    "real 0.1": Policy(real=0.1),
    "verified": Policy(verified=1.0),
    "anchored 0.1": Policy(anchor=0.1),
}
"""Of the loop on digits, where 8 and 9 are missing and the verifier knows 0 to 4."""
MISSING, LEAST_LOOPS = 2, 60


def whole_law() -> Float[np.ndarray, " n"]:
    """Return reality: Zipf's law."""
    p = 1.0 / np.arange(1, N_LETTERS + 1)
    return p / p.sum()


def known_law() -> Float[np.ndarray, " n"]:
    """Return the law of the real data at hand: reality without the slice."""
    p = whole_law()
    p[SLICE] = NOTHING
    return p / p.sum()


def scenario_spec() -> Spec:
    """Load the scenario and fill the laws in."""
    values = tomllib.loads(SCENARIO.read_text(encoding="utf-8"))
    values["data"]["probs"] = known_law().tolist()
    values["reward"][0]["values"] = [0.0] * N_LETTERS
    arms = values["arms"]
    knows = (np.arange(N_LETTERS) < COMMON).astype(float)
    arms["verified"]["regime"]["verifier"]["values"] = knows.tolist()
    arms["anchored 0.1"]["regime"]["anchor"]["probs"] = whole_law().tolist()
    return make_spec("p10", values, str(SCENARIO))


def measure(n_seeds: int) -> Measured:
    """Measure contact, coverage of the slice, drift, and fit to common letters."""
    whole = jnp.asarray(whole_law(), jnp.float32)
    rest = jnp.asarray(known_law() > LEAST)
    common = whole[:COMMON] / whole[:COMMON].sum()

    def observe(p: Array) -> dict[str, Array]:
        in_rest = jnp.where(rest, p, 0.0) / jnp.where(rest, p, 0.0).sum()
        truth = jnp.where(rest, whole, 0.0) / jnp.where(rest, whole, 0.0).sum()
        return {
            "contact": (p > LEAST).mean(),
            "coverage": p[SLICE].sum() / whole[SLICE].sum(),
            "drift": jnp.abs(in_rest - truth).sum() / 2,
            "distance": rank_w2(p, whole),
            "common": -common @ jnp.log(jnp.maximum(p[:COMMON], 1e-9)),
            "tail": p[COMMON:].sum() / whole[COMMON:].sum(),
        }

    letters = run_arms(scenario_spec(), observe, n_seeds, 10)
    loop = functools.partial(loops, policies=POLICIES, missing=MISSING)
    return letters | over_seeds(loop, max(n_seeds, LEAST_LOOPS), 110)


def judge(m: Measured) -> list[Verdict]:
    """Judge who extends, who drifts, and who lives in a clean flat world."""
    last = {name: values[:, -1] for name, values in m.items()}
    start = {name: values[:, 0] for name, values in m.items()}
    anchored, verified = last["coverage/anchored 0.1"], "verified"
    return [
        # Each round a tenth is the anchor's: 1 - 0.9^30 of its slice is reached.
        agrees("anchored: coverage of the slice", anchored, 1 - 0.9**30),
        *(
            alike(
                f"{arm}: never extends into the slice",
                last[f"coverage/{arm}"],
                0 * anchored,
                0.01,
            )
            for arm in ("replace", "accumulate", "real 0.1", verified)
        ),
        more("replace drifts", last["drift/replace"], last["drift/real 0.1"]),
        more(
            "anchoring holds it too", last["drift/replace"], last["drift/anchored 0.1"]
        ),
        more(
            "flat world: the verified model fits common letters better",
            start[f"common/{verified}"],
            last[f"common/{verified}"],
            0.1,
        ),
        more(
            "... and has lost all others",
            start[f"tail/{verified}"],
            last[f"tail/{verified}"],
            0.5,
        ),
        *judge_digits(m),
    ]


def judge_digits(m: Measured) -> list[Verdict]:
    """Judge what the learners of the last rounds know of real digits."""
    first, last = ({k: v[:, at] for k, v in m.items()} for at in (0, -1))
    anchored = last["digits/missing/anchored 0.1"]
    return [
        more("digits, anchored: the missing are learned", anchored, 0 * anchored, 0.3),
        *(
            alike(f"digits, {arm}: they never are", last[f"digits/missing/{arm}"],
                  0 * anchored, 0.01)
            for arm in ("replace", "real 0.1", "verified")
        ),
        more("digits: 10 % real images hold the others", last["digits/other/real 0.1"],
             last["digits/other/replace"]),
        more("digits, flat world: a verifier holds the common ones",
             last["digits/common/verified"], last["digits/common/replace"]),
        more("... and has lost all others", first["digits/other/verified"],
             last["digits/other/verified"], 0.5),
    ]  # fmt: skip


def draw(m: Measured, left: Axes, right: Axes, last: Axes) -> None:
    """Draw the two axes, extension and drift, and the flat world; digits."""
    arms = [name.split("/")[1] for name in m if name.startswith("drift/")]
    for color, arm in zip(COLORS, arms, strict=False):
        x, y = m[f"drift/{arm}"].mean(axis=0), m[f"coverage/{arm}"].mean(axis=0)
        left.plot(x, y, color=color, lw=1.5)
        left.plot(x[-1], y[-1], "o", color=color, label=arm)
        right.plot(
            m[f"common/{arm}"].mean(axis=0), m[f"tail/{arm}"].mean(axis=0), color=color
        )
        ends = (m[f"common/{arm}"][:, -1].mean(), m[f"tail/{arm}"][:, -1].mean())
        right.plot(*ends, "o", color=color)
    left.set(xlabel="drift: total variation on known letters", ylim=(-0.05, 1.1))
    left.set(
        ylabel="extension: mass in the slice, true = 1", title="30 rounds, end: dot"
    )
    right.set(
        xlabel="misfit to common letters, nats", ylabel="mass of all others, true = 1"
    )
    right.set(title="the clean flat world is at the lower left")
    left.legend(frameon=False, fontsize=8, loc="center right")
    for color, arm in zip(COLORS, arms, strict=False):
        if arm in POLICIES:
            x, y = (
                m[f"digits/{kind}/{arm}"].mean(axis=0) for kind in ("other", "missing")
            )
            last.plot(x, y, color=color, lw=1.5)
            last.plot(x[-1], y[-1], "o", color=color)
    last.set(xlabel="accuracy on 5, 6, 7", ylabel="accuracy on 8, 9: missing")
    last.set(title="digits, 20 rounds", xlim=(-0.05, 1.05), ylim=(-0.05, 1.1))


def run(profile: str) -> Finding:
    """Measure, judge and summarize."""
    m = measure(SEEDS[profile])
    number = (
        f"coverage of the missing slice after 30 rounds: "
        f"{shown(m['coverage/anchored 0.1'][:, -1])} anchored, 0 for all others; drift "
        f"{shown(m['drift/replace'][:, -1])} replaced, "
        f"{shown(m['drift/real 0.1'][:, -1])} with 10 % real data; letters in "
        f"contact {shown(m['contact/verified'][:, -1])} verified; digits: accuracy on "
        f"missing ones {shown(m['digits/missing/anchored 0.1'][:, -1])} anchored"
    )
    return Finding(
        number,
        judge(m),
        lambda *axes: draw(m, *axes),
        {
            f"{arm}, in letters": to_law(
                whole_law(), m[f"distance/{arm}"][:, -1], N_KEPT
            )
            for arm in ("replace", "verified", "anchored 0.1")
        },
        m,
        panels=3,
    )


PART = Part(
    "p10",
    "Contact with reality",
    "only a policy in contact with what the real data lack extends a model; real data "
    "hold the drift; a verifier of what is known makes a clean, flat world",
    "coverage of the missing slice 0.96 anchored, 0 else; the verified model fits "
    "common letters better and loses all others; missing digits 0.66 anchored, 0 else",
    run,
)
