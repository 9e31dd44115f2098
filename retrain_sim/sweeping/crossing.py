"""Points crossed with arms and seeds: what they share is prepared and compiled once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from retrain_sim.predictions.base import NOTHING, Assumption, Outlook, broken
from retrain_sim.preparation import Ground, Prepared, build_on, lay_ground
from retrain_sim.recent import Recent
from retrain_sim.registry import build
from retrain_sim.scenario import Scenario, signature
from retrain_sim.spec import Spec
from retrain_sim.sweeping.batch import Batch, Room

GROUNDS = Recent(16)
"""Prepared data, p_0, classifiers and atoms of this process."""

OWN = ("curation", "regime", "arms", "prediction", "headline", "claim", "title")
"""Sections that a ground does not depend on."""

Arrays = dict[str, np.ndarray]


class Group(NamedTuple):
    """Scenarios that share a program: their places (point, arm), ready to run."""

    places: list[tuple[int, int]]
    batch: Batch


class Crossed(NamedTuple):
    """Points of a sweep, prepared; all have the same arms, in the same order."""

    points: list[Prepared]
    arms: list[str]

    def scenario(self, point: int, arm: int) -> Scenario:
        """Return one arm at one point."""
        return list(self.points[point].arms.values())[arm]

    def groups(self) -> list[list[tuple[int, int]]]:
        """Group the places (point, arm) that share a program."""
        found: dict[Any, list[tuple[int, int]]] = {}
        for place in np.ndindex(len(self.points), len(self.arms)):
            found.setdefault(signature(self.scenario(*place)), []).append(place)
        return list(found.values())

    def compiled(self, room: tuple[int, int]) -> list[Group]:
        """Compile what has not been compiled: room for points and seeds."""
        made = []
        for places in self.groups():
            scenarios = [self.scenario(*place) for place in places]
            per_point = -(-len(places) // len(self.points))
            n_rounds = self.points[0].spec.run.rounds
            size = max(room[0] * per_point, len(places))
            made.append(Group(places, Batch(scenarios, Room(size, room[1], n_rounds))))
        return made

    def simulate(
        self, groups: Sequence[Group], first_seed: int, n_seeds: int
    ) -> tuple[Arrays, Arrays]:
        """Run everything: metrics and selection metrics [point, arm, seed, ...].

        Where a metric is not measured at all points, the others are NaN.
        """
        shape = (len(self.points), len(self.arms), n_seeds)
        found: tuple[Arrays, Arrays] = ({}, {})
        for places, batch in groups:
            at = tuple(np.transpose(places))
            for made, into in zip(batch(first_seed, n_seeds), found, strict=True):
                for name, values in made.items():
                    empty = np.full((*shape, values.shape[-1]), np.nan, values.dtype)
                    into.setdefault(name, empty)[at] = values
        return found

    def predict(self) -> list[list[tuple[Outlook, str]]]:
        """Predict every point and arm: the outlook, and what it assumes in vain."""
        return [[_predict(p, arm) for arm in p.arms.values()] for p in self.points]


def cross(specs: Sequence[Spec], base: Spec) -> Crossed:
    """Prepare the points of a sweep; arms are called as in the base scenario."""
    return Crossed([prepare_at(spec) for spec in specs], list(base.arms))


def ground_key(values: Mapping[str, Any], seed: int, atoms: int, rounds: int) -> str:
    """Name what a ground depends on; points with the same name share it.

    Example:
        >>> a = {"data": {"n": 9}, "curation": {"slate_size": 2}}
        >>> b = {"data": {"n": 9}, "curation": {"slate_size": 8}}
        >>> ground_key(a, 0, 10, 1) == ground_key(b, 0, 10, 1)
        True
    """
    shared = {k: v for k, v in values.items() if k not in (*OWN, "run")}
    return json.dumps([shared, seed, atoms, rounds], sort_keys=True)


def ground_of(spec: Spec, report: Callable[[str], None] = lambda line: None) -> Ground:
    """Lay a spec's ground, or take the one that was laid for the same."""
    run = spec.run
    key = ground_key(spec.values, run.seed, run.atoms, run.rounds)
    return GROUNDS.get(key, lambda: lay_ground(spec, report))


def prepare_at(spec: Spec) -> Prepared:
    """Prepare a spec, sharing with others what is the same."""
    return build_on(ground_of(spec), spec)


def _predict(prepared: Prepared, scenario: Scenario) -> tuple[Outlook, str]:
    """Predict one scenario; say why not where theory does not apply."""
    run, values = prepared.spec.run, prepared.spec.values["prediction"]
    prediction = build("prediction", values, "prediction")
    atoms = prepared.atoms
    try:
        if hasattr(prediction, "quick"):
            outlook = prediction.quick(scenario, atoms, run.rounds)
        else:
            outlook = prediction(scenario, atoms, run.rounds, run.seeds, run.seed)
        audit = prediction.audit(scenario, atoms, outlook)
    except (ValueError, FloatingPointError) as error:
        return NOTHING, f"no prediction: {error}"
    return outlook, _first_broken(audit)


def _first_broken(audit: Sequence[Assumption]) -> str:
    fails = broken(audit)
    return f"{fails[0].text} ({fails[0].detail})" if fails else ""
