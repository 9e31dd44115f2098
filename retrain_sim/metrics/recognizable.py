"""How much of the output a classifier is sure about."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from jaxtyping import PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component, filled
from retrain_sim.classifier import Classifier


@component
class Recognizable:
    """Share of samples whose most probable class has at least ``threshold``.

    ``quality/recognizable`` in [0, 1]. It sees samples between the classes; it does
    not see samples that the classifier is confidently wrong about.

    Args:
        threshold: least probability of the most probable class, in (0, 1).
        classifier: filled in by ``prepare``.
    """

    needs_classifier: ClassVar[bool] = True

    threshold: float = 0.9
    classifier: Classifier = filled()

    def check(self):
        """Yield what is out of range."""
        if not 0 < self.threshold < 1:
            yield "threshold", f"must be between 0 and 1, got {self.threshold}"

    def prepare(self, kit) -> Recognizable:
        """Attach the classifier, trained once for all who need it."""
        return dataclasses.replace(self, classifier=kit.classifier())

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure the share."""
        sure = self.classifier.probabilities(view.x).max(axis=1) >= self.threshold
        return {"quality/recognizable": view.weights @ sure / view.weights.sum()}
