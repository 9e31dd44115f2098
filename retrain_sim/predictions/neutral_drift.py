"""Chance alone: what an uncurated alphabet forgets."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from retrain_sim.base import component
from retrain_sim.curation import Uncurated
from retrain_sim.models import Categorical
from retrain_sim.predictions.base import (
    NOTHING,
    Assumption,
    Outlook,
    broken,
    no_curation,
    replaced,
)
from retrain_sim.preparation import Atoms
from retrain_sim.scenario import Scenario
from retrain_sim.theory import neutral_heterozygosity


@component
class NeutralDrift:
    """Means under neutral resampling: heterozygosity decays, shares stay.

    E[1 - sum s^2] is multiplied by (1 - 1/n)(1 - 1/n_kept) every round, n the pool that
    slates share (infinite without slates); the mean of every share is constant.

    References:
        The Wright-Fisher model; Suresh, Thangaraj, Khandavally, arXiv 2412.17646.
    """

    because: ClassVar[str] = (
        "Nothing is curated, so chance alone decides: every refit to finitely many "
        "samples loses a share of about 1/n_kept of the heterozygosity, and what is "
        "lost never returns."
    )

    def audit(
        self, scenario: Scenario, atoms: Atoms, outlook: Outlook
    ) -> tuple[Assumption, ...]:
        """Check every assumption on the scenario."""
        ideal = isinstance(scenario.model, Categorical)
        fit = Assumption(
            "the fit is the frequencies", ideal, type(scenario.model).__name__
        )
        return no_curation(scenario, atoms), replaced(scenario), fit

    def __call__(
        self, scenario: Scenario, atoms: Atoms, n_rounds: int, n_seeds: int, seed: int
    ) -> Outlook:
        """Predict the mean heterozygosity and the mean shares."""
        if broken(self.audit(scenario, atoms, NOTHING)):
            return NOTHING
        names = scenario.frame.group_names
        groups = np.asarray(atoms.view.groups)
        shares = np.bincount(groups, atoms.probs, minlength=len(names))
        rows = {
            f"share/{n}": np.full(n_rounds + 1, s)
            for n, s in zip(names, shares, strict=True)
        }
        curator = scenario.curator
        pool = math.inf if isinstance(curator, Uncurated) else curator.n_candidates
        rows["collapse/heterozygosity"] = neutral_heterozygosity(
            1 - (shares**2).sum(), curator.n_kept, n_rounds, pool
        )
        return Outlook(rows, {}, {}, None)
