"""The kit: what components may ask for while they prepare themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from retrain_sim.base import Samples
from retrain_sim.cache import cached
from retrain_sim.classifier import Classifier, accuracy, train_classifier
from retrain_sim.data.dataset import Dataset
from retrain_sim.errors import UserError, first_line
from retrain_sim.keys import key_for
from retrain_sim.registry import build
from retrain_sim.spec import (
    Spec,
    build_metric,
    build_reward,
    metric_names,
    reward_names,
)


class Splits(NamedTuple):
    """Disjoint parts of the real data; the same whole one if the law is known."""

    model: Dataset
    classifier: Dataset
    reference: Dataset


class Kit:
    """What components may ask for while they prepare themselves."""

    def __init__(self, spec: Spec, report: Callable[[str], None]):
        self.seed, self.n_rounds = spec.run.seed, spec.run.rounds
        rng = np.random.default_rng(spec.run.seed)
        self.report = report
        self.reward_names = reward_names(spec)
        kind = build("data", spec.values["data"], "data")
        self.data: Dataset = kind.load(rng)
        self.source = self.data.source
        self.needs_classifier = _needs_classifier(spec)
        self.splits = split(self.data, rng, self.needs_classifier)
        self.notes = _split_notes(self.splits, self.data.exact, self.needs_classifier)
        if self.data.origin:
            self.notes["origin"] = self.data.origin
        self.atom_rewards: Float[Array, "m n"] | None = None
        self.fitted: tuple[Any, Any] | None = None
        self._classifier: Classifier | None = None

    def fail(self, where: str, message: str) -> NoReturn:
        """Refuse the scenario with one clear line."""
        raise UserError(f"{where}: {message}")

    def need(self, outcomes: str, where: str, kind: str) -> None:
        """Refuse data other than letters, sequences or vectors, as a kind needs."""
        found = self.data.outcomes
        if found != outcomes:
            self.fail(where, f"{kind} needs {outcomes}, not {found}")

    def check_point(self, where: str, point: Sequence[float] | np.ndarray) -> None:
        """Refuse a point that has not as many coordinates as the data."""
        if self.data.outcomes == "letters":
            self.fail(where, f"{len(point)} coordinates, but the data are letters")
        shape = self.data.x.shape[1:]
        if np.shape(point) != shape:
            self.fail(where, f"{len(point)} coordinates, data {shape}")

    def classifier(self) -> Classifier:
        """Train the classifier, once; refuse one that is no better than chance."""
        if self._classifier is None:
            self._classifier = self._train_classifier()
        return self._classifier

    def _train_classifier(self) -> Classifier:
        part, held_out = self.splits.classifier, self.splits.reference
        n_classes = len(self.data.names)
        unlabeled = part.labels is None or held_out.labels is None
        if unlabeled or n_classes < 2 or self.data.outcomes != "vectors":
            self.fail("data", "a classifier needs vectors with two classes or more")
        self.report("training the classifier")
        shape = tuple(self.data.image_shape or ())
        made = cached(
            "classifier",
            (part.x, part.labels, held_out.x[:1]),
            lambda: train_classifier(
                key_for("classifier", self.seed),
                jnp.asarray(part.x),
                jnp.asarray(part.labels),
                n_classes,
                shape,
            ),
            settings=(n_classes, self.seed, shape),
        )
        found = accuracy(made, held_out.x, np.asarray(held_out.labels))
        chance = np.bincount(held_out.labels).max() / len(held_out.labels)
        if found <= chance:
            known = f"accuracy {found:.2f}, always the commonest class {chance:.2f}"
            self.fail("data", f"the classifier has learned nothing: {known}")
        self.notes["classifier_accuracy"] = round(found, 4)
        return made

    def try_reward(self, name: str, reward: Callable[[Samples], Array]) -> None:
        """Call a reward on a few real samples; refuse wrong shapes and NaN."""
        x = jnp.asarray(self.data.x[:5])
        try:
            scores = np.asarray(reward(x), np.float32)
        except (Exception, SystemExit) as error:  # it is the user's own code
            self.fail(
                "reward", f"{name} failed on samples {x.shape}: {first_line(error)}"
            )
        check_scores(name, scores, len(x))
        try:
            jax.eval_shape(reward, x)
        except Exception as error:
            hint = "host = true runs it on the host"
            self.fail(
                "reward", f"JAX cannot trace {name}; {hint} ({first_line(error)})"
            )


def check_scores(name: str, scores: np.ndarray, n: int) -> None:
    """Refuse scores of the wrong shape, or that are not finite."""
    if scores.shape != (n,):
        raise UserError(
            f"reward {name}: expected one number per sample, shape ({n},), "
            f"got {scores.shape}"
        )
    bad = np.flatnonzero(~np.isfinite(scores))
    if len(bad):
        raise UserError(f"reward {name}: returned {scores[bad[0]]} for sample {bad[0]}")


def _needs_classifier(spec: Spec) -> bool:
    """Ask the components, before any is prepared."""
    made = [build("groups", spec.values["groups"], "groups")]
    tables = zip(reward_names(spec), spec.values["reward"], strict=True)
    made += [build_reward(*table) for table in tables]
    made += [build_metric(spec, name) for name in metric_names(spec)]
    return any(getattr(each, "needs_classifier", False) for each in made)


def split(data: Dataset, rng: np.random.Generator, with_classifier: bool) -> Splits:
    """Split samples into disjoint parts: model, (classifier,) reference."""
    if data.exact:
        return Splits(data, data, data)
    order = rng.permutation(len(data.x))
    n_parts = 3 if with_classifier else 2
    if len(order) < 2 * n_parts:
        raise UserError(
            f"data: {len(order)} samples, at least {2 * n_parts} are needed"
        )
    parts = np.array_split(order, n_parts)
    model, reference = _rows(data, parts[0]), _rows(data, parts[-1])
    return Splits(model, _rows(data, parts[1]), reference)


def _rows(data: Dataset, index: np.ndarray) -> Dataset:
    labels = None if data.labels is None else data.labels[index]
    return data._replace(x=data.x[index], weights=data.weights[index], labels=labels)


def _split_notes(splits: Splits, exact: bool, with_classifier: bool) -> dict[str, Any]:
    if exact:
        return {"data": f"{len(splits.model.x)} letters with known probabilities"}
    sizes = {"model": len(splits.model.x), "reference": len(splits.reference.x)}
    if with_classifier:
        sizes["classifier"] = len(splits.classifier.x)
    return {"splits": sizes}
