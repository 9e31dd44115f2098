"""A classifier for rewards and groups: trained once, on a split of its own."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import optax
from jax.typing import ArrayLike
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Params, component, static
from retrain_sim.models.networks import Perceptron, train

WIDTH, STEPS, BATCH, RATE, DECAY, NOISE = 128, 1500, 128, 2e-3, 1e-2, 0.3


@component
class Classifier:
    """A perceptron with one hidden layer of 128, softmax on top.

    Args:
        params: of the network.
        n_classes: number of classes g.
    """

    params: Params
    n_classes: int = static()

    def probabilities(self, x: Float[Array, "n d"]) -> Float[Array, "n g"]:
        """Return the class probabilities ``[n, g]`` of vectors ``[n, d]``."""
        return jax.nn.softmax(_logits(self.n_classes, self.params, x))

    def features(self, x: Float[Array, "n d"]) -> Float[Array, "n f"]:
        """Return the hidden layer ``[n, 128]``: the logits are linear in it."""
        first = Perceptron((WIDTH,))  # the same first layer; the last has no SiLU
        inner: Any = first.apply(self.params, x)
        return jax.nn.silu(inner)


def _network(n_classes: int) -> Perceptron:
    return Perceptron((WIDTH, n_classes))


def _logits(n_classes: int, params: Params, x: Array) -> Any:
    return _network(n_classes).apply(params, x)


def train_classifier(
    key: PRNGKeyArray,
    x: Float[Array, "n d"],
    labels: Int[Array, " n"],
    n_classes: int,
) -> Classifier:
    """Train by cross-entropy, on mini-batches with Gaussian noise of sd 0.3 added.

    Args:
        key: a PRNG key.
        x: training samples ``[n, d]``.
        labels: their classes ``[n]``.
        n_classes: number of classes g (static).

    Returns:
        The classifier.
    """
    key_init, key_train = jax.random.split(key)

    def loss(key: PRNGKeyArray, params: Params) -> Float[Array, ""]:
        key_batch, key_noise = jax.random.split(key)
        index = jax.random.randint(key_batch, (BATCH,), 0, len(x))
        noise = NOISE * jax.random.normal(key_noise, (BATCH, x.shape[1]))
        logits = _logits(n_classes, params, x[index] + noise)
        losses = optax.softmax_cross_entropy_with_integer_labels(logits, labels[index])
        return losses.mean()

    start = _network(n_classes).init(key_init, x[:1])
    return Classifier(train(key_train, start, loss, STEPS, RATE, DECAY), n_classes)


def accuracy(classifier: Classifier, x: ArrayLike, labels: ArrayLike) -> float:
    """Return the share of samples whose most probable class is their own."""
    found = classifier.probabilities(jnp.asarray(x)).argmax(axis=1)
    return float(jnp.mean(found == jnp.asarray(labels)))
