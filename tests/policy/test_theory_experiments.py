"""The verdicts of the experiments on policy theory can fail."""

import numpy as np
import pytest

from experiments.curation_step import judge as step
from experiments.entropy_formula import judge as formula
from experiments.entropy_formula.features import pairs, tabular_errors
from experiments.rounded_ratios import judge as ratios
from experiments.rounded_ratios.mechanism import Errors, measure
from experiments.sequence_policies import judge as sequences
from experiments.surviving_modes import judge as modes
from experiments.two_drifts import judge as drifts
from experiments.two_drifts.random_reward import Paths
from retrain_sim.policy.entropy_audit import StepAudit
from retrain_sim.policy.theory import (
    Survival,
    curated_policy,
    noisy_ratio_bias,
    sampling_entropy_drift,
)
from retrain_sim.verdicts import FAIL, PASS

RNG = np.random.default_rng(0)


def around(mean, spread=0.1, n=64):
    """Return values with exactly this mean."""
    noise = RNG.normal(size=n)
    return mean + spread * (noise - noise.mean())


def test_survivors_fail_far_from_the_mean_field(monkeypatch):
    monkeypatch.setattr(modes, "values_of", lambda *_: around(8.5)[:, None])
    near, far = (Survival(np.array([x]), np.array([2.0])) for x in (8.4, 6.0))
    assert modes.survivors(None, 0.2, near).verdict != FAIL
    assert modes.survivors(None, 0.2, far).verdict == FAIL
    assert modes.most(None).verdict == PASS
    assert modes.control(None, far).verdict == PASS
    assert modes.control(None, near).verdict == FAIL


def a_case(measured):
    probs, weights = np.array([0.6, 0.3, 0.1]), np.array([1.0, 2.0, 1.5])
    return step.Case("0.1", probs, weights, -0.1, -0.09, -0.001, measured)


def test_the_curated_loop_fails_without_its_drift():
    assert step.in_the_loop(a_case(around(-0.101, 1e-4))).verdict == PASS
    assert step.in_the_loop(a_case(around(-0.1, 1e-4))).verdict == FAIL


def test_a_refit_that_is_no_step_fails(monkeypatch):
    cases = {"0.1": a_case(around(0.0))}
    assert step.is_a_step(cases).verdict == PASS
    wrong = lambda probs, weights: curated_policy(probs, weights**1.01)  # noqa: E731
    monkeypatch.setattr(step, "curated_policy", wrong)
    assert step.is_a_step(cases).verdict == FAIL


def drifting(rate):
    """Make paths that fall as predicted, but ``rate`` times as fast."""
    at = np.arange(0, 300, 10)
    lost = np.outer(np.ones(40), -1e-3 * at)
    noise = np.cumsum(RNG.normal(size=lost.shape), axis=1) * 1e-3
    noise -= noise.mean(axis=0)
    first = around(rate * FIRST, 1e-4, n=40)
    return Paths(3.4 + rate * lost + noise, 3.4 + lost, at, first)


FIRST = sampling_entropy_drift(
    np.full(drifts.K, 1 / drifts.K), drifts.RATE, drifts.GROUP, drifts.VARIANCE
)


def test_drift_fails_at_another_rate():
    right, slow = drifting(1.0), drifting(0.5)
    for verdict in (drifts.rewards, drifts.first_step):
        assert verdict(right).verdict == PASS
        assert verdict(slow).verdict == FAIL
    assert drifts.control(right).verdict == PASS
    assert drifts.control(slow).verdict == FAIL


def audits(signs):
    actual = RNG.normal(size=1000)
    flipped = np.where(RNG.random(1000) < signs, 1, -1)
    return StepAudit(actual, actual, actual * flipped)


def test_the_diagonal_fails_where_its_signs_are_wrong():
    good = {"a, 1 state": audits(0.95), "a, 32 states": audits(0.7)}
    assert formula.one_state(good).verdict == PASS
    assert formula.many_states(good).verdict == PASS
    assert formula.shared_is_worse(good).verdict == PASS
    assert formula.first_order(good).verdict == PASS
    bad = {"a, 1 state": audits(0.7), "a, 32 states": audits(0.5)}
    assert formula.one_state(bad).verdict == FAIL
    assert formula.many_states(bad).verdict == FAIL
    swapped = {"a, 1 state": bad["a, 1 state"], "a, 32 states": audits(0.95)}
    assert formula.shared_is_worse(swapped).verdict == FAIL
    wrong = {"a, 1 state": audits(0.95)._replace(first_order=RNG.normal(size=1000))}
    assert formula.first_order(wrong).verdict == FAIL
    assert formula.centered({"tabular": audits(0.9)}).verdict == FAIL


def test_forms_are_exact_at_small_steps_only():
    assert formula.tabular(tabular_errors(1e-3, 20), 1e-3).verdict == PASS
    assert formula.tabular(tabular_errors(1.0, 20), 1.0).verdict == FAIL


def test_the_control_of_the_formula_fails_if_advantages_are_centered(monkeypatch):
    assert formula.control(60).verdict == PASS
    centered = lambda dim, n, shift: pairs(dim, n)  # noqa: E731
    monkeypatch.setattr(formula, "pairs", centered)
    assert formula.control(60).verdict == FAIL


def test_biased_ratios_are_told_from_unbiased_ones():
    sd = 0.1
    law = noisy_ratio_bias(sd)
    assert ratios.upward(around(law, law / 10), sd, True).verdict == PASS
    assert ratios.upward(around(0.0, law / 10), sd, True).verdict == FAIL
    assert ratios.upward(around(law, 10 * law), sd, True).verdict == FAIL

    def found(bias):
        made = Errors(bias, sd, np.full(4, sd), 0.1)
        return {(stage, "bfloat16"): made for stage in ratios.NORMALIZED}

    for bias, verdict in [(0.0, PASS), (law, FAIL)]:
        judged = ratios.renormalized(found(around(bias, law / 10)))
        assert {v.verdict for v in judged} == {verdict}


def test_rounding_one_stage_is_measured():
    found = {
        ("log-softmax", f): measure("log-softmax", f, n_prompts=16)
        for f in ("bfloat16", "float16")
    }
    for verdict in (ratios.spacing, ratios.rare, ratios.formats, ratios.no_clip):
        assert verdict(found).verdict == PASS
    coarse = found["log-softmax", "bfloat16"]
    same = dict.fromkeys(found, coarse)
    assert ratios.formats(same).verdict == FAIL
    finer = coarse._replace(sd=coarse.sd / 4)
    assert ratios.shifted(finer, coarse, finer._replace(sd=0.0)).verdict == PASS
    assert ratios.shifted(coarse, coarse, finer).verdict == FAIL
    assert ratios.shifted(finer, coarse, coarse).verdict == FAIL
    flat = coarse._replace(by_bin=np.full(4, coarse.sd), greatest=1.0)
    same = {("log-softmax", "bfloat16"): flat}
    for verdict in (ratios.spacing, ratios.rare, ratios.no_clip):
        assert verdict(same).verdict == FAIL


def test_a_bias_that_acts_through_the_gradient_fails():
    ends = {"float32": around(2.3), "bias 0.005": around(1.1)}
    ends |= {"bias 0.005, clip only": around(1.2), "noise 5 %": around(2.0)}
    ends |= {"noise 5 %, clip only": around(2.3), "bfloat16 ratio": around(2.29)}
    ends |= {"RLOO, on-policy": around(2.95)}
    ends |= {"RLOO, on-policy, bias 0.005": around(2.94)}
    assert ratios.without_a_clip(ends).verdict == PASS
    assert ratios.through_the_clip(ends).verdict == PASS
    assert [v.verdict for v in ratios.noise(ends)] == [PASS, PASS]
    assert ratios.single_stages(ends).verdict == PASS
    other = ends | {"bias 0.005, clip only": around(2.2)}
    other |= {"noise 5 %, clip only": around(2.0), "bfloat16 ratio": around(1.5)}
    other |= {"RLOO, on-policy, bias 0.005": around(2.8)}
    assert ratios.without_a_clip(other).verdict == FAIL
    assert ratios.through_the_clip(other).verdict == FAIL
    assert ratios.noise(other)[0].verdict == FAIL
    assert ratios.single_stages(other).verdict == FAIL


def rows(**ends):
    """Make arms whose metrics end (and stay) at a value, seed by seed."""
    names = ("entropy", "pass@1", "distinct", "shift_pass@16", "calls_that_work")
    return {
        f"policy/{name}": around(ends[name])[:, None].repeat(30, 1)
        for name in ends
        if name in names
    }


def test_orderings_of_token_policies_can_fail():
    low = {"entropy": 0.1, "pass@1": 0.9, "distinct": 1.0, "shift_pass@16": 0.3}
    high = {"entropy": 3.0, "pass@1": 0.6, "distinct": 4.0, "shift_pass@16": 0.6}
    middle = low | {"entropy": 1.0}
    made = {
        "GRPO": rows(**low),
        sequences.RLOO: rows(**middle),
        sequences.REPO: rows(**high),
        sequences.OPPOSITE: rows(**low),
    }
    assert sequences.all_learn(made).verdict == PASS
    assert sequences.collapse(made).verdict == PASS
    assert sequences.control(made).verdict == PASS
    assert {v.verdict for v in sequences.solutions(made)} == {PASS}
    turned = made | {"GRPO": made[sequences.REPO], sequences.REPO: made["GRPO"]}
    turned[sequences.OPPOSITE] = rows(**high)
    assert sequences.collapse(turned).verdict == FAIL
    assert sequences.control(turned).verdict == FAIL
    assert {v.verdict for v in sequences.solutions(turned)} == {FAIL}
    idle = made | {"GRPO": rows(**(low | {"pass@1": 0.1}))}
    assert sequences.all_learn(idle).verdict == FAIL


SMOKE = [
    "curation_step",
    "entropy_formula",
    "rounded_ratios",
    "sequence_policies",
    "surviving_modes",
    "two_drifts",
]


@pytest.mark.slow
@pytest.mark.parametrize("name", SMOKE)
def test_experiments_on_policies_hold(name, tmp_path):
    module = __import__(f"experiments.{name}", fromlist=["EXPERIMENT"])
    verdicts = module.EXPERIMENT.run("smoke", tmp_path)
    assert [v for v in verdicts if v.verdict == FAIL] == []
    assert any(v.subject.startswith("control") for v in verdicts) or name.startswith(
        "rounded"
    )
    assert (tmp_path / "figure.png").stat().st_size > 10_000
