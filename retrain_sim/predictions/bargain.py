"""How far every round is from the bargain that infinite slates tend to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import xarray as xr
from jaxtyping import Float

from retrain_sim.predictions.saved import Game
from retrain_sim.theory import (
    NashSolution,
    kkt_gap,
    nash_bargaining,
    population_trajectory,
    welfare,
)

ROUNDING = 1e-5
"""Greatest distance from 1 of a sum of measured shares, which are float32."""


class Bargain(NamedTuple):
    """Nash welfare and its certificate, by round.

    Args:
        nash: the weighted Nash bargaining solution on the atoms.
        welfare: F of the map at the run's slate size, <= ``nash.welfare``.
        gap: its certificate (KKT), an upper bound on the welfare that is missing.
        measured_welfare: F of the simulated models; None where it was not measured.
        measured_gap: their certificate.
    """

    nash: NashSolution
    welfare: Float[np.ndarray, " t"]
    gap: Float[np.ndarray, " t"]
    measured_welfare: Float[np.ndarray, "s t"] | None
    measured_gap: Float[np.ndarray, "s t"] | None


def bargain_of(game: Game, measured: xr.Dataset, names: tuple[str, ...]) -> Bargain:
    """Follow welfare and certificate over the rounds of a run.

    Mean utilities of a simulated model are known only where outcomes of one group have
    the same rewards: they follow from its measured shares. Elsewhere theory is alone.

    Args:
        game: how the arm curates.
        measured: the history of the arm alone, [seed, round].
        names: of the groups.
    """
    n_rounds = measured.sizes["round"] - 1
    votes = game.rewards, game.weights
    path = population_trajectory(
        game.probs, *votes, game.slate_size, n_rounds, **game.mixing
    )
    t = game.temperature
    theory = welfare(path, *votes, t), kkt_gap(path, *votes, t)
    nash = nash_bargaining(*votes, game.support, t)
    shares = _measured_shares(game, measured, names)
    if shares is None:
        return Bargain(nash, *map(np.asarray, theory), None, None)
    _, first = np.unique(game.groups, return_index=True)
    few = game.rewards[:, first], game.weights, t
    found = welfare(shares, *few), kkt_gap(shares, *few)
    return Bargain(nash, *map(np.asarray, theory), *map(np.asarray, found))


def _measured_shares(
    game: Game, measured: xr.Dataset, names: tuple[str, ...]
) -> Float[np.ndarray, "s t g"] | None:
    """Return the shares of the groups, if these determine all rewards."""
    labels = np.unique(game.groups)
    columns = [f"share/{names[label]}" for label in labels]
    uniform = all(
        np.ptp(game.rewards[:, game.groups == label], axis=1).max() == 0
        for label in labels
    )
    if not uniform or any(column not in measured for column in columns):
        return None
    shares = np.stack([measured[c].values for c in columns], axis=-1)
    totals = shares.astype(np.float64).sum(axis=-1, keepdims=True)
    if not (np.abs(totals - 1) <= ROUNDING).all():
        return None
    return shares / totals
