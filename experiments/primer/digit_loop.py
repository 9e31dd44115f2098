"""Digits refitted to their own samples, round after round, under several policies.

The generator is one Gaussian per digit; what it draws has the label that was asked for.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from experiments.primer.digits import N_CLASSES, Images, split
from retrain_sim.dose.evaluation import accuracy
from retrain_sim.dose.learners import Linear, ridge_classifier
from retrain_sim.sampling import cumulative_weights, weighted_index

N, N_HAND, N_TEST, ROUNDS, L2 = 300, 700, 500, 20, 10.0
"""Images of a training set, real ones at hand, real ones to test on; rounds."""
COMMON = 5
"""Digits that the verifier knows: 0 .. 4."""


class Policy(NamedTuple):
    """What a round trains on beside the model's own images.

    Args:
        real: share of real images, of those at hand.
        anchor: share of another source, which has every digit.
        verified: 1 if only images that a verifier recognizes are kept, else 0.
    """

    real: float | Array = 0.0
    anchor: float | Array = 0.0
    verified: float | Array = 0.0


def generate(key: PRNGKeyArray, images: Images, n: int) -> Images:
    """Draw n images from one Gaussian per class, classes as common as they are.

    Sums of a class's centered images with normal factors have just its covariance.
    """
    key_label, key_factor = jax.random.split(key)
    y = images.y[jax.random.randint(key_label, (n,), 0, len(images.y))]
    same = (y[:, None] == images.y[None]).astype(jnp.float32)
    count = same.sum(axis=1, keepdims=True)
    factors = same * jax.random.normal(key_factor, same.shape) / jnp.sqrt(count)
    mixed = same / count + factors - factors.sum(axis=1, keepdims=True) * same / count
    return Images(mixed @ images.x, y)


def picked(key: PRNGKeyArray, images: Images, weights: Float[Array, " n"]) -> Images:
    """Draw a training set from weighted images."""
    return images.at(weighted_index(key, cumulative_weights(weights), N))


def loops(
    key: PRNGKeyArray, policies: dict[str, Policy], missing: int
) -> dict[str, Array]:
    """Run every policy from the same real images.

    Args:
        key: a PRNG key.
        policies: by name.
        missing: the last digits, so many, are not among the real images at hand.

    Returns:
        ``digits/<measure>/<policy>`` -> accuracies ``[ROUNDS]`` on real images of a
        learner trained on the last round's training set: ``all``, ``missing``,
        ``common`` and ``other`` digits.
    """
    key_split, key_start, key_rounds = jax.random.split(key, 3)
    hand, rest = split(key_split, N_HAND)
    test, anchor = rest.at(slice(N_TEST)), rest.at(slice(N_TEST, None))
    there = (hand.y < N_CLASSES - missing).astype(jnp.float32)
    start = picked(key_start, hand, there)
    known = there * (hand.y < COMMON)
    verifier = ridge_classifier(hand.x, hand.y, known, L2, N_CLASSES)

    def run(policy: Policy) -> dict[str, Array]:
        def step(images: Images, key: PRNGKeyArray) -> tuple[Images, dict[str, Array]]:
            seen = scores(images, test, missing)
            keys = jax.random.split(key, 4)
            made = generate(keys[0], images, 2 * N)
            kept = picked(keys[1], made, trusted(verifier, made, policy.verified))
            real = picked(keys[2], hand, there)
            outside = picked(keys[3], anchor, jnp.ones(len(anchor.y)))
            return mixed(policy, kept, real, outside), seen

        return jax.lax.scan(step, start, jax.random.split(key_rounds, ROUNDS))[1]

    stacked = jax.tree.map(lambda *leaves: jnp.array(leaves), *policies.values())
    found = jax.lax.map(run, stacked)
    return {
        f"digits/{measure}/{name}": values[i]
        for measure, values in found.items()
        for i, name in enumerate(policies)
    }


def trusted(
    verifier: Linear, made: Images, verified: float | Array
) -> Float[Array, " n"]:
    """Weigh images by whether the verifier sees the digit that they should be."""
    right = (verifier.classify(made.x) == made.y) & (made.y < COMMON)
    return jnp.where(right, 1.0, 1.0 - verified)


def mixed(policy: Policy, kept: Images, real: Images, outside: Images) -> Images:
    """Replace the first of the model's images by real ones, the last by an anchor's."""
    place = (jnp.arange(N) + 0.5) / N
    is_real, is_anchor = place < policy.real, place > 1 - policy.anchor

    def choose(own: Array, ours: Array, theirs: Array) -> Array:
        shape = (N,) + (1,) * (own.ndim - 1)
        first = jnp.where(is_real.reshape(shape), ours, own)
        return jnp.where(is_anchor.reshape(shape), theirs, first)

    return jax.tree.map(choose, kept, real, outside)


def scores(images: Images, test: Images, missing: int) -> dict[str, Array]:
    """Train a learner on images; score it on real ones, by kinds of digits."""
    learner = ridge_classifier(images.x, images.y, jnp.ones(N), L2, N_CLASSES)
    said, y = learner.classify(test.x), test.y
    gone, common = y >= N_CLASSES - missing, y < COMMON
    kinds = {"all": y >= 0, "missing": gone, "common": common,
             "other": ~gone & ~common}  # fmt: skip
    return {
        name: accuracy(said, y, kind.astype(jnp.float32))
        for name, kind in kinds.items()
    }
