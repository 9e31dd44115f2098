"""Basins of several rewards: what the non-collapse theorems assume, and what they say.

The basin of voter i is S_i = {x : r_i(x) >= max r_i - eps}, maxima over the atoms with
mass. The theorems are about infinite slates. What they assume is a property of the
landscape at hand, so it is measured here rather than taken for granted.
"""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from numpy.typing import ArrayLike

from retrain_sim.theory.atoms import curation_multiplier
from retrain_sim.theory.checks import (
    check_count,
    check_number,
    check_probs,
    check_range,
    check_temperature,
    check_voters,
)


class BasinAudit(NamedTuple):
    """The basins of a landscape, and which assumptions of the theorems hold on it.

    Attributes:
        members: True [m, n] where an atom with mass is in the basin of voter i.
        gaps: Delta_i [m], least loss of voter i in the basin of another; inf for one
            voter.
        outside_gap: delta, least loss of any voter outside all basins; inf if nothing
            is outside.
        leakage: kappa_i = exp(-(Delta_i - 2 eps) / temperature) [m], as published.
        sharp_leakage: exp(-(Delta_i - eps) / temperature) [m], which holds too.
        shares: Mass of every basin [rows, m] by round of infinite slates.
        outside_mass: Mass outside all basins [rows].
        outside_growth: sup of W_t outside all basins [rows]; 0 if nothing is there.
        main_text: Whether each assumption of the main text holds, by its name.
        appendix: Whether each further assumption that the proofs use holds.
    """

    members: Bool[np.ndarray, "m n"]
    gaps: Float[np.ndarray, " m"]
    outside_gap: float
    leakage: Float[np.ndarray, " m"]
    sharp_leakage: Float[np.ndarray, " m"]
    shares: Float[np.ndarray, "rows m"]
    outside_mass: Float[np.ndarray, " rows"]
    outside_growth: Float[np.ndarray, " rows"]
    main_text: dict[str, bool]
    appendix: dict[str, bool]


def audit_basins(
    probs: ArrayLike,
    rewards: ArrayLike,
    eps: int | float,
    voter_weights: ArrayLike | None = None,
    *,
    temperature: int | float = 1.0,
    n_rounds: int = 50,
) -> BasinAudit:
    """Measure the basins of a landscape and the assumptions made about them.

    The main text assumes disjoint basins, gaps above 2 eps and, for non-collapse,
    kappa_i < w_i for every voter: with two voters, kappa_1 < q < 1 - kappa_2. This does
    not make outside mass decay: a compromise outside all basins may grow, although by
    definition it is worse than the basins to everybody. The proof in the appendix needs
    outside domination, sup W_t <= rho < 1 outside at every round, measured here on
    n_rounds rounds.

    Args:
        probs: p_0 [n], >= 0, sum 1.
        rewards: Finite rewards [m, n], one row per voter.
        eps: Tolerance of a basin, >= 0, in units of the rewards.
        voter_weights: Probability that each voter judges a slate [m], >= 0, sum 1;
            equal by default.
        temperature: Unit of the rewards, > 0.
        n_rounds: Rounds of infinite slates on which domination is measured, >= 0.

    Returns:
        The audit; rows are rounds 0..n_rounds.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Falahati, Mohammadi Amiri, Larson, Golab, "Curated Synthetic Data Doesn't Have
        to Collapse", ICML 2026, arXiv:2605.07724, Lemmas 3.3 and 3.5, Appendix B.4.
        Derived here: the form for more than two voters.

    Example:
        >>> rewards = [[4.0, 0.0, 3.7], [0.0, 4.0, 3.7]]
        >>> audit = audit_basins([0.4, 0.4, 0.2], rewards, eps=0.1)
        >>> all(audit.main_text.values()), audit.appendix
        (True, {'outside domination': False})
    """
    start = check_probs("probs", probs)
    if voter_weights is None:
        m = len(np.atleast_2d(rewards))
        voter_weights = np.full(m, 1.0 / m)
    rewards, weights = check_voters(rewards, voter_weights, start.size)
    eps = check_number("eps", eps, 0.0)
    temperature = check_number("temperature", check_temperature(temperature), 0.0)
    n_rounds = check_count("n_rounds", n_rounds, minimum=0)
    inside = start > 0
    loss = rewards[:, inside].max(axis=1, keepdims=True) - rewards
    members = (loss <= eps) & inside
    outside = inside & ~members.any(axis=0)
    gaps, outside_gap = _gaps(loss, members), _least(loss[:, outside])
    leakage = _leakage(gaps, 2.0 * eps, temperature)
    shares, mass, growth = _outside(
        start, rewards, weights, temperature, members, outside, n_rounds
    )
    main_text = {
        "disjoint basins": bool(members.sum(axis=0).max() <= 1),
        "gaps above 2 eps": bool((gaps > 2.0 * eps).all()),
        "weights above leakage": bool((weights > leakage).all()),
    }
    return BasinAudit(
        members,
        gaps,
        outside_gap,
        leakage,
        _leakage(gaps, eps, temperature),
        shares,
        mass,
        growth,
        main_text,
        {"outside domination": bool(growth.max() < 1.0)},
    )


def leakage_interval(
    q: int | float, leakage_1: int | float, leakage_2: int | float
) -> tuple[float, float]:
    """Bound the share of basin 1 that infinite slates end in, with two voters.

        [max(0, (q - kappa_1) / (1 - kappa_1)), min(1, q / (1 - kappa_2))]

    if kappa_1 < q < 1 - kappa_2 and the mass outside both basins vanishes. It is false
    at small slate sizes, where a basin inside these limits may be lost.

    Args:
        q: Probability that voter 1 judges a slate, in [0, 1].
        leakage_1: kappa_1 >= 0, `BasinAudit.leakage` or `sharp_leakage`.
        leakage_2: kappa_2 >= 0.

    Returns:
        The interval; (0, 1) where the condition on q fails and nothing is known.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Falahati et al., ICML 2026, arXiv:2605.07724, Lemma 3.5.

    Example:
        >>> leakage_interval(0.5, 0.2, 0.2)
        (0.37499999999999994, 0.625)
    """
    q = check_number("q", q, 0.0, 1.0)
    leakage_1 = check_number("leakage_1", leakage_1, 0.0)
    leakage_2 = check_number("leakage_2", leakage_2, 0.0)
    if not leakage_1 < q < 1.0 - leakage_2:
        return 0.0, 1.0
    return (q - leakage_1) / (1.0 - leakage_1), q / (1.0 - leakage_2)


def variance_bound(
    share: int | float | ArrayLike, gap: int | float, eps: int | float
) -> float | Float[np.ndarray, "..."]:
    """Bound the variance of a reward from below when two basins hold all the mass.

        Var_p[r_i] >= a (1 - a) max(Delta_i - 2 eps, 0)^2

    Args:
        share: a, share of basin 1, any shape, in [0, 1].
        gap: Delta_i >= 0.
        eps: Tolerance of the basins, >= 0.

    Returns:
        The bound, of the shape of share, in squared units of the reward itself (not of
        its utility).

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Falahati et al., ICML 2026, arXiv:2605.07724, Theorem 3.6.

    Example:
        >>> variance_bound(0.5, gap=3.0, eps=0.5)
        1.0
    """
    share = check_range("share", share, 0.0, 1.0)
    gap = check_number("gap", gap, 0.0)
    eps = check_number("eps", eps, 0.0)
    bound = share * (1.0 - share) * max(gap - 2.0 * eps, 0.0) ** 2
    return float(bound) if bound.ndim == 0 else bound


def _least(values):
    return float(values.min()) if values.size else math.inf


def _gaps(loss, members):
    """Return the least loss of each voter in the basins of the others."""
    gaps = []
    for i, row in enumerate(loss):
        others = np.delete(members, i, axis=0).any(axis=0)
        gaps.append(_least(row[others]))
    return np.array(gaps)


def _leakage(gaps, margin, temperature):
    return np.exp(np.minimum(-(gaps - margin) / temperature, 700.0))


def _outside(probs, rewards, weights, temperature, members, outside, n_rounds):
    """Return basin shares, the outside mass and sup W outside, by round."""
    rows = []
    for _ in range(n_rounds + 1):
        growth = curation_multiplier(probs, rewards, weights, math.inf, temperature)
        rows.append(
            [*(members @ probs), probs[outside].sum(), growth[outside].max(initial=0.0)]
        )
        probs = np.where(probs > 0, probs * growth, 0.0)
        probs /= probs.sum()
    table = np.array(rows)
    return table[:, :-2], table[:, -2], table[:, -1]
