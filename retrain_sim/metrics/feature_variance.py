"""Variance in the eyes of a classifier: over all samples, and inside the groups."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

from jaxtyping import PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component, filled
from retrain_sim.classifier import Classifier
from retrain_sim.metrics.spread import within_groups
from retrain_sim.metrics.weighted import mean_of


@component
class FeatureVariance:
    """Variance of a classifier's features, and the part of it inside the groups.

    With the features f(x) in R^h of a classifier trained on a split of its own, means
    over the h features: ``collapse/feature_variance`` of Var f, and
    ``collapse/intra_class_variance`` of sum_g s_g Var(f | group g), the shares s_g.
    Both >= 0, in squared units of the features; their difference is the variance
    between the groups. The plug-in estimates are low by about 1/n and g/n. They do not
    see what the classifier has learned to ignore, and depend on its training: compare
    runs of one classifier, or ratios to the real data's values.

    Args:
        classifier: filled in by ``prepare``.

    References:
        The feature and intra-class variances of Falahati et al., ICML 2026, arXiv
        2605.07724, whose scale it does not state.
    """

    needs_classifier: ClassVar[bool] = True

    classifier: Classifier = filled()

    def prepare(self, kit) -> FeatureVariance:
        """Attach the classifier, trained once for all who need it."""
        return dataclasses.replace(self, classifier=kit.classifier())

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure both variances."""
        seen = view._replace(x=self.classifier.features(view.x))
        square = ((seen.x - mean_of(*seen[:2])[None]) ** 2).mean(axis=1)
        inside = within_groups(seen, len(frame.group_names)) / seen.x.shape[1]
        return {
            "collapse/feature_variance": seen.weights @ square / seen.weights.sum(),
            "collapse/intra_class_variance": inside,
        }
