"""The class that a trained classifier finds most probable."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from retrain_sim.base import component, filled, static
from retrain_sim.classifier import Classifier


@component
class ByClassifier:
    """The most probable class, by the classifier that the rewards use too.

    Args:
        classifier: filled in by ``prepare``.
        names: the class names; taken from the data.
    """

    needs_classifier: ClassVar[bool] = True

    classifier: Classifier = filled()
    names: tuple[str, ...] = static(default=(), metadata={"setting": False})

    def prepare(self, kit) -> ByClassifier:
        """Attach the classifier, trained once for all who need it."""
        classifier = kit.classifier()
        return dataclasses.replace(self, classifier=classifier, names=kit.data.names)

    def __call__(self, x: Float[Array, "n d"], rewards: Array) -> Int[Array, " n"]:
        """Label vectors ``[n, d]``."""
        return self.classifier.probabilities(x).argmax(axis=1).astype(jnp.int32)
