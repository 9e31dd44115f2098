"""How much a sample looks like one class, to a trained classifier."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from jaxtyping import Array, Float

from retrain_sim.base import component, filled, static
from retrain_sim.classifier import Classifier


@component
class ClassProbability:
    """r(x) = scale pi(label | x), pi a classifier trained on a split of its own.

    Args:
        label: the class, by its number among the data's class names.
        scale: the reward of certainty, > 0 (papers: gamma).
        classifier: filled in by ``prepare``.

    References:
        Ferbach et al., NeurIPS 2024, arXiv 2407.09499 (CIFAR-10, scale 5).
    """

    needs_classifier: ClassVar[bool] = True

    label: int = static()
    scale: float = 5.0
    classifier: Classifier = filled()

    def check(self):
        """Yield what is out of range."""
        if self.label < 0:
            yield "label", f"must be at least 0, got {self.label}"
        if not self.scale > 0:
            yield "scale", f"must be positive, got {self.scale}"

    def prepare(self, kit) -> ClassProbability:
        """Attach the classifier, trained once for all who need it."""
        classifier = kit.classifier()
        if self.label >= len(kit.data.names):
            kit.fail(
                "reward.label", f"{self.label}; allowed: {', '.join(kit.data.names)}"
            )
        return dataclasses.replace(self, classifier=classifier)

    def __call__(self, x: Float[Array, "n d"]) -> Float[Array, " n"]:
        """Score vectors ``[n, d]``, between 0 and ``scale``."""
        return self.scale * self.classifier.probabilities(x)[:, self.label]
