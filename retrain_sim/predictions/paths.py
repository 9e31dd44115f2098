"""Paths of the atoms: what curation and regime do to their weights, exactly."""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from retrain_sim.base import Curator, KnownCuration, KnownMixture, Regime
from retrain_sim.curation import KChoice, Rule, Uncurated
from retrain_sim.loop import reads_density
from retrain_sim.preparation import Atoms
from retrain_sim.regimes import RealShare, Replace
from retrain_sim.scenario import Scenario
from retrain_sim.theory import core, population_trajectory

BOOTSTRAPS = 20


class Choice(NamedTuple):
    """Curation as Luce's choice by voters whose scores do not depend on p_t."""

    rewards: Float[np.ndarray, "v n"]
    weights: Float[np.ndarray, " v"]
    slate_size: float
    temperature: float
    real_share: float


def as_choice(scenario: Scenario, atoms: Atoms) -> Choice | None:
    """Take a scenario for Luce's choice, replaced or mixed, if it is that."""
    return choice_of(scenario.curator, scenario.regime, atoms)


def choice_of(curator: Curator, regime: Regime, atoms: Atoms) -> Choice | None:
    """Take curation and regime for Luce's choice, replaced or mixed, if they are."""
    if not isinstance(regime, Replace | RealShare):
        return None
    share = float(getattr(regime, "real_share", 0.0))
    if isinstance(curator, Uncurated):
        rewards = np.asarray(atoms.view.rewards[:1], np.float64)
        return Choice(rewards, np.ones(1), 1.0, math.inf, share)
    rule = curator.rule if isinstance(curator, KChoice) else curator
    if not (isinstance(rule, Rule) and hasattr(rule.draw, "luce")):
        return None
    if reads_density(rule):
        return None
    return Choice(*rule.voters(atoms.view, atoms.probs), *rule.draw.luce, share)


def atom_paths(
    scenario: Scenario, atoms: Atoms, n_rounds: int
) -> Float[np.ndarray, "b t n"]:
    """Move the atoms by the population map; row 0 as they are, then bootstraps.

    Args:
        scenario: its curator and regime define the map.
        atoms: the outcomes.
        n_rounds: T.

    Returns:
        Probabilities, float64: one path if the atoms are exact, else 1 + 20.
    """
    choice, starts = as_choice(scenario, atoms), _starts(atoms)
    if choice is None:
        return np.stack([step_by_step(scenario, atoms, p, n_rounds) for p in starts])
    # The public function checks the quadrature; the bootstraps then share its nodes.
    exact = choice_path(choice, atoms, n_rounds)
    if len(starts) == 1:
        return exact[None]
    share = choice.real_share
    with jax.enable_x64(True):
        support = (atoms.probs > 0) | ((share > 0) & (atoms.real_probs > 0))
        z = core.scaled_rewards(
            jnp.asarray(choice.rewards), choice.temperature, jnp.asarray(support)
        )
        k = choice.slate_size
        nodes = core.quadrature_nodes(np.asarray(z), k)
        rest = _vmapped(
            starts[1:], z, choice.weights, k, nodes, n_rounds, atoms.real_probs, share
        )
    return np.concatenate([exact[None], np.asarray(rest)])


def choice_path(
    choice: Choice, atoms: Atoms, n_rounds: int
) -> Float[np.ndarray, "t n"]:
    """Follow the atoms under Luce's choice."""
    return population_trajectory(
        atoms.probs,
        choice.rewards,
        choice.weights,
        choice.slate_size,
        n_rounds,
        temperature=choice.temperature,
        real_probs=atoms.real_probs,
        real_share=choice.real_share,
    )


def step_by_step(
    scenario: Scenario, atoms: Atoms, probs: Float[np.ndarray, " n"], n_rounds: int
) -> Float[np.ndarray, "t n"]:
    """Follow the atoms under any curator and regime that know their laws."""
    curator, regime, path, kept = scenario.curator, scenario.regime, [probs], []
    assert isinstance(curator, KnownCuration)
    assert isinstance(regime, KnownMixture)
    for _ in range(n_rounds):
        growth = curator.multiplier(atoms.view, path[-1])
        law = np.where(path[-1] > 0, path[-1] * growth, 0)
        kept.append(law / law.sum())
        mixed = regime.law(np.stack(kept), atoms.real_probs, curator.n_kept)
        path.append(mixed / mixed.sum())
    return np.stack(path)


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


def _starts(atoms: Atoms) -> Float[np.ndarray, "b n"]:
    if atoms.exact:
        return atoms.probs[None]
    n = int((atoms.probs > 0).sum())
    counts = np.random.default_rng(0).multinomial(n, atoms.probs, size=BOOTSTRAPS)
    return np.concatenate([atoms.probs[None], counts / n])
