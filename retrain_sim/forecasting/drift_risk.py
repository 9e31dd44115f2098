"""The risk that chance loses a group: rounds with finitely many kept samples.

Few types of outcomes are simulated exactly. A larger pool is first cut into cells of
similar rewards, smallest where the mass will be; what that changes is measured.
"""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from retrain_sim.forecasting.game import Game, Rules, make_game
from retrain_sim.forecasting.outcomes import Outcomes

TYPES = 512
SEEDS = 400
LOWEST = -30.0  # temperatures below the best: all alike to selection


class DriftRisk(NamedTuple):
    """Losses within T rounds.

    Attributes:
        loss_probability: of every group ``[g]``.
        error: their standard errors over seeds ``[g]``.
        n_types: types that were simulated.
        group_masses: of the types without drift ``[T + 1, g]``, to compare with the
            pool's own.
    """

    loss_probability: Float[np.ndarray, " g"]
    error: Float[np.ndarray, " g"]
    n_types: int
    group_masses: Float[np.ndarray, "t g"]


def drift_risk(
    game: Game,
    outcomes: Outcomes,
    mean: Float[np.ndarray, " a"],
    n_kept: int,
    n_rounds: int,
    seed: int,
) -> DriftRisk:
    """Simulate rounds that keep few samples, over 400 seeds.

        p_{t+1} = s p_0 + (1 - s) counts / n_kept,
        counts ~ Multinomial(n_kept, p_t W_t)

    Args:
        game: the pool's outcomes under rules.
        outcomes: the same outcomes.
        mean: their mean shares over the rounds without drift ``[a]``.
        n_kept: samples kept per round.
        n_rounds: T.
        seed: of the simulation.

    References:
        S. Wright, "Evolution in Mendelian Populations", Genetics 1931 (drift).
    """
    cells = cut(game, outcomes.groups, mean)
    small, groups = _types(game, outcomes.groups, cells, mean)
    masses = np.zeros((groups.size, outcomes.n_groups))
    masses[np.arange(groups.size), groups] = 1.0
    rng = np.random.default_rng(seed)
    probs = np.tile(small.start, (SEEDS, 1))
    path = [small.start @ masses]
    ideal = small.start
    for _ in range(n_rounds):
        probs = _drawn(rng, small, probs, n_kept)
        ideal = small.step(ideal)
        path.append(ideal @ masses)
    lost = (probs @ masses == 0).mean(axis=0)
    # Agresti and Coull: no error of 0 where nothing or everything was lost.
    likely = (lost * SEEDS + 2) / (SEEDS + 4)
    error = np.sqrt(likely * (1 - likely) / (SEEDS + 4))
    return DriftRisk(lost, error, groups.size, np.array(path))


def _drawn(
    rng: np.random.Generator, game: Game, probs: np.ndarray, n_kept: int
) -> Float[np.ndarray, "s a"]:
    """Keep samples in one round of every seed; real data come back exactly."""
    share = game.rules.real_share
    if share == 1.0:
        return np.broadcast_to(game.start, probs.shape)
    curated = probs * game.growth(probs)
    kept = rng.multinomial(n_kept, curated / curated.sum(axis=1, keepdims=True))
    return share * game.start + (1.0 - share) * kept / n_kept


def _types(
    game: Game, groups: np.ndarray, cells: np.ndarray, mean: np.ndarray
) -> tuple[Game, Int[np.ndarray, " k"]]:
    """Merge the outcomes of each cell at their mean reward."""
    mass = np.bincount(cells, mean)
    rewards = [np.bincount(cells, mean * row) / mass for row in game.rewards]
    start = np.bincount(cells, game.start)
    label = np.zeros(start.size, int)
    label[cells] = groups
    rules: Rules = game.rules
    return make_game(np.array(rewards), start / start.sum(), rules), label


def cut(
    game: Game, groups: Int[np.ndarray, " a"], mass: Float[np.ndarray, " a"]
) -> Int[np.ndarray, " a"]:
    """Cut a pool into at most 512 cells, each within a group.

    The cell of the greatest spread, mass times variance of a reward, is halved until
    there are enough; there are more where there are more groups.

    Args:
        game: its rewards and temperature.
        groups: of the outcomes ``[a]``.
        mass: > 0 ``[a]``.

    Returns:
        Cell of every outcome ``[a]``, 0, 1, ...
    """
    if groups.size <= TYPES:
        return np.arange(groups.size)
    best = game.rewards.max(axis=1, keepdims=True)
    z = np.maximum((game.rewards - best) / game.rules.temperature, LOWEST)
    order = np.argsort(groups, kind="stable")
    edges = np.flatnonzero(np.diff(groups[order])) + 1
    heap = [_cell(z, mass, part, i) for i, part in enumerate(np.split(order, edges))]
    heapq.heapify(heap)
    while len(heap) < TYPES and heap[0][0] < 0:
        _, number, axis, part = heapq.heappop(heap)
        above = _upper(z[axis, part], mass[part])
        heapq.heappush(heap, _cell(z, mass, part[above], number))
        heapq.heappush(heap, _cell(z, mass, part[~above], len(heap) + 1))
    cells = np.empty(groups.size, int)
    for i, (*_, part) in enumerate(heap):
        cells[part] = i
    return cells


def _upper(values: np.ndarray, mass: np.ndarray) -> Bool[np.ndarray, " k"]:
    """Mark what is above the mean; never all, never nothing, whatever rounding does."""
    middle = np.average(values, weights=mass)
    highest = np.nextafter(values.max(), -np.inf)
    return values > min(max(middle, values.min()), highest)


def _cell(
    z: np.ndarray, mass: np.ndarray, part: np.ndarray, number: int
) -> tuple[float, int, int, np.ndarray]:
    """Return minus the spread, to sort by, a number to break ties, axis and part."""
    shares = mass[part]
    mean = z[:, part] @ shares / shares.sum()
    spread = (z[:, part] - mean[:, None]) ** 2 @ shares
    axis = int(spread.argmax())
    ends = np.ptp(z[axis, part])
    return (-float(spread[axis]) if ends > 1e-9 else 0.0, number, axis, part)
