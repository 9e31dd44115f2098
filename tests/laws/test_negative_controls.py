"""What must collapse collapses, and what is false is called so."""

import dataclasses

import numpy as np
import pytest
from support import READY, assert_identical, prepared_of, result_of

from retrain_sim.history import to_history, to_prediction
from retrain_sim.runner import predict
from retrain_sim.simulate import Simulation
from retrain_sim.verdicts import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    judge_claim,
    judge_prediction,
)

SHARE = "share/minority's"


def tribes(**settings):
    """Run the two tribes, changed, in the programs of the unchanged ones."""
    return result_of("two-tribes", **(READY["two-tribes"] | settings))


def test_a_single_voter_leaves_a_single_group():
    result = tribes(curation__voter_weights=[1.0, 0.0])
    for arm in result.arms:
        assert result.last(SHARE, arm)[0] == 1.0
        assert result.last("collapse/class_entropy", arm)[0] == 0.0
        assert result.last("collapse/groups_kept", arm)[0] == 1.0


def table(name, values):
    return {"name": name, "kind": "table", "values": values}


def test_two_identical_rewards_behave_as_one():
    """Every choice is the same, bit for bit, and so is the prediction."""
    taste = [10.0, 0.0]
    twice = tribes(reward=[table("a", taste), table("b", taste)])
    once = tribes(
        reward=[table("a", taste), table("b", [3.0, 3.0])],
        curation__voter_weights=[1.0, 0.0],
    )
    for metric in (SHARE, "collapse/class_entropy", "reward/a/mean"):
        assert_identical(twice.history[metric].values, once.history[metric].values)
    np.testing.assert_allclose(
        twice.prediction[SHARE].values, once.prediction[SHARE].values, rtol=1e-6
    )
    assert twice.last("selection/leakage", "K = 2")[0] == 0.0


def test_an_indifferent_electorate_does_not_collapse():
    result = tribes(reward=[table("a", [1.0, 1.0]), table("b", [0.0, 0.0])])
    for arm in result.arms:
        assert result.verdicts[arm].verdict == PASS
        assert result.predicted(SHARE, arm) == pytest.approx(0.5, rel=1e-6)
    assert result.claims[0].verdict == FAIL
    assert not result.holds


GAUSSIAN_CURATED = {
    "prediction": {"kind": "population-map"},
    "curation": {
        "kind": "k-choice",
        "voter_weights": [1.0],
        "slate_size": 4,
        "n_candidates": 200,
        "n_kept": 200,
    },
    "run__seeds": 8,
    "run__rounds": 3,
    "run__atoms": 500,
}


def test_a_gaussian_is_not_judged_by_the_population_map():
    """The verdict names the assumption that fails."""
    result = result_of("gaussian-decay", **GAUSSIAN_CURATED)
    verdict = result.verdicts["gaussian"]
    assert verdict.verdict == NOT_APPLICABLE
    assert "the fit is ideal" in verdict.reason
    assert "a Gaussian is not closed under curation" in verdict.reason
    broken = [a.text for a in result.audits["gaussian"] if a.holds is False]
    assert broken[0].startswith("the fit is ideal")


BIASED_COIN = {
    "reward": [table("heads", [3.0, 0.0])],
    "curation": {
        "kind": "k-choice",
        "voter_weights": [1.0],
        "n_candidates": 50,
        "n_kept": 50,
    },
}


@pytest.mark.parametrize(
    ("name", "settings", "reason"),
    [
        ("coin-drift", BIASED_COIN, "nothing is curated"),
        ("coin-drift", {"regime": {"kind": "real-share"}}, "replace the training set"),
        ("gaussian-decay", {"model__ddof": 1}, "a Gaussian with ddof = 0"),
    ],
)
def test_a_broken_assumption_is_named(name, settings, reason):
    prepared = prepared_of(name, run__rounds=2, **settings)
    for arm, audit in predict(prepared)[1].items():
        verdict = judge_prediction(arm, np.zeros(3), 0.0, 0.0, 0.1, audit)
        assert verdict.verdict == NOT_APPLICABLE
        assert reason in verdict.reason


def test_a_simulation_at_another_slate_size_fails():
    """Predicted at K = 2, simulated at K = 4."""
    prepared = prepared_of("two-tribes", **READY["two-tribes"])
    name = "K = 2"
    swapped = prepared.arms[name].at("curator.slate_size", 4)
    impostor = prepared._replace(arms={name: swapped})
    honest = prepared._replace(arms={name: prepared.arms[name]})
    outlooks, audits = predict(honest)
    expected = float(to_prediction(outlooks, honest)[SHARE][0, 1])
    for simulated, verdict in ((honest, PASS), (impostor, FAIL)):
        history = to_history(Simulation(simulated).run(), simulated)
        values = history[SHARE].sel(arm=name).values[:, 1]
        judged = judge_prediction(name, values, expected, 0.0, 0.005, audits[name])
        assert judged.verdict == verdict


def test_claims_fail_when_reversed():
    result = tribes()
    opposite = {"falls": "rises", "rises": "falls", "ordered": "ordered"}
    for claim, verdict in zip(result.spec.claims, result.claims, strict=True):
        assert verdict.verdict == PASS
        values = {
            arm: result.history[claim.metric].sel(arm=arm).values for arm in claim.arms
        }
        reverse = dataclasses.replace(
            claim, kind=opposite[claim.kind], arms=claim.arms[::-1]
        )
        assert judge_claim(reverse, values).verdict == FAIL
