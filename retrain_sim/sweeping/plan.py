"""The plan of a sweep: units, programs, memory; checked before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from retrain_sim.errors import UserError
from retrain_sim.spec import Spec
from retrain_sim.sweeping.crossing import prepare_at
from retrain_sim.sweeping.design import Design
from retrain_sim.sweeping.footprint import (
    Footprint,
    footprint_of,
    half_of_memory,
    in_words,
)
from retrain_sim.sweeping.settings import check_design, spec_at
from retrain_sim.sweeping.shares import Share, count_programs, shares_of
from retrain_sim.sweeping.unit import Unit, own_versions


class Options(NamedTuple):
    """How a sweep is done; nothing here changes what it finds, but ``theory``.

    Args:
        memory: bytes that this process may hold; by default half of the machine's.
        batch: runs per unit; by default what takes a few seconds.
        theory: whether to predict every point, too.
    """

    memory: int = 0
    batch: int | None = None
    theory: bool = True

    @property
    def limit(self) -> int:
        """Bytes that this process may hold."""
        return self.memory or half_of_memory()


USUAL = Options()


class Plan(NamedTuple):
    """What a sweep amounts to, before it begins.

    A run is a point with all its arms, and one seed.
    """

    spec: Spec
    design: Design
    options: Options
    shares: list[Share]
    footprint: Footprint

    @property
    def n_runs(self) -> int:
        """Runs still to do."""
        return sum(share.left for share in self.shares)

    @property
    def n_programs(self) -> int:
        """Programs to compile, at most."""
        return count_programs([share for share in self.shares if share.left])

    @property
    def room(self) -> tuple[int, int]:
        """Points and seeds that every program has room for."""
        n_seeds, most = self.spec.run.seeds, self.footprint.most_runs()
        if most < n_seeds:
            return 1, most
        return min(most // n_seeds, max(len(s.points) for s in self.shares)), n_seeds

    def unit(self, points: list[int], start: int, n_seeds: int) -> Unit:
        """Make the unit of some points and seeds."""
        spec = self.spec
        return Unit(
            spec.name,
            spec.source,
            spec.values,
            tuple(self.design.point(i) for i in points),
            tuple(points),
            (spec.run.seed + start, n_seeds),
            self.room,
            predict=self.options.theory and start == 0,
            versions=own_versions(),
        )


def plan_sweep(
    spec: Spec,
    design: Design,
    options: Options = USUAL,
    done: np.ndarray | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> Plan:
    """Check a sweep and plan it; nothing is written.

    Args:
        spec: the scenario; its ``run`` says how many seeds and rounds.
        design: what is swept.
        options: memory and batches.
        done: which runs [point, seed] are done already.
        report: called with a line of text before each slow part.

    Returns:
        The plan.

    Raises:
        UserError: a path that the scenario does not have, a value that it does not
            allow, or results that would not fit into the memory allowed.
    """
    check_size(spec, design, options)
    check_design(spec, design)
    if done is None:
        done = np.zeros((len(design), spec.run.seeds), bool)
    shares = shares_of(spec, design, done)
    report("preparing what all points share")
    first = prepare_at(spec_at(spec, design.point(0)))
    footprint = footprint_of(first, options.limit)
    footprint.most_runs()
    total = footprint.records * len(design) * spec.run.seeds
    if total > options.limit:
        raise UserError(
            f"--memory {in_words(options.limit)}: the results of {len(design)} points "
            f"x {spec.run.seeds} seeds take {in_words(total)}; fewer points, seeds, "
            "rounds or metrics, or more memory"
        )
    return Plan(spec, design, options, shares, footprint)


LEAST_RECORD = 8
"""Bytes: no run records less in a round, whatever is measured."""


def check_size(spec: Spec, design: Design, options: Options) -> None:
    """Refuse a grid whose results cannot fit, before its points are listed."""
    run = spec.run
    least = len(design) * run.seeds * (run.rounds + 1) * len(spec.arms) * LEAST_RECORD
    if least > options.limit:
        raise UserError(
            f"--memory {in_words(options.limit)}: {len(design)} points x {run.seeds} "
            f"seeds x {run.rounds} rounds take {in_words(least)} at least; use a "
            "smaller grid, or --random N"
        )
