"""Each stage is blamed in a scenario made so that it alone is at fault."""

import math
import re

import numpy as np
import pytest

from retrain_sim.theory import (
    count_chain,
    decompose,
    entropy_split,
    population_trajectory,
    two_plateau_round,
)

GAP = 6.0
TWO = [0.5, 0.5], [[GAP, 0.0], [0.0, GAP]], [0.5, 0.5]
SIZES = {"n_kept": 20, "n_rounds": 40, "n_seeds": 200}


def test_losses_add_up_to_the_loss_of_the_model():
    rng = np.random.default_rng(0)
    game = rng.dirichlet(np.ones(6)), rng.normal(size=(2, 6)), [0.3, 0.7]
    measured = np.linspace(1.0, 0.2, 41)
    parts = decompose(*game, 4, [0, 0, 1, 1, 2, 2], model_entropy=measured, **SIZES)
    start = entropy_split(game[0], [0, 0, 1, 1, 2, 2])[0]
    np.testing.assert_allclose(parts.losses.sum(axis=0), start - measured, atol=1e-13)
    np.testing.assert_array_equal(parts.group_entropy[3], measured)
    np.testing.assert_allclose(parts.losses[:3, 0], 0.0, rtol=0, atol=1e-13)
    limit = population_trajectory(*game, math.inf, 40)
    np.testing.assert_allclose(
        parts.group_entropy[0] + parts.within_entropy[0],
        -(limit * np.log(limit)).sum(axis=1),
        rtol=1e-12,
    )


def test_one_voter_loses_by_selection():
    parts = decompose(TWO[0], TWO[1], [1.0, 0.0], 64, [0, 1], **SIZES)
    selection, slates, drift = parts.losses[:, -1]
    assert selection > 0.99 * math.log(2)
    assert abs(slates) < 1e-6
    assert abs(drift) < 1e-6


def test_unequal_voters_lose_by_small_slates():
    parts = decompose(TWO[0], TWO[1], [0.3, 0.7], 2, [0, 1], **SIZES)
    selection, slates, drift = parts.losses[:, -1]
    assert selection == pytest.approx(
        math.log(2) + 0.3 * math.log(0.3) + 0.7 * math.log(0.7), rel=0.02, abs=0
    )
    assert slates > 0.55
    assert abs(drift) < 0.05


def test_equal_voters_lose_by_drift_alone_at_slates_of_two():
    parts = decompose(*TWO, 2, [0, 1], **SIZES)
    np.testing.assert_allclose(parts.losses[:2], 0.0, rtol=0, atol=1e-12)
    assert parts.losses[2, -1] > 0.4
    chain = count_chain(
        lambda a: two_plateau_round(a, 0.5, 2, *[math.exp(-GAP)] * 2), 20
    )
    law = (np.arange(21) == 10).astype(float)
    entropy, _ = entropy_split(chain.states / 20, [0, 1])
    for t in range(1, 41):
        law = law @ chain.transition
        wrong = abs(parts.group_entropy[2, t] - law @ entropy)
        assert wrong <= 4 * parts.drift_error[t]


def test_a_model_that_forgets_is_blamed():
    perfect = decompose(*TWO, math.inf, [0, 1], n_kept=10_000, n_rounds=5)
    forgets = perfect.group_entropy[2] * 0.5 ** np.arange(6)
    parts = decompose(
        *TWO, math.inf, [0, 1], n_kept=10_000, n_rounds=5, model_entropy=forgets
    )
    assert np.abs(parts.losses[:3]).max() < 1e-3
    np.testing.assert_allclose(parts.losses[3], math.log(2) - forgets, atol=1e-3)


def test_atoms_of_one_group_are_all_within():
    between, within = entropy_split(np.full((2, 4), 0.25), [3, 3, 3, 3])
    np.testing.assert_array_equal(between, 0.0)
    np.testing.assert_allclose(within, math.log(4), rtol=1e-15)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_seeds": 1}, "n_seeds is 1, allowed integers >= 2"),
        ({"model_entropy": [0.5]}, "model_entropy has shape (1,), allowed (3,)"),
        ({"model_entropy": [0.5, -0.1, 0.0]}, "model_entropy contains -0.1"),
        ({"groups": [0]}, "groups has shape (1,), allowed (2,) as probs"),
        ({"groups": [0.5, 1]}, "of integers"),
    ],
)
def test_wrong_arguments_are_named_in_one_line(change, message):
    good = {"groups": [0, 1], "n_kept": 2, "n_rounds": 2, "n_seeds": 2}
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        decompose(*TWO, 2, **good | change)
    assert "\n" not in str(caught.value)
