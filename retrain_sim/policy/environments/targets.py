"""A few target strings, some of which the policy has read before."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Params, Rows
from retrain_sim.component import component, static
from retrain_sim.policy.base import Policy
from retrain_sim.policy.environments.sequences import Sequences, sampling_faults
from retrain_sim.policy.generation import generate
from retrain_sim.policy.laws import log_likelihoods
from retrain_sim.policy.pretraining import read
from retrain_sim.policy.sampled_measures import Attempts
from retrain_sim.policy.solutions import coverage
from retrain_sim.ranges import at_least, positive


@component
class Targets(Sequences):
    """Write one of some strings, after reading them among others that pay nothing.

    A policy starts from a maximum-likelihood fit to a corpus of all these strings,
    which are drawn once; how common each is, is drawn anew in every run. So it starts
    peaked, and some targets are out of its sight from the beginning.

    Args:
        n_actions: the vocabulary V, >= 2.
        length: tokens T of a string, >= 1.
        n_contexts: prompts, each with strings of its own; one group of rollouts each.
        n_targets: strings of a prompt that pay 1, >= 1.
        n_others: strings of the corpus that pay nothing, >= 0; with the targets at
            most half of all V^T strings.
        seed: of the strings, >= 0; the same in all runs.
        peakedness: standard deviation of the logarithm of a string's weight in the
            corpus, >= 0; at 0 all are equally common.
        reading_steps: of the fit, full-batch Adam; 0 starts from a random policy.
        reading_rate: of the fit, > 0.
        n_measured: rollouts per prompt that metrics are taken from.
        k: of pass@k, at most ``n_measured``.
        keep: probability that a target survives the shift of shift-pass@k.
    """

    n_actions: int = static(default=12)
    length: int = static(default=4)
    n_contexts: int = static(default=1)
    n_targets: int = static(default=12)
    n_others: int = static(default=12)
    seed: int = static(default=0)
    peakedness: float = 1.5
    reading_steps: int = static(default=300)
    reading_rate: float = 0.02
    n_measured: int = static(default=64)
    k: int = static(default=16)
    keep: float = 0.3

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, n_actions=2, length=1, n_targets=1, n_others=0)
        yield from at_least(self, seed=0, peakedness=0, reading_steps=0)
        yield from positive(self, "reading_rate")
        yield from sampling_faults(self)
        n_strings = self.n_actions**self.length
        if 2 * (self.n_targets + self.n_others) > n_strings:
            most = f"half of the {n_strings} strings there are"
            yield "n_targets", f"with n_others at most {most}, got {self.n_targets}"

    @property
    def greatest_entropy(self) -> float:
        """Entropy of the most varied perfect policy, in nats per token: log |S| / T."""
        return math.log(self.n_targets) / self.length

    @property
    def corpus(self) -> Int[np.ndarray, "c n t"]:
        """Every string of every prompt, the targets first; no string twice."""
        random = np.random.default_rng(self.seed)
        sizes = self.n_targets + self.n_others, self.length
        return np.stack(
            [_different(random, *sizes, self.n_actions) for _ in range(self.n_contexts)]
        )

    def pretrained(self, key: PRNGKeyArray, policy: Policy) -> Params:
        """Draw a policy and let it read the corpus."""
        key_init, key_weights = jax.random.split(key)
        corpus = jnp.asarray(self.corpus)
        size = self.peakedness * jax.random.normal(key_weights, corpus.shape[:2])
        weights = jax.nn.softmax(size) / self.n_contexts
        start = policy.init(key_init)
        return read(
            policy, start, corpus, weights, self.reading_steps, self.reading_rate
        )

    def _attempt(
        self, key: PRNGKeyArray, policy: Policy, params: Params, n: int
    ) -> Attempts:
        """Draw strings; the targets are right, each a solution of its own."""
        prompts = jnp.arange(self.n_contexts)
        drawn = generate(key, policy, params, prompts, n, self.length)
        targets = jnp.asarray(self.corpus)[:, None, : self.n_targets]
        same = (drawn.actions[:, :, None] == targets).all(axis=-1)
        right = same.any(axis=-1).astype(jnp.float32)
        return Attempts(prompts, drawn, right, same.argmax(axis=-1))

    def _further(self, attempts: Attempts, policy: Policy, params: Params) -> Rows:
        """Measure exactly the chance of a target, and the share of them in use."""
        chances = jnp.exp(self.log_chances(policy, params))
        return {
            "policy/exact_pass@1": chances.sum(axis=1).mean(),
            "policy/coverage": coverage(chances).mean(),
        }

    def log_chances(self, policy: Policy, params: Params) -> Float[Array, "c n"]:
        """Return log pi of every target of every prompt, exactly."""
        targets = jnp.asarray(self.corpus)[:, : self.n_targets]
        return log_likelihoods(policy, params, jnp.arange(self.n_contexts), targets)


def _different(
    random: np.random.Generator, n: int, length: int, n_actions: int
) -> Int[np.ndarray, "n t"]:
    """Draw n different strings."""
    found: dict[tuple[int, ...], None] = {}
    while len(found) < n:
        found[tuple(random.integers(0, n_actions, length).tolist())] = None
    return np.array(list(found), np.int32)
