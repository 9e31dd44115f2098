"""Paths of the atoms: what curation and regime do to their weights, exactly."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

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
PATH_BYTES = 2**28
"""Room for the bootstraps' paths that are computed together."""


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
) -> Iterator[Float[np.ndarray, "t n"]]:
    """Move the atoms by the population map: as they are, then their bootstraps.

    Args:
        scenario: its curator and regime define the map.
        atoms: the outcomes.
        n_rounds: T.

    Yields:
        Probabilities of rounds 0 .. T, float64: once if the atoms are exact, else 21
        times; they are not all held at once.
    """
    choice, (first, *rest) = as_choice(scenario, atoms), _starts(atoms)
    if choice is None:
        for probs in (first, *rest):
            yield step_by_step(scenario, atoms, probs, n_rounds)
        return
    # The public function checks the quadrature; the bootstraps then share its nodes.
    yield choice_path(choice, atoms, n_rounds)
    at_once = max(1, PATH_BYTES // (8 * (n_rounds + 1) * len(first)))
    for i in range(0, len(rest), at_once):
        yield from _together(choice, atoms, np.stack(rest[i : i + at_once]), n_rounds)


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
    curator, regime, path, kept = (
        scenario.curator,
        regime_on(atoms, scenario),
        [probs],
        [],
    )
    assert isinstance(curator, KnownCuration)
    assert isinstance(regime, KnownMixture)
    for _ in range(n_rounds):
        growth = curator.multiplier(atoms.view, path[-1])
        law = np.where(path[-1] > 0, path[-1] * growth, 0)
        # Where nothing is kept any more there is no law: NaN from here on.
        kept.append(law / law.sum() if law.sum() > 0 else np.full_like(law, np.nan))
        mixed = regime.law(np.stack(kept), atoms.real_probs, curator.n_kept)
        path.append(mixed / mixed.sum())
    return np.stack(path)


def regime_on(atoms: Atoms, scenario: Scenario) -> Any:
    """Return the regime as it acts on samples that are indices of atoms."""
    on_atoms = getattr(scenario.regime, "on_atoms", lambda x: scenario.regime)
    return on_atoms(atoms.view.x)


def _together(
    choice: Choice, atoms: Atoms, starts: Float[np.ndarray, "b n"], n_rounds: int
) -> Float[np.ndarray, "b t n"]:
    share, k = choice.real_share, choice.slate_size
    with jax.enable_x64(True):
        support = (atoms.probs > 0) | ((share > 0) & (atoms.real_probs > 0))
        rewards = jnp.asarray(choice.rewards)
        z = core.scaled_rewards(rewards, choice.temperature, jnp.asarray(support))
        nodes = core.quadrature_nodes(np.asarray(z), k)
        real = (atoms.real_probs, share)
        paths = _vmapped(starts, z, choice.weights, k, nodes, n_rounds, *real)
    return np.asarray(paths)


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
