"""A classifier for rewards and groups: trained once, on a split of its own."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import optax
from jax.typing import ArrayLike
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Params, component, static
from retrain_sim.models.convnet import ConvNet
from retrain_sim.models.networks import Perceptron
from retrain_sim.models.neural import in_chunks
from retrain_sim.models.training import train

WIDTH, STEPS, BATCH, RATE, DECAY, NOISE = 128, 1500, 128, 2e-3, 1e-2, 0.3
IMAGE_NOISE, IMAGE_SIDE, CHUNK = 0.1, 16, 1000
"""Convolutions from 16x16 pixels on, with less noise, on 1 000 images at a time."""


@component
class Classifier:
    """A network with a last hidden layer of 128, softmax on top.

    A perceptron with that layer alone; for images of 16x16 and more a small
    convolutional network.

    Args:
        params: of the network.
        n_classes: number of classes g.
        image_shape: rows, columns (and channels) of images; empty for vectors.
    """

    params: Params
    n_classes: int = static()
    image_shape: tuple[int, ...] = static(default=())

    def probabilities(self, x: Float[Array, "n d"]) -> Float[Array, "n g"]:
        """Return the class probabilities ``[n, g]`` of vectors ``[n, d]``."""

        def probabilities(x: Array) -> Array:
            return jax.nn.softmax(_logits(self, self.params, x))

        return in_chunks(probabilities, x, _rows_at_once(self, len(x)))

    def features(self, x: Float[Array, "n d"]) -> Float[Array, "n f"]:
        """Return the hidden layer ``[n, 128]``: the logits are linear in it."""
        if _convolves(self.image_shape):

            def features(x: Array) -> Any:
                return _network(self).apply(self.params, x, method="features")

            return in_chunks(features, x, CHUNK)
        first = Perceptron((WIDTH,))  # the same first layer; the last has no SiLU
        inner: Any = first.apply(self.params, x)
        return jax.nn.silu(inner)


def _convolves(image_shape: tuple[int, ...]) -> bool:
    return bool(image_shape) and min(image_shape[:2]) >= IMAGE_SIDE


def _rows_at_once(classifier: Classifier, n: int) -> int:
    return CHUNK if _convolves(classifier.image_shape) else max(n, 1)


def _network(classifier: Classifier) -> Perceptron | ConvNet:
    if _convolves(classifier.image_shape):
        return ConvNet(classifier.image_shape, WIDTH, classifier.n_classes)
    return Perceptron((WIDTH, classifier.n_classes))


def _logits(classifier: Classifier, params: Params, x: Array) -> Any:
    return _network(classifier).apply(params, x)


def train_classifier(
    key: PRNGKeyArray,
    x: Float[Array, "n d"],
    labels: Int[Array, " n"],
    n_classes: int,
    image_shape: tuple[int, ...] = (),
) -> Classifier:
    """Train by cross-entropy, on mini-batches with Gaussian noise added.

    Of sd 0.3, before convolutions of 0.1.

    Args:
        key: a PRNG key.
        x: training samples ``[n, d]``.
        labels: their classes ``[n]``.
        n_classes: number of classes g (static).
        image_shape: rows, columns (and channels) of images; empty for vectors.

    Returns:
        The classifier.
    """
    key_init, key_train = jax.random.split(key)
    blank = Classifier(None, n_classes, image_shape)
    sd = IMAGE_NOISE if _convolves(image_shape) else NOISE

    def loss(key: PRNGKeyArray, params: Params) -> Float[Array, ""]:
        key_batch, key_noise = jax.random.split(key)
        index = jax.random.randint(key_batch, (BATCH,), 0, len(x))
        noise = sd * jax.random.normal(key_noise, (BATCH, x.shape[1]))
        logits = _logits(blank, params, x[index] + noise)
        losses = optax.softmax_cross_entropy_with_integer_labels(logits, labels[index])
        return losses.mean()

    start = _network(blank).init(key_init, x[:1])
    params = train(key_train, start, loss, STEPS, RATE, DECAY)
    return dataclasses.replace(blank, params=params)


def accuracy(classifier: Classifier, x: ArrayLike, labels: ArrayLike) -> float:
    """Return the share of samples whose most probable class is their own."""
    found = classifier.probabilities(jnp.asarray(x)).argmax(axis=1)
    return float(jnp.mean(found == jnp.asarray(labels)))
