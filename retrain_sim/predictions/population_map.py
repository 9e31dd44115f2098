"""The exact population map: what an ideal fit to infinitely many samples would do."""

from __future__ import annotations

import math
from itertools import chain
from typing import ClassVar

import numpy as np

from retrain_sim.base import KnownCuration, KnownMixture, component
from retrain_sim.loop import reads_density
from retrain_sim.models import Categorical, Gaussian, LinearRegression, NGram
from retrain_sim.predictions.base import NOTHING, Assumption, Outlook
from retrain_sim.predictions.measuring import (
    measure_path,
    measure_paths,
    quick_metrics,
)
from retrain_sim.predictions.paths import (
    as_choice,
    atom_paths,
    choice_path,
    regime_on,
)
from retrain_sim.predictions.resampling import resampled_rows
from retrain_sim.preparation import Atoms
from retrain_sim.scenario import Scenario
from retrain_sim.theory import effective_sample_size

DRIFT = "with drift"
LEAST_ESS = 100
DRIFT_SEEDS = 64
"""Enough for the mean over seeds, which is all that is kept of them."""


@component
class PopulationMap:
    """p_{t+1} = s p_real + (1 - s) p_t sum_i w_i H_i^K on the atoms, exactly.

    A prediction of a metric is the same metric on the atoms with the predicted weights.
    When the atoms are samples of p_0, their share of the error is the spread over 20
    bootstrap resamples. Stages of the decomposition: the map at K = inf, the map at the
    scenario's K, and the loop on the atoms with ``n_kept`` samples (drift).

    References:
        Falahati et al., ICML 2026, arXiv 2605.07724, Eq. 5 (K = inf); Ferbach et al.,
        NeurIPS 2024, arXiv 2407.09499 (one reward). The evaluation at finite K is
        derived here, see ``retrain_sim.theory``.
    """

    because: ClassVar[str] = (
        "The dashed lines are the exact population map, an ideal model fitted to "
        "infinitely many kept samples: what separates the solid lines from them is "
        "finite samples and imperfect training."
    )

    def audit(
        self, scenario: Scenario, atoms: Atoms, outlook: Outlook
    ) -> tuple[Assumption, ...]:
        """Check every assumption on the scenario."""
        curator = scenario.curator
        return (
            _known_curation(scenario, atoms),
            _known_regime(scenario, atoms),
            _ideal_fit(scenario),
            Assumption(
                "infinitely many samples are kept",
                None,
                f"{curator.n_kept}: measured as the stage of finite samples",
            ),
            _resolved(outlook),
        )

    def __call__(
        self, scenario: Scenario, atoms: Atoms, n_rounds: int, n_seeds: int, seed: int
    ) -> Outlook:
        """Predict every metric, with the stages of the decomposition."""
        found = self.quick(scenario, atoms, n_rounds)
        if not found.rows:
            return NOTHING
        stages = self._large_k(scenario, atoms, n_rounds)
        stages["finite K"], se = found.rows, found.se
        if not isinstance(scenario.model, Categorical):
            stages[DRIFT], errors = resampled_rows(
                scenario, atoms, n_rounds, min(n_seeds, DRIFT_SEEDS), seed
            )
            se = se | {f"{DRIFT}/{k}": v for k, v in errors.items()}
        return found._replace(se=se, stages=stages)

    def quick(self, scenario: Scenario, atoms: Atoms, n_rounds: int) -> Outlook:
        """Predict every metric without the stages, which take most of the time."""
        if not (_known_curation(scenario, atoms).holds and _has_law(scenario, atoms)):
            return NOTHING
        paths = atom_paths(scenario, atoms, n_rounds)
        path = next(paths)
        found = measure_paths(chain([path], paths), atoms, scenario)
        ess = None if atoms.exact else np.asarray(effective_sample_size(path))
        return Outlook(found.rows, found.se, {}, ess)

    def _large_k(self, scenario: Scenario, atoms: Atoms, n_rounds: int) -> dict:
        """Return the stage of infinite slates, where slates are in use."""
        choice = as_choice(scenario, atoms)
        if choice is None:
            return {}
        whole = choice._replace(slate_size=math.inf)
        path = choice_path(whole, atoms, n_rounds)
        quick = quick_metrics(scenario)
        return {"K = inf": measure_path(path, atoms.view, quick, scenario)}


def _has_law(scenario: Scenario, atoms: Atoms) -> bool:
    return isinstance(regime_on(atoms, scenario), KnownMixture)


def _known_regime(scenario: Scenario, atoms: Atoms) -> Assumption:
    name, text = type(scenario.regime).__name__, "the regime mixes by a known law"
    return Assumption(text, _has_law(scenario, atoms), name)


def _known_curation(scenario: Scenario, atoms: Atoms) -> Assumption:
    curator = scenario.curator
    text = "the law of one curated round is known"
    if reads_density(curator) and not atoms.exact:
        return Assumption(text, False, "it reads log p, which samples do not tell")
    return Assumption(text, isinstance(curator, KnownCuration), type(curator).__name__)


def _ideal_fit(scenario: Scenario) -> Assumption:
    text = "the fit is ideal (any law can be learned)"
    if isinstance(scenario.model, Categorical):
        return Assumption(text, True, "frequencies of all outcomes")
    if isinstance(scenario.model, Gaussian | LinearRegression | NGram):
        found = type(scenario.model).__name__
        return Assumption(text, False, f"a {found} is not closed under curation")
    return Assumption(text, None, "measured as the realized share of the ideal update")


def _resolved(outlook: Outlook) -> Assumption:
    text = f"the atoms resolve the law (effective number >= {LEAST_ESS})"
    if outlook.ess is None:
        return Assumption(text, True, "all outcomes are listed")
    last = outlook.ess[-1]
    return Assumption(text, bool(last >= LEAST_ESS), f"{last:.0f} in the last round")
