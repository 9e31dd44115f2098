"""From a spec to a scenario: load, split, pre-train, train the classifier, score."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from retrain_sim.base import Enumerable, Frame, Samples, SelectionMetric, View
from retrain_sim.cache import cached
from retrain_sim.classifier import Classifier, accuracy, train_classifier
from retrain_sim.data.dataset import Dataset
from retrain_sim.errors import UserError
from retrain_sim.loop import look
from retrain_sim.metrics import SELECTION_KINDS
from retrain_sim.registry import build
from retrain_sim.scenario import Scenario
from retrain_sim.spec import Spec


class Atoms(NamedTuple):
    """Scored outcomes that the theory moves: ``probs`` at round 0, ``real_probs``.

    ``exact``: they are all outcomes with their true probabilities; otherwise they are
    samples of p_0 (and of the real data, of weight zero at round 0).
    """

    view: View
    probs: Float[np.ndarray, " n"]
    real_probs: Float[np.ndarray, " n"]
    exact: bool


class Prepared(NamedTuple):
    """A spec made ready to run: one scenario per arm, the atoms, and what was found.

    ``real`` holds every metric of the real training data (the floor of distances);
    ``notes`` says the splits' sizes and the classifier's accuracy.
    """

    spec: Spec
    arms: dict[str, Scenario]
    atoms: Atoms
    real: dict[str, float]
    notes: dict[str, Any]
    image_shape: tuple[int, int] | None


class Splits(NamedTuple):
    """Disjoint parts of the real data; the same whole one if the law is known."""

    model: Dataset
    classifier: Dataset
    reference: Dataset


class Kit:
    """What components may ask for while they prepare themselves."""

    def __init__(self, spec: Spec, report: Callable[[str], None]):
        self.key = jax.random.key(spec.run.seed)
        rng = np.random.default_rng(spec.run.seed)
        self.report = report
        self.reward_names = reward_names(spec)
        self.data: Dataset = build("data", spec.values["data"], "data").load(rng)
        self.needs_classifier = _needs_classifier(spec)
        self.splits = split(self.data, rng, self.needs_classifier)
        self.notes = _split_notes(self.splits, self.data.exact, self.needs_classifier)
        self.atom_rewards: Float[Array, "m n"] | None = None
        self._classifier: Classifier | None = None

    def fail(self, where: str, message: str) -> NoReturn:
        """Refuse the scenario with one clear line."""
        raise UserError(f"{where}: {message}")

    def classifier(self) -> Classifier:
        """Train the classifier, once; refuse one that is no better than chance."""
        if self._classifier is None:
            self._classifier = self._train_classifier()
        return self._classifier

    def _train_classifier(self) -> Classifier:
        part, held_out = self.splits.classifier, self.splits.reference
        n_classes = len(self.data.names)
        if part.labels is None or n_classes < 2 or self.data.x.ndim != 2:
            self.fail("data", "a classifier needs vectors with two classes or more")
        self.report("training the classifier")
        made = cached(
            "classifier",
            (part.x, part.labels, held_out.x[:1]),
            lambda: train_classifier(
                jax.random.fold_in(self.key, 1),
                jnp.asarray(part.x),
                jnp.asarray(part.labels),
                n_classes,
            ),
            settings=(n_classes, int(jax.random.key_data(self.key)[-1])),
        )
        found = accuracy(made, held_out.x, held_out.labels)
        if found <= 1.5 / n_classes:
            self.fail("data", f"the classifier is at chance (accuracy {found:.2f})")
        self.notes["classifier_accuracy"] = round(found, 4)
        return made

    def try_reward(self, name: str, reward: Callable[[Samples], Array]) -> None:
        """Call a reward on a few real samples; refuse wrong shapes and NaN."""
        x = jnp.asarray(self.data.x[:5])
        try:
            scores = np.asarray(reward(x))
        except UserError:
            raise
        except Exception as error:  # the user's own code may raise anything
            line = str(error).strip().splitlines() or [type(error).__name__]
            self.fail("reward", f"{name} failed on samples {x.shape}: {line[0]}")
        check_scores(name, scores, len(x))


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


def reward_names(spec: Spec) -> tuple[str, ...]:
    """Name the rewards: as the file does, else by kind and number."""
    tables = enumerate(spec.values["reward"])
    return tuple(str(table.get("name", f"reward-{i}")) for i, table in tables)


def _needs_classifier(spec: Spec) -> bool:
    kinds = [spec.values["groups"].get("kind")]
    kinds += [table.get("kind") for table in spec.values["reward"]]
    names = spec.values["metrics"].get("names", [])
    return {"classifier", "class-probability"} & set(kinds) != set() or (
        "recognizable" in names
    )


def split(data: Dataset, rng: np.random.Generator, with_classifier: bool) -> Splits:
    """Split samples into disjoint parts: model, (classifier,) reference."""
    if data.exact:
        return Splits(data, data, data)
    order = rng.permutation(len(data.x))
    parts = np.array_split(order, 3 if with_classifier else 2)
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


def prepare(spec: Spec, report: Callable[[str], None] = lambda line: None) -> Prepared:
    """Make a spec ready to run.

    Loads the data, splits them, fits p_0 to the model split, trains the classifier if
    anything needs one (on its own split; its accuracy is measured on the reference
    split), draws and scores the atoms, and builds one scenario per arm. Training is
    cached in the user's cache folder by the hash of what went into it.

    Args:
        spec: from ``load_spec``.
        report: called with a line of text before each slow part.

    Returns:
        The scenarios and everything the theory needs.

    Raises:
        UserError: data or rewards that do not fit together, or are not finite.

    Example:
        >>> from retrain_sim import load_spec
        >>> prepared = prepare(load_spec("two-tribes"))
        >>> list(prepared.arms), prepared.atoms.probs
        (['K = 2', 'K = 8'], array([0.5, 0.5]))
    """
    kit = Kit(spec, report)
    model = _ready(build("model", spec.values["model"], "model"), kit)
    params = _fit_initial(model, kit, spec)
    rewards = tuple(_ready(r, kit) for r in _build_rewards(spec))
    kit.report("drawing and scoring the atoms")
    x, probs = _atom_samples(model, params, kit, spec)
    kit.atom_rewards = _score(rewards, kit.reward_names, x)
    groups = _ready(build("groups", spec.values["groups"], "groups"), kit)
    state, info = _build_metrics(spec, kit)
    base = Scenario(
        model, params, rewards, groups, None, None, state, info, _real(kit), None
    )
    frame = Frame(_view_of(kit.splits.reference, base), groups.names, kit.reward_names)
    base = base.replace(frame=frame)
    arms = {name: _arm(base, sections, kit) for name, sections in spec.arms.items()}
    atoms = _atoms(look(x, jnp.ones(len(x)), base), probs, base, kit)
    real = _measure_real(base, kit)
    notes = kit.notes | {"atoms": len(x), "atoms_exact": atoms.exact}
    return Prepared(spec, arms, atoms, real, notes, kit.data.image_shape)


def _ready(made: Any, kit: Kit) -> Any:
    return made.prepare(kit) if hasattr(made, "prepare") else made


def _build_rewards(spec: Spec) -> list[Any]:
    tables = spec.values["reward"]
    names = reward_names(spec)
    if len(set(names)) < len(names):
        raise UserError(f"reward.name: names must differ, got {', '.join(names)}")
    return [
        build("reward", {k: v for k, v in t.items() if k != "name"}, f"reward.{name}")
        for t, name in zip(tables, names, strict=True)
    ]


def _build_metrics(spec: Spec, kit: Kit) -> tuple[tuple, tuple[SelectionMetric, ...]]:
    names = spec.values["metrics"].get("names", [])
    made = [_ready(build("metrics", {"kind": n}, "metrics"), kit) for n in names]
    info = tuple(SELECTION_KINDS.values())
    state = tuple(m for m in made if not isinstance(m, info))
    return state, tuple(m for m in made if isinstance(m, info))


def _fit_initial(model: Any, kit: Kit, spec: Spec) -> Any:
    kit.report("fitting p_0 to the real data")
    part = kit.splits.model
    fit = jax.jit(lambda model, key, x, w: model.init(key, x, w))
    return cached(
        "model",
        (part.x, part.weights),
        lambda: fit(model, kit.key, jnp.asarray(part.x), jnp.asarray(part.weights)),
        settings=(sorted(spec.values["model"].items()), spec.run.seed),
    )


def _atom_samples(
    model: Any, params: Any, kit: Kit, spec: Spec
) -> tuple[Samples, np.ndarray]:
    """Take all outcomes if they can be listed, else samples of p_0."""
    if isinstance(model, Enumerable):
        x, probs = model.support(params)
        return x, np.asarray(probs, np.float64) / np.asarray(probs, np.float64).sum()
    n = spec.run.atoms
    draw = jax.jit(lambda model, key, params: model.sample(key, params, n))
    return draw(model, jax.random.fold_in(kit.key, 2), params), np.full(n, 1 / n)


def _score(rewards: tuple, names: tuple[str, ...], x: Samples) -> Float[Array, "m n"]:
    scores = [np.asarray(reward(x)) for reward in rewards]
    for name, score in zip(names, scores, strict=True):
        check_scores(name, score, len(x))
    return jnp.asarray(np.stack(scores))


def _real(kit: Kit) -> tuple[Samples, Float[Array, " n"]]:
    part = kit.splits.model
    return jnp.asarray(part.x), jnp.asarray(part.weights)


def _view_of(data: Dataset, scenario: Scenario) -> View:
    return look(jnp.asarray(data.x), jnp.asarray(data.weights), scenario)


def _arm(base: Scenario, sections: dict[str, Any], kit: Kit) -> Scenario:
    curator = _ready(build("curation", sections["curation"], "curation"), kit)
    regime = _ready(build("regime", sections["regime"], "regime"), kit)
    return base.replace(curator=curator, regime=regime)


def _atoms(view: View, probs: np.ndarray, base: Scenario, kit: Kit) -> Atoms:
    exact = isinstance(base.model, Enumerable)
    real = kit.splits.model
    if exact:
        counts = np.zeros(len(probs))
        np.add.at(counts, real.x, real.weights)
        return Atoms(view, probs, counts / counts.sum(), True)
    both = jax.tree.map(
        lambda a, b: jnp.concatenate(
            [a, b], axis=-1 if a.ndim == 2 and a is view.rewards else 0
        ),
        view,
        _view_of(real, base),
    )
    nothing = np.zeros(len(real.x))
    real_probs = np.concatenate([0 * probs, real.weights / real.weights.sum()])
    return Atoms(both, np.concatenate([probs, nothing]), real_probs, False)


def _measure_real(base: Scenario, kit: Kit) -> dict[str, float]:
    view = _view_of(kit.splits.model, base)
    rows: dict[str, float] = {}
    for metric in base.metrics:
        found = metric(jax.random.key(0), view, base.frame)
        rows |= {name: float(value) for name, value in found.items()}
    return rows
