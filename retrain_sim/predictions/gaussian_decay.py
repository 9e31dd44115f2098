"""The mean variance of a Gaussian refitted to its own samples."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from retrain_sim.base import component
from retrain_sim.curation import Uncurated
from retrain_sim.models import Gaussian
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
from retrain_sim.theory import gaussian_variance


@component
class GaussianDecay:
    """The mean variance under uncurated refits: E[var_t] = var_0 (1 - 1/n_kept)^t.

    Slates that share a pool of n candidates multiply it by (1 - 1/n)^t as well.

    The spread is measured on n candidates with the plug-in estimate, which is low by
    1 - 1/n; the prediction includes that factor.

    References:
        I. Shumailov et al., "AI models collapse when trained on recursively generated
        data", Nature 2024, arXiv 2305.17493.
    """

    because: ClassVar[str] = (
        "Nothing is curated: maximum likelihood on n_kept samples underestimates "
        "the variance by the factor 1 - 1/n_kept, round after round."
    )

    def audit(
        self, scenario: Scenario, atoms: Atoms, outlook: Outlook
    ) -> tuple[Assumption, ...]:
        """Check every assumption on the scenario."""
        model = scenario.model
        likely = isinstance(model, Gaussian) and model.ddof == 0
        fit = Assumption("the model is a Gaussian with ddof = 0", likely, repr(model))
        whole_law = isinstance(model, Gaussian) and bool(model.sampling_bias == 1)
        unbiased = Assumption("samples are not drawn with a bias", whole_law)
        n_groups = len(scenario.frame.group_names)
        whole = Assumption("there is one group", n_groups == 1, f"{n_groups} groups")
        several = Assumption(
            "at least two samples are kept", scenario.curator.n_kept > 1
        )
        uncurated, replacing = no_curation(scenario, atoms), replaced(scenario)
        return uncurated, replacing, fit, unbiased, whole, several

    def __call__(
        self, scenario: Scenario, atoms: Atoms, n_rounds: int, n_seeds: int, seed: int
    ) -> Outlook:
        """Predict the mean of the measured variance."""
        if broken(self.audit(scenario, atoms, NOTHING)):
            return NOTHING
        curator = scenario.curator
        initial = float(np.trace(np.asarray(scenario.params.cov, np.float64)))
        measured = initial * (1 - 1 / curator.n_candidates)
        decay = gaussian_variance(measured, curator.n_kept, n_rounds)
        if not isinstance(curator, Uncurated):
            decay = decay * (1 - 1 / curator.n_candidates) ** np.arange(n_rounds + 1)
        return Outlook({"collapse/within_group_spread": decay}, {}, {}, None)
