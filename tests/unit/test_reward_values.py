"""Rewards against their formulas, by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from retrain_sim import rewards
from retrain_sim.classifier import WIDTH, Classifier
from retrain_sim.models.networks import Perceptron
from retrain_sim.rewards.table import FEW


def f32(value):
    """Make a leaf as the registry does."""
    return np.asarray(value, np.float32)


POINTS = jnp.asarray([[0.0, 0.0], [1.0, 0.0], [0.0, 3.0], [-3.0, 4.0]])


@pytest.mark.parametrize(
    ("reward", "expected"),
    [
        (rewards.Linear(f32([2, -1])), [0, 2, -3, -10]),
        (rewards.Ball(f32([0, 0]), f32(1), f32(10)), [0, 0, -20, -40]),
        (rewards.JumpDisc(f32([0, 0]), f32(1), f32(1), f32(2)), [1, 1, -4, -8]),
        (
            rewards.JumpDisc(f32([0, 3]), f32(0), f32(5), f32(1)),
            [-3, -(10**0.5), 5, -(10**0.5)],
        ),
        (rewards.Distance(f32([0, 0]), f32(2), 2.0), [0, -2, -6, -10]),
        (rewards.Distance(f32([0, 0]), f32(1), 1), [0, -1, -3, -7]),
        (rewards.Distance(f32([0, 0]), f32(1), float("inf")), [0, -1, -3, -4]),
        (rewards.Region(f32([0, 0]), f32([1, 9]), (), f32(3)), [3, 3, 3, 0]),
        (
            rewards.Region(f32([-np.inf] * 2), f32([np.inf, 0]), (), f32(1)),
            [1, 1, 0, 0],
        ),
    ],
)
def test_scores_of_four_points(reward, expected):
    np.testing.assert_allclose(reward(POINTS), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("size", [1, FEW, FEW + 1])
def test_scores_of_few_letters_and_of_many(size):
    values = np.linspace(-1, 2, size, dtype=np.float32)
    letters = np.arange(2 * size) % size
    scores = rewards.Table(values)(jnp.asarray(letters, jnp.int32))
    np.testing.assert_array_equal(scores, values[letters])


def test_scores_of_letters_and_sequences():
    letters = jnp.asarray([0, 1, 2, 3], jnp.int32)
    region = rewards.Region(f32([]), f32([]), (1, 3), f32(2))
    np.testing.assert_array_equal(region(letters), [0, 2, 0, 2])
    sequences = jnp.asarray([[0, 1], [0, 2], [1, 1], [0, -1]], jnp.int32)
    begins = rewards.Region(f32([0, 0]), f32([0, np.inf]), (), f32(1))
    np.testing.assert_array_equal(begins(sequences), [1, 1, 0, 0])


def test_confidence_is_the_greatest_class_probability():
    params = Perceptron((WIDTH, 3)).init(jax.random.key(0), POINTS)
    classifier = Classifier(params, 3)
    confidence = rewards.Confidence(f32(4.0), classifier)(POINTS)
    each = [rewards.ClassProbability(i, f32(4.0), classifier)(POINTS) for i in range(3)]
    np.testing.assert_array_equal(confidence, np.max(each, axis=0))
