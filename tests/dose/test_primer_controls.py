"""Every judge of the primer fails where what it claims is not so.

The measures are made up: where synthetic data, simulators and rounds make no difference
all claims but the controls must fail.
"""

import numpy as np
import pytest

from experiments.primer import (
    p01_coverage,
    p02_randomization,
    p03_bias,
    p05_collapse,
    p07_benchmark,
    p08_volume,
    p09_targeted,
    p10_contact,
    prices,
)
from experiments.primer.simulators import BIASES, SIZES, hidden_cause_risk
from retrain_sim.verdicts import FAIL, PASS

SEEDS = 24


def same(names, *shape, at=0.8, spread=0.01):
    """Measures that differ by noise only."""
    rng = np.random.default_rng(0)
    return {n: at + spread * rng.normal(size=(SEEDS, *shape)) for n in names}


def passed(verdicts):
    return [v.subject for v in verdicts if v.verdict == PASS]


def test_coverage_fails_if_nothing_is_filled_or_ruined():
    names = [f"{w}/{arm}" for w in ("slice", "overall") for arm in p01_coverage.ARMS]
    names += [f"digits/slice/{arm}" for arm in ("none", "right", "wrong")]
    assert passed(p01_coverage.judge(same(names))) == []


def test_randomization_fails_if_the_gap_stays():
    spreads, angles = len(p02_randomization.SPREADS), len(p02_randomization.ANGLES)
    m = same(["toy/gap", "toy/wrong nuisance/gap", "toy/sim"], spreads)
    m |= same(["digits/real", "digits/wrong"], angles)
    m |= same(["toy/few/real"], spreads)
    m["toy/few/real"][:, -1] -= 0.2  # too much spread costs, after all
    assert passed(p02_randomization.judge(m)) == []


def test_simulator_bias_fails_if_all_biases_are_as_easy():
    m = same([f"risk/{j}" for j in BIASES], len(SIZES), spread=1e-3)
    m |= same(["digits/sim", "digits/real"], len(SIZES))
    m |= same(["control/lost"], len(p03_bias.ERRORS), at=0.1)
    m |= same(["causes/one"], len(SIZES), at=0.5)
    m |= same(["causes/both"], len(SIZES), at=0.5)
    assert passed(p03_bias.judge(m)) == [
        "... and not a hard one",  # nothing is undone, which the first verdict says
        "without real points both are as bad",
    ]


def test_a_hidden_cause_is_judged_by_its_law():
    m = same(["causes/one", "causes/both"], len(SIZES), at=0.0, spread=1e-5)
    m["causes/one"][:, 0] += hidden_cause_risk()
    assert [v.verdict for v in p03_bias.judge_causes(m)] == [PASS] * 3
    m["causes/one"][:, 0] *= 1.1
    assert p03_bias.judge_causes(m)[0].verdict == FAIL


def test_collapse_fails_if_nothing_is_lost():
    names = ("replace", "fresh 0.05", "fresh 0.1", "fresh 0.3", "accumulate")
    measures = ("survival", "entropy", "distance")
    m = same([f"{k}/{arm}" for k in measures for arm in names], 31)
    m |= same([f"digits/all/{policy}" for policy in p05_collapse.POLICIES], 20)
    laws = {arm: np.full(31, 0.3) for arm in names[:4]}
    assert passed(p05_collapse.judge(m, laws)) == []


def test_benchmarks_fail_if_both_rank_at_random():
    rng, m = np.random.default_rng(0), {}
    for world in p07_benchmark.WORLDS:
        for score in ("real", "benchmark", "few"):
            m[f"{world}/{score}"] = rng.uniform(size=(SEEDS, 60))
        m |= p07_benchmark.ranked(m, world)
    assert passed(p07_benchmark.judge(m)) == []


def test_volume_fails_if_a_synthetic_point_is_always_a_real_one():
    shape = len(p08_volume.GAPS), len(p08_volume.RATIOS)
    m = same(["off by real", "off by synthetic"], *shape, at=0.0)
    shape = len(prices.GENERATORS), len(prices.RATIOS)
    names = [f"digits/{k}" for k in ("error", "off by real", "off by synthetic")]
    m |= same(names, *shape, at=0.0)
    found = p08_volume.judge(m)
    assert passed(found) == [
        "control, D = 0: a synthetic point is a real one",
        "digits: the first of a good generator are real ones",
    ]
    m = {k: v + 0.1 * ("synthetic" in k) for k, v in m.items()}
    verdicts = p08_volume.judge(m)
    assert verdicts[0].verdict == verdicts[4].verdict == FAIL


def test_targeted_data_fail_if_all_data_are_as_good():
    worlds = [f"{w}{flaw}" for w in p09_targeted.WORLDS for flaw in p09_targeted.FLAWS]
    m = same([f"{world}/real" for world in worlds])
    names = [f"{world}/{by}" for world in worlds for by in ("synthetic", "both")]
    m |= same(names, len(p09_targeted.GAPS))
    equal = "digits, 30 % wrong labels: equal at D = 1"
    assert passed(p09_targeted.judge(m)) == [equal]  # no control: noise of its own
    m["noise/synthetic"] = m["slice/synthetic"]
    m[f"{p09_targeted.FORGIVEN}/real"] += 0.05
    found = passed(p09_targeted.judge(m))
    assert equal not in found
    assert "control: synthetic data are the same in both" in found


@pytest.mark.parametrize("extended", [False, True])
def test_contact_fails_if_nobody_extends_or_everybody_does(extended):
    arms = ("replace", "accumulate", "real 0.1", "verified", "anchored 0.1")
    kinds = ("coverage", "drift", "common", "tail")
    m = same([f"{k}/{arm}" for k in kinds for arm in arms], 31)
    for arm in arms:
        m[f"coverage/{arm}"] = same(["c"], 31, at=float(extended), spread=1e-4)["c"]
    kinds, at = ("missing", "common", "other"), 0.1 * extended
    names = [f"digits/{k}/{arm}" for k in kinds for arm in p10_contact.POLICIES]
    found = passed(p10_contact.judge(m | same(names, 20, at=at, spread=1e-4)))
    assert len(found) == (0 if extended else 4 + 3)
    assert all("never" in subject for subject in found)


def test_missing_digits_are_judged_by_who_learns_them():
    kinds = ("missing", "common", "other")
    names = [f"digits/{k}/{policy}" for k in kinds for policy in p10_contact.POLICIES]
    m = same(names, 20, at=0.0, spread=1e-4)
    subjects = passed(p10_contact.judge_digits(m))
    assert len(subjects) == 3
    assert all("they never are" in subject for subject in subjects)
    m["digits/missing/anchored 0.1"][:, -1] += 0.8
    assert len(passed(p10_contact.judge_digits(m))) == 4
