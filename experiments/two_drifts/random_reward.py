"""Policies rewarded at random: their laws by round, and the entropy they lose."""

from __future__ import annotations

from typing import NamedTuple

import jax
import numpy as np
from jaxtyping import Float

from retrain_sim.keys import key_for
from retrain_sim.loop import scan_rounds
from retrain_sim.policy.algorithm import Algorithm
from retrain_sim.policy.environments import RandomReward
from retrain_sim.policy.learner import Task, start_state, train_round
from retrain_sim.policy.optimizers import Sgd
from retrain_sim.policy.policies import Tabular
from retrain_sim.policy.theory import sampling_entropy_drift

GROUP = 16
RATE = 2.0
VARIANCE = 0.25 * GROUP / (GROUP - 1)
"""Of one RLOO advantage, rewards of 0 or 1 with equal chances."""


class Paths(NamedTuple):
    """What random rewards did.

    Attributes:
        entropy: H by seed and shown round, nats.
        predicted: H_0 plus the predicted drift of every round so far, by seed.
        rounds: the rounds shown.
        first: change of entropy in the first round, by seed.
    """

    entropy: Float[np.ndarray, "s r"]
    predicted: Float[np.ndarray, "s r"]
    rounds: np.ndarray
    first: Float[np.ndarray, " s"]


def task(n_arms: int, rate: float) -> Task:
    """Make strictly on-policy RLOO on rewards that are pure noise."""
    learns = Algorithm(group_size=GROUP, optimizer=Sgd(rate=rate))
    return Task(RandomReward(), Tabular(n_actions=n_arms, spread=0.0), learns)


def simulate(n_arms: int, n_rounds: int, n_seeds: int, every: int) -> Paths:
    """Train on random rewards from the uniform policy.

    Args:
        n_arms: K.
        n_rounds: policy-gradient steps.
        n_seeds: independent policies.
        every: rounds between those shown.

    Returns:
        Entropy, and what the drift predicts along the same paths.
    """
    made = task(n_arms, RATE)

    def one(key):
        state = start_state(key, made)
        return scan_rounds(
            key,
            lambda key, state: (train_round(key, state, made)[0], ()),
            state,
            n_rounds,
            lambda key, state: jax.nn.softmax(state.params.ravel()),
        ).rows

    keys = jax.vmap(lambda seed: key_for("two-drifts", seed))(np.arange(n_seeds))
    laws = np.asarray(jax.jit(jax.vmap(one))(keys), np.float64)
    laws /= laws.sum(axis=-1, keepdims=True)
    return _paths(laws, every)


def _paths(laws: Float[np.ndarray, "s rows n"], every: int) -> Paths:
    at = np.arange(0, laws.shape[1], every)
    start = _entropy(laws[:, :2])
    laws = laws[:, at]
    entropy = _entropy(laws)
    drift = np.apply_along_axis(
        lambda law: sampling_entropy_drift(law, RATE, GROUP, VARIANCE), -1, laws
    )
    # The drift changes slowly: trapezoids between the rounds shown.
    steps = every * (drift[:, 1:] + drift[:, :-1]) / 2
    lost = np.pad(np.cumsum(steps, axis=1), ((0, 0), (1, 0)))
    return Paths(entropy, entropy[:, :1] + lost, at, start[:, 1] - start[:, 0])


def _entropy(laws: Float[np.ndarray, "s r n"]) -> Float[np.ndarray, "s r"]:
    return -(laws * np.log(np.maximum(laws, 1e-300))).sum(axis=-1)
