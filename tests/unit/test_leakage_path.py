"""What leaks between voters: measured, and predicted by the population map."""

import numpy as np
import pytest
from support import assert_mean, ready_result

from retrain_sim.predictions.leakage import leakage_path


@pytest.fixture(scope="module")
def result():
    return ready_result("two-tribes")


def measured(result, arm):
    return result.history["selection/leakage"].sel(arm=arm).values


def test_the_metric_follows_its_prediction(result):
    """The model is exact: only finite pools separate the first rounds."""
    for arm in result.arms:
        path = leakage_path(result.theory[arm].game, result.spec.run.rounds)
        assert_mean(measured(result, arm)[:, 0], path[0])


def test_another_game_leaks_otherwise(result):
    game = result.theory["K = 8"].game
    other = leakage_path(game._replace(slate_size=7.0), 1)[0]
    with pytest.raises(AssertionError):
        assert_mean(measured(result, "K = 8")[:, 0], other)


def test_one_voter_leaks_nothing(result):
    game = result.theory["K = 8"].game
    alone = game._replace(
        rewards=game.rewards[:1], weights=np.ones(1), voters=game.voters[:1]
    )
    np.testing.assert_array_equal(leakage_path(alone, 3), 0)


def test_by_hand():
    """Slates of two, hard taste: a voter keeps the wrong outcome iff both are."""
    game = ready_result("two-tribes").theory["K = 2"].game
    hard = game._replace(rewards=np.array([[60.0, 0.0], [0.0, 60.0]]))
    q, p = hard.weights, hard.probs
    expected = q[0] * p[1] ** 2 + q[1] * p[0] ** 2
    assert leakage_path(hard, 1)[0] == pytest.approx(expected, abs=1e-9)
