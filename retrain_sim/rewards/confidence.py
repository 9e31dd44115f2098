"""How sure a trained classifier is, whatever the class."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from jaxtyping import Array, Float

from retrain_sim.base import component, filled
from retrain_sim.classifier import Classifier
from retrain_sim.ranges import positive


@component
class Confidence:
    """r(x) = scale max_i pi_i(x), pi a classifier trained on a split of its own.

    Args:
        scale: the reward of certainty, > 0 (papers: gamma).
        classifier: filled in by ``prepare``.

    References:
        Ferbach, Bertrand, Bose, Gidel, "Self-Consuming Generative Models with Curated
        Data Provably Optimize Human Preferences", NeurIPS 2024, arXiv 2407.09499.
    """

    needs_classifier: ClassVar[bool] = True

    scale: float = 15.0
    classifier: Classifier = filled()

    def check(self):
        """Yield what is out of range."""
        yield from positive(self, "scale")

    def prepare(self, kit) -> Confidence:
        """Attach the classifier, trained once for all who need it."""
        return dataclasses.replace(self, classifier=kit.classifier())

    def __call__(self, x: Float[Array, "n d"]) -> Float[Array, " n"]:
        """Score vectors ``[n, d]``, between ``scale / g`` and ``scale``."""
        return self.scale * self.classifier.probabilities(x).max(axis=1)
