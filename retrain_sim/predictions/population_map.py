"""The exact population map: what an ideal fit to infinitely many samples would do."""

from __future__ import annotations

import math
from functools import partial
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from retrain_sim.base import component
from retrain_sim.curation import KChoice, Uncurated
from retrain_sim.models import Categorical, Gaussian, LinearRegression, NGram
from retrain_sim.predictions.base import Assumption, Outlook
from retrain_sim.predictions.resampling import resampled_weights
from retrain_sim.preparation import Atoms
from retrain_sim.regimes import RealShare, Replace
from retrain_sim.scenario import Scenario
from retrain_sim.theory import core, effective_sample_size, population_trajectory

BOOTSTRAPS = 20
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
        curator, regime = scenario.curator, scenario.regime
        choice = isinstance(curator, KChoice | Uncurated)
        mixing = isinstance(regime, Replace | RealShare)
        return (
            Assumption(
                "a random voter chooses from slates", choice, type(curator).__name__
            ),
            Assumption(
                "replaced, or mixed with real data", mixing, type(regime).__name__
            ),
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
        paths = atom_paths(scenario, atoms, n_rounds, scenario_slate(scenario))
        large_k = atom_paths(scenario, atoms, n_rounds, math.inf, bootstrap=False)
        values = measure(paths, atoms, scenario)
        stages = {
            "K = inf": {k: v[0] for k, v in measure(large_k, atoms, scenario).items()},
            "finite K": {k: v[0] for k, v in values.items()},
        }
        if not isinstance(scenario.model, Categorical):
            drift = resampled_weights(scenario, atoms, n_rounds, n_seeds, seed)
            found = measure(drift, atoms, scenario)
            stages["with drift"] = {k: v.mean(axis=0) for k, v in found.items()}
        se = (
            {}
            if atoms.exact
            else {k: v[1:].std(axis=0, ddof=1) for k, v in values.items()}
        )
        ess = None if atoms.exact else np.asarray(effective_sample_size(paths[0]))
        return Outlook(stages["finite K"], se, stages, ess)


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


def scenario_slate(scenario: Scenario) -> float:
    """Return K of the map: 1 where nothing is curated."""
    return float(getattr(scenario.curator, "slate_size", 1))


def atom_paths(
    scenario: Scenario,
    atoms: Atoms,
    n_rounds: int,
    slate_size: float,
    bootstrap: bool = True,
) -> Float[np.ndarray, "b t n"]:
    """Move the atoms by the population map; row 0 as they are, then bootstraps.

    Args:
        scenario: voters, temperature and real share are taken from it.
        atoms: the outcomes.
        n_rounds: T.
        slate_size: K, or inf.
        bootstrap: add the bootstraps of sampled atoms.

    Returns:
        Probabilities, float64: one path if the atoms are exact, else 1 + 20.
    """
    curator, regime = scenario.curator, scenario.regime
    rewards = np.asarray(atoms.view.rewards, np.float64)
    weights, temperature = np.ones(len(rewards)), math.inf
    if isinstance(curator, KChoice):
        weights = np.asarray(curator.voter_weights, np.float64)
        temperature = float(curator.temperature)
    share = float(getattr(regime, "real_share", 0.0))
    weights = weights / weights.sum()
    starts = _bootstrap(atoms) if bootstrap else atoms.probs[None]
    # The public function checks the quadrature; the bootstraps then share its nodes.
    exact = population_trajectory(
        starts[0],
        rewards,
        weights,
        slate_size,
        n_rounds,
        temperature=temperature,
        real_probs=atoms.real_probs,
        real_share=share,
    )
    if len(starts) == 1:
        return exact[None]
    with jax.enable_x64(True):
        support = (atoms.probs > 0) | ((share > 0) & (atoms.real_probs > 0))
        z = core.scaled_rewards(jnp.asarray(rewards), temperature, jnp.asarray(support))
        nodes = core.quadrature_nodes(np.asarray(z), slate_size)
        rest = _vmapped(
            starts[1:], z, weights, slate_size, nodes, n_rounds, atoms.real_probs, share
        )
    return np.concatenate([exact[None], np.asarray(rest)])


@partial(jax.jit, static_argnames="n_rounds")
def _vmapped(starts, z, weights, slate_size, nodes, n_rounds, real_probs, share):
    def one(probs: Array) -> Array:
        return core.trajectory(
            probs,
            z,
            weights,
            slate_size,
            nodes,
            n_rounds,
            real_probs=real_probs,
            real_share=share,
        )[0]

    return jax.vmap(one)(starts)


def _bootstrap(atoms: Atoms) -> Float[np.ndarray, "b n"]:
    if atoms.exact:
        return atoms.probs[None]
    n = int((atoms.probs > 0).sum())
    counts = np.random.default_rng(0).multinomial(n, atoms.probs, size=BOOTSTRAPS)
    return np.concatenate([atoms.probs[None], counts / n])


def measure(
    paths: Float[np.ndarray, "b t n"], atoms: Atoms, scenario: Scenario
) -> dict[str, Float[np.ndarray, "b t"]]:
    """Evaluate every metric of the scenario on the atoms with the given weights."""
    flat = jnp.asarray(
        paths.reshape(-1, paths.shape[-1]) * paths.shape[-1], jnp.float32
    )
    rows = _measure(flat, atoms.view, scenario.metrics, scenario.frame)
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
