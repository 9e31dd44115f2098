"""The exact population map: what an ideal fit to infinitely many samples would do."""

from __future__ import annotations

import math
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from retrain_sim.base import KnownCuration, KnownMixture, component
from retrain_sim.loop import reads_density
from retrain_sim.models import Categorical, Gaussian, LinearRegression, NGram
from retrain_sim.predictions.base import NOTHING, Assumption, Outlook
from retrain_sim.predictions.paths import as_choice, atom_paths, choice_path
from retrain_sim.predictions.resampling import resampled_weights
from retrain_sim.preparation import Atoms
from retrain_sim.scenario import Scenario
from retrain_sim.theory import effective_sample_size

DRIFT = "with drift"
LEAST_ESS = 100
MEASURED_AT_ONCE = 64


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
            _known_regime(scenario),
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
        if not (_known_curation(scenario, atoms).holds and _has_law(scenario)):
            return NOTHING
        paths = atom_paths(scenario, atoms, n_rounds)
        values = measure(paths, atoms, scenario)
        stages = self._large_k(scenario, atoms, n_rounds)
        stages["finite K"] = {k: v[0] for k, v in values.items()}
        se = (
            {}
            if atoms.exact
            else {k: v[1:].std(axis=0, ddof=1) for k, v in values.items()}
        )
        if not isinstance(scenario.model, Categorical):
            drift = resampled_weights(scenario, atoms, n_rounds, n_seeds, seed)
            found = measure(drift, atoms, scenario)
            stages[DRIFT] = {k: v.mean(axis=0) for k, v in found.items()}
            se |= {f"{DRIFT}/{k}": standard_errors(v) for k, v in found.items()}
        ess = None if atoms.exact else np.asarray(effective_sample_size(paths[0]))
        return Outlook(stages["finite K"], se, stages, ess)

    def _large_k(self, scenario: Scenario, atoms: Atoms, n_rounds: int) -> dict:
        """Return the stage of infinite slates, where slates are in use."""
        choice = as_choice(scenario, atoms)
        if choice is None:
            return {}
        path = choice_path(choice._replace(slate_size=math.inf), atoms, n_rounds)
        found = measure(path[None], atoms, scenario)
        return {"K = inf": {k: v[0] for k, v in found.items()}}


def standard_errors(values: Float[np.ndarray, "s t"]) -> Float[np.ndarray, " t"]:
    """Return the standard error of the mean over seeds; NaN for a single seed."""
    if len(values) < 2:
        return np.full(values.shape[1], np.nan)
    return values.std(axis=0, ddof=1) / math.sqrt(len(values))


def _has_law(scenario: Scenario) -> bool:
    return isinstance(scenario.regime, KnownMixture)


def _known_regime(scenario: Scenario) -> Assumption:
    name = type(scenario.regime).__name__
    return Assumption("the regime mixes by a known law", _has_law(scenario), name)


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


def measure(
    paths: Float[np.ndarray, "b t n"], atoms: Atoms, scenario: Scenario
) -> dict[str, Float[np.ndarray, "b t"]]:
    """Evaluate every metric of the scenario on the atoms with the given weights."""
    flat = jnp.asarray(
        paths.reshape(-1, paths.shape[-1]) * paths.shape[-1], jnp.float32
    )
    metrics = tuple(m for m in scenario.metrics if getattr(m, "predictable", True))
    rows = _measure(flat, atoms.view, metrics, scenario.frame)
    shape = paths.shape[:2]
    return {k: np.asarray(v, np.float64).reshape(shape) for k, v in rows.items()}


@jax.jit
def _measure(weights, view, metrics, frame):
    def one(w: Array) -> dict[str, Array]:
        rows = {}
        for metric in metrics:
            rows |= metric(jax.random.key(0), view._replace(weights=w), frame)
        return rows

    return jax.lax.map(one, weights, batch_size=MEASURED_AT_ONCE)
