"""Whether p_0 draws images like the real ones, or is too weak to conclude from."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from retrain_sim.classifier import Classifier
from retrain_sim.data.dataset import Dataset
from retrain_sim.metrics.frechet import frechet_distance

SURE = 0.9
"""Least probability of the most probable class of a recognized image."""

LEAST_RECOGNIZED = 0.8
"""Of the share of real images that is recognized: a model below it is too weak."""


class Quality(NamedTuple):
    """How good the images of p_0 are, in the eyes of the run's classifier.

    ``recognized``, ``real_recognized``: shares in [0, 1] of p_0's images and of
    held-out real ones whose most probable class has probability 0.9 or more.
    ``frechet``, ``floor``: Frechet distances of the classifier's features to held-out
    real images, of p_0 and of the real images that it was fitted to. ``limit``: that
    of these real images without one of their classes, the median over the classes.
    """

    recognized: float
    real_recognized: float
    frechet: float
    floor: float
    limit: float


def measure_quality(
    classifier: Classifier, x: Float[Array, "n d"], real: Dataset, reference: Dataset
) -> Quality:
    """Compare images of p_0 with real ones.

    Args:
        classifier: trained on real images that are in neither data set.
        x: images of p_0.
        real: images that p_0 was fitted to, with their labels.
        reference: held-out images.

    Returns:
        The numbers, with the bias of the metrics ``frechet`` and ``recognizable``.
    """
    labels = jnp.asarray(np.asarray(real.labels))
    pictures = (x, jnp.asarray(real.x), jnp.asarray(reference.x))
    return Quality(*map(float, _numbers(classifier, labels, *pictures)))


@jax.jit
def _numbers(
    classifier: Classifier,
    labels: Int[Array, " q"],
    x: Float[Array, "n d"],
    real: Float[Array, "q d"],
    reference: Float[Array, "r d"],
) -> tuple[Array, ...]:
    """Compute the fields of ``Quality``, in their order."""
    held_out = (classifier.features(reference), jnp.ones(len(reference)))
    features = classifier.features(real)

    def distance(features: Array, weights: Array) -> Array:
        return frechet_distance((features, weights), held_out)

    def without(group: Array) -> Array:
        return distance(features, (labels != group) * 1.0)

    classes = jnp.arange(classifier.n_classes)
    return (
        _recognized(classifier, x),
        _recognized(classifier, reference),
        distance(classifier.features(x), jnp.ones(len(x))),
        distance(features, jnp.ones(len(real))),
        jnp.median(jax.lax.map(without, classes)),
    )


def _recognized(classifier: Classifier, x: Array) -> Float[Array, ""]:
    return (classifier.probabilities(x).max(axis=1) >= SURE).mean()


def describe_quality(quality: Quality) -> str:
    """State the numbers in one line.

    Example:
        >>> describe_quality(Quality(0.9, 0.95, 2.0, 1.0, 3.0))
        'p_0: 90 % recognized (real 95 %), Frechet distance 2 (real 1)'
    """
    own, real = (100 * share for share in quality[:2])
    distances = f"{quality.frechet:.3g} (real {quality.floor:.3g})"
    return (
        f"p_0: {own:.0f} % recognized (real {real:.0f} %), Frechet distance {distances}"
    )


def shortcomings(quality: Quality) -> list[str]:
    """Say why p_0 is too weak for conclusions about classes; nothing if it is not.

    It is too weak if the classifier recognizes less than 80 % of the share of real
    images that it recognizes, or if p_0 is farther from held-out real images than real
    images that lack a whole class (derived here: what a run says of lost classes would
    then be less than what p_0 lost before the first round).

    Example:
        >>> shortcomings(Quality(0.9, 0.95, 2.0, 1.0, 3.0))
        []
        >>> len(shortcomings(Quality(0.1, 0.95, 9.0, 1.0, 3.0)))
        2
    """
    found, q = [], quality
    least = LEAST_RECOGNIZED * q.real_recognized
    if not q.recognized >= least:
        found.append(
            f"the model is too weak: {100 * q.recognized:.0f} % of p_0's images are "
            f"recognized, at least {100 * least:.0f} % are needed"
        )
    if not q.frechet <= q.limit:
        found.append(
            f"the model is too weak: p_0's Frechet distance is {q.frechet:.3g}, "
            f"that of real images without one of their classes {q.limit:.3g}"
        )
    return found
