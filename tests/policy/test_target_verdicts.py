"""The verdicts on target strings, clips and tools can fail."""

import numpy as np
import pytest

from experiments.sequence_policies import judge, judge_targets
from experiments.sequence_policies.arms import RLOO
from retrain_sim.verdicts import FAIL, PASS

N_SEEDS, N_ROUNDS = 40, 30
NOISE = np.random.default_rng(0).normal(size=(N_SEEDS, N_ROUNDS)) / 1000


def arm(first=None, **ends):
    """Return what an arm measured: its end in all rounds, other values at first."""
    rows = {f"policy/{name.replace('__', '@')}": v + NOISE for name, v in ends.items()}
    for name, value in (first or {}).items():
        rows[f"policy/{name}"][:, 0] = value
    return rows


def ends(entropy, in_use, right=0.9, shifted=0.5):
    about = {"exact_pass__1": right, "shift_pass__16": shifted}
    return about | {"entropy": entropy, "coverage": in_use / 12}


START = {"entropy": 3.0, "exact_pass@1": 0.3, "coverage": 0.5}
FOUND = {
    RLOO: arm(START, **ends(0.5, 1.6)),
    "GRPO": arm(**ends(0.1, 1.1, right=0.99, shifted=0.3)),
    "DAPO": arm(**ends(0.1, 1.1)),
    "GSPO, clip 0.05": arm(**ends(0.2, 1.2)),
    "GSPO": arm(**ends(0.7, 2.2)),
    "REPO-R, cap 1": arm(**ends(1.0, 3.0)),
    judge.REPO: arm(**ends(2.0, 6.0, shifted=0.8)),
    judge.OPPOSITE: arm(**ends(0.2, 1.2)),
}


def swapped(one, other):
    return FOUND | {one: FOUND[other], other: FOUND[one]}


def verdicts(judged):
    return [v.verdict for v in judged]


def test_the_start_must_be_peaked_and_see_several_targets():
    assert judge_targets.start(FOUND).verdict == PASS
    for name, value in {"entropy": 8.0, "exact_pass@1": 0.8, "coverage": 0.1}.items():
        wrong = FOUND | {RLOO: arm(START | {name: value}, **ends(0.5, 1.6))}
        assert judge_targets.start(wrong).verdict == FAIL


def test_all_must_learn_the_targets():
    assert judge_targets.learned(FOUND).verdict == PASS
    idle = FOUND | {"DAPO": arm(**ends(2.0, 5.0, right=0.3))}
    assert judge_targets.learned(idle).verdict == FAIL


def test_kept_targets_fail_if_grpo_keeps_them():
    assert verdicts(judge_targets.kept(FOUND)) == [PASS] * 4
    assert verdicts(judge_targets.kept(swapped("GRPO", judge.REPO))) == [FAIL] * 4


@pytest.mark.parametrize(
    ("pair", "place"),
    [
        (("GRPO", "GSPO"), 0),
        (("GSPO, clip 0.05", "GSPO"), 1),
        (("DAPO", RLOO), 2),
        ((RLOO, "REPO-R, cap 1"), 3),
    ],
)
def test_clips_fail_if_the_arms_are_turned_around(pair, place):
    assert verdicts(judge_targets.clips(FOUND)) == [PASS] * 4
    assert judge_targets.clips(swapped(*pair))[place].verdict == FAIL


def test_room_fails_if_bigrams_keep_as_many():
    small = {judge.REPO: arm(**ends(1.0, 1.2))}
    assert judge_targets.room(FOUND, small).verdict == PASS
    assert judge_targets.room(small, FOUND).verdict == FAIL
    assert judge_targets.keeps(FOUND, "transformer").verdict == PASS
    turned = swapped(RLOO, judge.REPO)
    assert judge_targets.keeps(turned, "transformer").verdict == FAIL


def test_a_biased_pass_at_k_fails():
    """The plug-in 1 - (1 - c/n)^k of a binomial c, whose mean is too low."""
    p, n, k = 0.05, 64, judge_targets.K
    counts = np.random.default_rng(1).binomial(n, p, (N_SEEDS, N_ROUNDS))
    i = np.arange(n + 1)
    one = [np.prod(np.where(i > n - c, 1 - k / np.maximum(i, 1), 1)) for c in i]
    fair, plugin = 1 - np.array(one), 1 - (1 - i / n) ** k
    for table, verdict in ((fair, PASS), (plugin, FAIL)):
        rows = {"policy/pass@16": table[counts], "policy/exact_pass@1": p + 0 * NOISE}
        assert judge_targets.unbiased({RLOO: rows}).verdict == verdict


def test_the_opposite_sign_must_spend_targets():
    assert judge_targets.control(FOUND).verdict == PASS
    assert judge_targets.control(swapped(judge.OPPOSITE, RLOO)).verdict == FAIL


def test_clips_of_programs_and_tools_fail_the_other_way_round():
    more = {"distinct": 5.0}
    found = FOUND | {
        RLOO: arm(entropy=0.8, distinct=2.0),
        "REPO-R, cap 1": arm(entropy=1.0, **more),
    }
    assert verdicts(judge.clips(found)) == [PASS] * 3
    turned = found | {"GRPO": FOUND["GSPO"], "GSPO": FOUND["GRPO"]}
    turned |= {"DAPO": found[RLOO], RLOO: arm(entropy=0.1, distinct=9.0)}
    assert verdicts(judge.clips(turned)) == [FAIL] * 3
    asked = {RLOO: arm(calls_that_work=0.2), judge.REPO: arm(calls_that_work=0.6)}
    assert judge.asking(asked).verdict == PASS
    other = {RLOO: asked[judge.REPO], judge.REPO: asked[RLOO]}
    assert judge.asking(other).verdict == FAIL
