"""The verdicts on policy gradients can fail."""

import numpy as np
import pytest

from experiments import entropy_control, many_solutions, random_reward, second_task
from experiments.entropy_control import judge as control
from experiments.entropy_control.response import Response, respond
from experiments.many_solutions import judge as solutions
from experiments.many_solutions.reference import REFERENCE
from experiments.policies import Measure, agrees, ordered
from experiments.random_reward import judge as drift
from experiments.second_task import judge as second
from experiments.second_task.trainability import areas, first_passage
from retrain_sim.verdicts import FAIL, PASS

SMOKES = {
    "entropy-control": entropy_control,
    "many-solutions": many_solutions,
    "random-reward": random_reward,
    "second-task": second_task,
}
RNG = np.random.default_rng(0)


def seeds(mean, sd=0.01, n=100):
    """Make values of paired seeds."""
    noise = np.random.default_rng(1).normal(size=n)
    return mean + sd * (noise - noise.mean())


def measured(name, **changes):
    """Make an arm that is exactly as the reference table says."""
    made = Measure(*(seeds(value) for value in REFERENCE[name]))
    return made._replace(**changes)


def verdicts_of(judged):
    return [v.verdict for v in judged]


def test_a_mean_agrees_within_errors_and_rounding():
    assert agrees("a", seeds(1.0, 0.1), 1.01, 100, 0.01).verdict == PASS
    assert agrees("a", seeds(1.0, 0.1), 1.2, 100, 0.01).verdict == FAIL


def test_an_ordering_needs_every_step():
    assert ordered("a", seeds(0.0), seeds(1.0), seeds(2.0)).verdict == PASS
    assert ordered("a", seeds(0.0), seeds(2.0), seeds(1.0)).verdict == FAIL
    assert ordered("a", seeds(0.0), seeds(0.0) + RNG.normal(size=100)).verdict == FAIL


@pytest.mark.parametrize("name", REFERENCE)
def test_a_row_of_the_table_fails_with_another_entropy(name):
    assert solutions.table(name, measured(name)).verdict == PASS
    wrong = measured(name, mean_entropy=seeds(REFERENCE[name][1] + 0.5))
    assert solutions.table(name, wrong).verdict == FAIL


def arms_of_the_table():
    found = {name: measured(name) for name in REFERENCE}
    apart = found["REPO-const 0.1"].entropy + RNG.normal(size=100) / 100
    found["entropy bonus 0.1"] = measured("entropy bonus 0.1", entropy=apart)
    return found | {"DAPO": found["DAPO, no sd"], "ADAPO": found["ADAPO, no sd"]}


def test_claims_of_the_table_hold_and_fail():
    found = arms_of_the_table()
    zero = {"REPO-const, 0": found["RLOO, on-policy"]}
    assert verdicts_of(solutions.claims(found, zero)) == [PASS] * 7
    apart = found["entropy bonus 0.1"]._replace(
        entropy=seeds(0.9) + RNG.normal(size=100) / 100
    )
    assert solutions.equivalent(found | {"entropy bonus 0.1": apart}).verdict == FAIL
    kept = found["DAPO"]._replace(entropy=seeds(4.0))
    judged = solutions.unpreserved(found | {"DAPO": kept})
    assert judged.verdict == FAIL
    swapped = found | {"GRPO": found["RLOO, on-policy"]}
    assert solutions.speed(swapped).verdict == FAIL
    other = found["RLOO, on-policy"]._replace(mean_entropy=seeds(2.0))
    assert solutions.same_arm(other, found["RLOO, on-policy"]).verdict == FAIL


def test_random_rewards_fail_without_the_reversal():
    ends = {at: seeds(value, n=300) for at, (value, _) in drift.REFERENCE.items()}
    ends |= {(drift.ON_POLICY, rate): seeds(2.9, n=300) for rate in (0.5, 2.0)}
    assert set(verdicts_of(drift.reference(ends))) == {PASS}
    assert set(verdicts_of(drift.orderings(ends))) == {PASS}
    ends["0.2 / 0.28", 2.0] = seeds(1.9, n=300)
    ends[drift.ON_POLICY, 0.5] = seeds(2.6, n=300)
    assert verdicts_of(drift.orderings(ends))[-3:] == [FAIL, FAIL, PASS]
    assert FAIL in verdicts_of(drift.reference(ends))


def test_first_passages_and_areas():
    right = np.tile([0.0, 0.0, 0.2, 0.7, 0.8], (3, 1))
    assert first_passage(right, start=1).tolist() == [2.0] * 3
    rows = {"policy/pass@1/task-1": right, "policy/pass@1/task-2": right}
    np.testing.assert_allclose(areas(rows, 2, 2)[0], [0.1, 0.75])


def test_the_second_task_fails_if_grpo_learns_it():
    never, soon = np.full(100, np.nan), seeds(126.0, 30.0)
    passages = {"GRPO": never, "REPO-R, cap 1": soon}
    assert set(verdicts_of(second.reference(passages))) == {PASS}
    learned = {"GRPO": np.where(np.arange(100) < 30, 100.0, np.nan)}
    assert verdicts_of(second.reference(learned)) == [FAIL]
    assert FAIL in verdicts_of(second.reference({"REPO-R, cap 1": soon + 40}))


def test_six_tasks_fail_if_grpo_goes_on():
    def flat(level):
        return np.stack([seeds(level)] * 6, axis=1)

    taught = {
        "GRPO": flat(0.001),
        "REPO-const 0.1": flat(0.3),
        "REPO-R, cap 1": flat(0.5),
    }
    assert verdicts_of(second.rows_of_tasks(taught)) == [PASS, PASS]
    alive = taught | {"GRPO": flat(0.4)}
    assert verdicts_of(second.rows_of_tasks(alive)) == [FAIL, FAIL]


def path(before, after, swing=0.0):
    entropy = np.full((100, 401), 4.0)
    entropy[:, 1:201], entropy[:, 201:] = 4 * before, 4 * after
    knob = np.zeros((100, 400))
    knob[:, ::2] = seeds(swing)[:, None]
    return respond({"policy/entropy": entropy, "policy/knob": knob}, 200)


def test_control_fails_where_the_target_is_missed():
    assert control.reaches("a", path(0.5, 0.25)).verdict == PASS
    assert control.reaches("a", path(0.5, 0.4)).verdict == FAIL
    assert control.powerless(path(0.01, 0.01)).verdict == PASS
    assert control.powerless(path(0.5, 0.25)).verdict == FAIL
    reach = {
        "beta": [seeds(0.0), seeds(4.0)],
        "e_high": [seeds(0.02), seeds(0.0)],
    }
    assert control.authority(reach).verdict == PASS
    strong = reach | {"e_high": [seeds(0.0), seeds(2.0)]}
    assert control.authority(strong).verdict == FAIL


def test_cycles_fail_where_integration_swings_more():
    calm, wild = path(0.5, 0.25, 0.1), path(0.5, 0.25, 0.9)
    found = {
        "beta, integral": calm,
        "beta, halving": wild,
        "e_high, factor (ADAPO)": path(0.01, 0.01),
    }
    reach = {"beta": [seeds(0.0), seeds(4.0)], "e_high": [seeds(0.0)] * 2}
    assert set(verdicts_of(control.verdicts(found, reach))) == {PASS}
    found |= {"beta, integral": wild, "beta, halving": calm}
    assert FAIL in verdicts_of(control.verdicts(found, reach))
    assert isinstance(calm, Response)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(SMOKES))
def test_experiments_on_policies_hold(name, tmp_path):
    verdicts = SMOKES[name].EXPERIMENT.run("smoke", tmp_path)
    assert [v for v in verdicts if v.verdict != PASS] == []
    assert (tmp_path / "figure.png").stat().st_size > 10_000
