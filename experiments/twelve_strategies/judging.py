"""Every strategy against theory, and single judges against the random voter."""

from __future__ import annotations

from experiments.twelve_strategies.scores import MEASURES, RANDOM, SINGLE, measured
from retrain_sim.result import Result
from retrain_sim.sections import Claim
from retrain_sim.theory import neutral_heterozygosity
from retrain_sim.verdicts import PASS, Verdict, judge_claim, judge_prediction

EARLY = 5
BEST_REWARD = 6.0
"""Over n_kept: what a single kept outcome is worth, the finest that a run resolves."""

NEUTRAL = "no curation"
EVENNESS = "collapse/heterozygosity"


def judge_map(result: Result, arm: str) -> Verdict:
    """Compare the end of one strategy with the exact map, in every measure."""
    one_outcome = BEST_REWARD / result.spec.values["curation"]["n_kept"]
    judged = []
    for name in MEASURES:
        values, expected = measured(result, name, arm)
        last = values[:, -1], expected[-1]
        judged.append(judge_prediction(name, *last, 0.0, one_outcome, []))
    worst = max(judged, key=lambda v: (v.verdict != PASS, abs(v.gap) / (v.se or 1)))
    reason = f"{worst.subject}: {worst.gap:+.2g}, standard error {worst.se:.2g}"
    return worst._replace(subject=f"{arm} = exact map", reason=reason)


def judge_drift(result: Result) -> Verdict:
    """Without curation the map stands still: what is lost is lost to sampling."""
    values = result.history[EVENNESS].sel(arm=NEUTRAL).values[:, -1]
    n = result.spec.arms[NEUTRAL]["curation"]["n_kept"]
    start = float(result.history[EVENNESS].sel(arm=NEUTRAL).values[0, 0])
    law = neutral_heterozygosity(start, n, result.spec.run.rounds)[-1]
    found = judge_prediction(NEUTRAL, values, law, 0.0, 0.0, [])
    reason = f"heterozygosity: {found.gap:+.2g}, standard error {found.se:.2g}"
    return found._replace(subject=f"{NEUTRAL} = neutral drift", reason=reason)


def judge_single_judges(result: Result) -> list[Verdict]:
    """Compare each single judge with the random voter, paired by seed, at the end."""
    values = {arm: measured(result, MEASURES[0], arm)[0] for arm in result.arms}
    judges = [arm for arm in SINGLE if arm in values]
    verdicts = [
        judge_claim(Claim("ordered", (arm, RANDOM), MEASURES[0]), values)
        for arm in judges
    ]
    if "Nash product" in values:
        early = {arm: rows[:, : EARLY + 1] for arm, rows in values.items()}
        claim = Claim("ordered", (RANDOM, "Nash product"), MEASURES[0])
        found = judge_claim(claim, early)
        verdicts.append(
            found._replace(subject=f"{found.subject} (round {EARLY}: only slower)")
        )
    return verdicts
