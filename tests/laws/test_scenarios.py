"""The ready scenarios say what their titles say: predictions and claims hold."""

import numpy as np
import pytest
from support import READY, ready_result, slow

from retrain_sim.verdicts import CLOSE, PASS

# Its pools are large: a run takes 14 seconds here.
CONDORCET = slow("condorcet")
SMALL = sorted(set(READY) - {"condorcet", "digits"})


@pytest.fixture(scope="module", params=[*SMALL, CONDORCET])
def result(request):
    return ready_result(request.param)


def test_simulation_and_prediction_agree(result):
    assert set(result.verdicts) == set(result.arms)
    for verdict in result.verdicts.values():
        assert verdict.verdict in (PASS, CLOSE), verdict


def test_every_claim_holds(result):
    assert result.claims
    assert [claim.verdict for claim in result.claims] == [PASS] * len(result.claims)
    assert result.holds


def test_no_assumption_fails(result):
    for audit in result.audits.values():
        assert [a.text for a in audit if a.holds is False] == []


def test_all_numbers_of_all_rounds_are_finite(result):
    assert (result.history["run/finite"].values == 1).all()
    for name in result.metric_names():
        assert np.isfinite(result.history[name].values).all()


@pytest.mark.parametrize("name", ["compromise", CONDORCET, "two-tribes"])
def test_every_metric_is_predicted_where_outcomes_are_listed(name):
    result = ready_result(name)
    assert set(result.metric_names()) <= set(map(str, result.prediction))


def test_the_minority_dies_at_k_2_and_lives_at_k_8():
    result = ready_result("two-tribes")
    share = "share/minority's"
    assert result.last(share, "K = 2")[0] < 1e-3
    assert result.last(share, "K = 8")[0] > 0.25


def test_a_compromise_takes_all_only_if_rewards_are_shallow():
    result = ready_result("compromise")
    share = "share/compromise"
    assert result.last(share, "shallow")[0] > 0.9
    assert result.last(share, "steep")[0] < 1e-3


@pytest.mark.slow
def test_cyclic_tastes_spiral_out_at_k_2_and_settle_at_k_3():
    result = ready_result("condorcet")
    entropy = "collapse/class_entropy"
    start, even = result.first(entropy, "K = 2"), np.log(3)
    assert result.last(entropy, "K = 2")[0] < start < result.last(entropy, "K = 3")[0]
    assert result.last(entropy, "K = 3")[0] == pytest.approx(even, rel=1e-3)
