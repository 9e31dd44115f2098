"""What should hold of the right answers that survive."""

from __future__ import annotations

from experiments.common import holds
from experiments.compare import judge_order, judge_path, values_of
from retrain_sim.policy.theory import Survival, balanced_survivors
from retrain_sim.result import Result
from retrain_sim.sections import Claim
from retrain_sim.theory import neutral_heterozygosity
from retrain_sim.verdicts import PASS, Verdict, judge_claim, judge_prediction

N_RIGHT = 10
ZETAS = (0.0, 0.05, 0.1, 0.2)
ALIVE = "survival/outcomes"
LINEAR = "linear, 0.2"
TOLERANCE = 0.5
"""Answers by which the mean field may be off; it holds the others equal."""

CHECKED = (10, 50, 100, 200)
"""Generations at which the neutral law is judged: later a few runs carry the mean."""


def arm(zeta: float) -> str:
    """Name the arm of a weight."""
    return f"zeta = {zeta:g}"


def n_effective(result: Result) -> int:
    """Add the drift of the pool of candidates to that of the samples kept."""
    size = result.spec.values["curation"]
    return round(1 / (1 / size["n_kept"] + 1 / size["n_candidates"]))


def law(zeta: float, result: Result) -> Survival:
    """Predict survivors and their entropy."""
    rounds = result.spec.run.rounds
    return balanced_survivors(N_RIGHT, zeta, n_effective(result), rounds)


def neutral(result: Result) -> Verdict:
    """Compare plain resampling with the exact law of its diversity."""
    size = result.spec.values["curation"]
    sizes = size["n_kept"], result.spec.run.rounds, size["n_candidates"]
    expected = neutral_heterozygosity(1 - 1 / N_RIGHT, *sizes)
    # The candidates of the first generation are half wrong: its pool is half as large.
    expected[1:] *= (1 - 2 / size["n_candidates"]) / (1 - 1 / size["n_candidates"])
    values = values_of(result, "collapse/heterozygosity", arm(0))
    at = list(CHECKED)
    return judge_path("zeta = 0: resampling drift", values[:, at], expected[at])


def ordered(result: Result) -> Verdict:
    """Judge that more weight on the rare keeps more alive."""
    arms = tuple(arm(zeta) for zeta in ZETAS)
    return judge_order("right answers alive", result, ALIVE, arms)


def survivors(result: Result, zeta: float, expected: Survival) -> Verdict:
    """Compare the survivors at the end with the mean field."""
    values, at_end = values_of(result, ALIVE, arm(zeta))[:, -1], expected.survivors[-1]
    found = judge_prediction(arm(zeta), values, at_end, 0.0, TOLERANCE, [])
    shown = f"{values.mean():.2f} (se {found.se:.2f}), mean field {at_end:.2f}"
    return found._replace(subject=f"{arm(zeta)}: survivors", reason=shown)


def most(result: Result) -> Verdict:
    """Judge that zeta = 0.2 keeps most of the ten in every run."""
    least = values_of(result, ALIVE, arm(0.2))[:, -1].min()
    shown = f"least of all runs {least:g} of {N_RIGHT}"
    return holds("zeta = 0.2 keeps most right answers", least > N_RIGHT / 2, shown)


def linear(result: Result) -> Verdict:
    """Judge that the linear weight keeps some, but fewer than the power."""
    arms = (arm(0.0), LINEAR, arm(0.2))
    ends = {name: values_of(result, ALIVE, name) for name in arms}
    found = judge_claim(Claim("ordered", arms, ALIVE), ends)
    subject = "1 - zeta log p keeps some, p^-zeta more, at zeta = 0.2"
    return found._replace(subject=subject)


def control(result: Result, expected: Survival) -> Verdict:
    """Predict zeta = 0.2 as if nothing balanced, which must fail."""
    found = survivors(result, 0.2, expected)
    subject = "control: resampling alone does not explain zeta = 0.2"
    return holds(subject, found.verdict != PASS and found.gap > 1, found.reason)
