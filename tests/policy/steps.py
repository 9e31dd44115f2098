"""Policy-gradient steps taken in full, for theory to be compared with; float64."""

import numpy as np

from retrain_sim.policy.theory import entropy


def softmax(logits):
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def entropies(probs):
    """Return H [...] of distributions [..., n]."""
    return -np.sum(probs * np.log(np.where(probs > 0, probs, 1.0)), axis=-1)


def measured(logits, direction, step_size):
    """Take one step on the logits, and return the change of entropy."""
    after = softmax(logits + step_size * direction)
    return entropy(after) - entropy(softmax(logits))


def random_policy(n, seed=0):
    """Return logits [n], probabilities and a centered advantage."""
    rng = np.random.default_rng(seed)
    logits, advantage = rng.normal(size=(2, n))
    probs = softmax(logits)
    return logits, probs, advantage - probs @ advantage


def assert_second_order(change, predicted, step_sizes=(3e-3, 1e-3, 3e-4)):
    """Insist that residual / eta^2 tends to a constant: the first order is exact."""
    rests = [(change(eta) - eta * predicted) / eta**2 for eta in step_sizes]
    np.testing.assert_allclose(rests[1:], rests[0], rtol=0.05, atol=1e-7)
    slope = (4 * change(step_sizes[0] / 2) - change(step_sizes[0])) / step_sizes[0]
    assert abs(slope / predicted - 1) < 1e-3
