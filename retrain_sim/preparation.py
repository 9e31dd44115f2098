"""From a spec to a scenario: load, split, pre-train, train the classifier, score."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from retrain_sim.base import (
    Density,
    Enumerable,
    Frame,
    Resampler,
    Samples,
    View,
)
from retrain_sim.cache import cached
from retrain_sim.data.dataset import Dataset
from retrain_sim.errors import UserError, first_line
from retrain_sim.keys import key_for
from retrain_sim.kit import Kit, check_scores
from retrain_sim.loop import look, reads_density
from retrain_sim.metrics import FIT_KINDS, SELECTION_KINDS, STATE_KINDS
from retrain_sim.models.neural import pays_to_share
from retrain_sim.quality import measure_quality
from retrain_sim.registry import build, kinds
from retrain_sim.rows import all_sharing
from retrain_sim.scenario import Scenario
from retrain_sim.spec import Spec, build_metric, build_reward, metric_names


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
    image_shape: tuple[int, ...] | None


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
    return build_on(lay_ground(spec, report), spec)


class Ground(NamedTuple):
    """What scenarios share that differ in curation and regime only.

    ``shared`` holds the other fields of ``Scenario``; the rest is as in ``Prepared``.
    """

    kit: Kit
    shared: dict[str, Any]
    atoms: Atoms
    real: dict[str, float]


def lay_ground(spec: Spec, report: Callable[[str], None] = lambda line: None) -> Ground:
    """Do the part of ``prepare`` that takes time, once for many scenarios.

    Args:
        spec: any of the scenarios.
        report: called with a line of text before each slow part.

    Returns:
        Data, p_0, classifier, rewards, atoms, metrics: all but curation and regime.

    Raises:
        UserError: data or rewards that do not fit together, or are not finite.
    """
    kit = Kit(spec, report)
    model = _ready(build("model", spec.values["model"], "model"), kit)
    params = _fit_initial(model, kit, spec)
    kit.fitted = model, params
    tables = zip(kit.reward_names, spec.values["reward"], strict=True)
    rewards = tuple(_ready(build_reward(*table), kit) for table in tables)
    kit.report("drawing and scoring the atoms")
    x, probs = _atom_samples(model, params, kit, spec)
    kit.atom_rewards = _score(rewards, kit.reward_names, x)[:, probs > 0]
    groups = _ready(build("groups", spec.values["groups"], "groups"), kit)
    if len(set(groups.names)) < len(groups.names):
        kit.fail("groups", f"names must differ, got {', '.join(groups.names)}")

    def view(data: Dataset) -> View:
        return look(jnp.asarray(data.x), jnp.asarray(data.weights), rewards, groups)

    real = kit.splits.model
    frame = Frame(view(kit.splits.reference), groups.names, kit.reward_names)
    metrics = _build_metrics(spec, kit)
    shared = {
        "model": model,
        "params": params,
        "rewards": rewards,
        "groups": groups,
        **metrics,
        "real": (jnp.asarray(real.x), jnp.asarray(real.weights)),
        "frame": frame,
    }
    atoms = _build_atoms(look(x, jnp.ones(len(x)), rewards, groups), probs, view(real))
    kit.notes |= {"atoms": len(x)} | _quality(kit, x)
    floors = _measure(metrics["metrics"], view(real), frame)
    return Ground(kit, shared, atoms, floors)


def build_on(ground: Ground, spec: Spec) -> Prepared:
    """Make a spec ready whose shared part has been prepared.

    Args:
        ground: of this spec, or of one that differs in curation and regime only.
        spec: from ``load_spec``.

    Returns:
        The same as ``prepare``.

    Raises:
        UserError: curation or a regime that does not fit the rest.
    """
    kit = ground.kit
    arms = _build_arms(spec, kit, **ground.shared)
    shape = kit.data.image_shape
    return Prepared(spec, arms, ground.atoms, ground.real, dict(kit.notes), shape)


def _ready(made: Any, kit: Kit) -> Any:
    return made.prepare(kit) if hasattr(made, "prepare") else made


def _build_arms(spec: Spec, kit: Kit, **shared: Any) -> dict[str, Scenario]:
    """Make one scenario per arm: its own curation and regime, the rest shared."""

    def own(sections: dict[str, Any], family: str) -> Any:
        return _ready(build(family, sections[family], family), kit)

    def arm(sections: dict[str, Any]) -> Scenario:
        curator, regime = own(sections, "curation"), own(sections, "regime")
        if hasattr(regime, "judged_by"):
            regime = regime.judged_by(curator, shared["rewards"])
        return Scenario(curator=curator, regime=regime, **shared)

    made = {name: arm(sections) for name, sections in spec.arms.items()}
    for scenario in made.values():
        _check_fit(scenario, kit)
    return made


def _check_fit(scenario: Scenario, kit: Kit) -> None:
    """Refuse parts that ask the model for what it cannot do."""
    model = scenario.model
    if isinstance(scenario.regime, Resampler):
        scenario.regime.generator(model)
    if reads_density(scenario.curator) and not isinstance(model, Density):
        known = [n for n, cls in kinds("model").items() if hasattr(cls, "log_prob")]
        message = f"{type(model).__name__} knows no log p(x), which the score reads"
        kit.fail("curation.score", f"{message}; models that do: {', '.join(known)}")


def _build_metrics(spec: Spec, kit: Kit) -> dict[str, tuple]:
    """Make the metrics of p_t, of its curation and of its retraining."""
    made = [_ready(build_metric(spec, name), kit) for name in metric_names(spec)]
    fields = {
        "metrics": STATE_KINDS,
        "selection_metrics": SELECTION_KINDS,
        "fit_metrics": FIT_KINDS,
    }
    return {
        field: tuple(m for m in made if isinstance(m, tuple(known.values())))
        for field, known in fields.items()
    }


def _quality(kit: Kit, x: Samples) -> dict[str, Any]:
    """Note how good p_0's images are, if there is a classifier to tell."""
    if not (kit.data.image_shape and kit.needs_classifier):
        return {}
    found = measure_quality(kit.classifier(), x, kit.splits.model, kit.splits.reference)
    return {"quality": found._asdict()}


def _fit_initial(model: Any, kit: Kit, spec: Spec) -> Any:
    kit.report("fitting p_0 to the real data")
    part = kit.splits.model
    key, x, weights = key_for("p_0", kit.seed), part.x, part.weights
    fit = jax.jit(lambda model, key, x, w: model.init(key, x, w))
    # Not every model has mini-batches; those that it pays to share have.
    with _shared(model, getattr(model, "batch", 1)):
        return cached(
            "model",
            (x, weights),
            lambda: fit(model, key, jnp.asarray(x), jnp.asarray(weights)),
            settings=(repr(model), spec.run.seed),
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
    with _shared(model, n):
        x = draw(model, key_for("atoms", kit.seed), params)
    return jax.device_put(x, jax.local_devices()[0]), np.full(n, 1 / n)


def _shared(model: Any, n_rows: int) -> Any:
    """Let devices share the rows meanwhile, if they are done sooner so."""
    return all_sharing(n_rows) if pays_to_share(model) else nullcontext()


def _score(rewards: tuple, names: tuple[str, ...], x: Samples) -> Float[Array, "m n"]:
    scores = []
    for name, reward in zip(names, rewards, strict=True):
        try:
            scores.append(np.asarray(reward(x)))
        except (Exception, SystemExit) as error:  # it may be the user's own code
            line = first_line(error)
            raise UserError(f"reward {name} failed on {len(x)} atoms: {line}") from None
        check_scores(name, scores[-1], len(x))
    return jnp.asarray(np.stack(scores))


def _build_atoms(view: View, probs: np.ndarray, real: View) -> Atoms:
    """Join the atoms of p_0 and those of the real data, for regimes that mix them."""
    weights = np.asarray(real.weights, np.float64)
    weights = weights / weights.sum()
    if view.x.ndim == 1:  # letters: the real data are among them
        real_probs = np.bincount(np.asarray(real.x), weights, minlength=len(probs))
        return Atoms(view, probs, real_probs, True)
    both = View(
        jnp.concatenate([view.x, real.x]),
        jnp.concatenate([view.weights, real.weights]),
        jnp.concatenate([view.rewards, real.rewards], axis=1),
        jnp.concatenate([view.groups, real.groups]),
    )
    p_0 = np.concatenate([probs, 0 * weights])
    return Atoms(both, p_0, np.concatenate([0 * probs, weights]), False)


def _measure(metrics: tuple, view: View, frame: Frame) -> dict[str, float]:
    rows: dict[str, float] = {}
    for metric in metrics:
        found = metric(jax.random.key(0), view, frame)
        rows |= {name: float(value) for name, value in found.items()}
    return rows
