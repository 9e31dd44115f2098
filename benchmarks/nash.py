"""Weighted Nash bargaining over outcomes, beside a convex solver."""

from __future__ import annotations

import numpy as np

from benchmarks.case import Benchmark, Case, scaled
from retrain_sim.theory import nash_bargaining

VOTERS, AGREED = 8, 1e-4  # what the solver reaches by default


def _problem(n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(VOTERS, n)), rng.dirichlet(np.ones(VOTERS))


def _cvxpy(rewards: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Maximize sum_i w_i log E[u_i] over distributions; return the mean utilities."""
    import cvxpy

    utility = np.exp(rewards - rewards.max(axis=1, keepdims=True))
    probs = cvxpy.Variable(rewards.shape[1])
    welfare = weights @ cvxpy.log(utility @ probs)
    limits = [probs >= 0, cvxpy.sum(probs) == 1]
    cvxpy.Problem(cvxpy.Maximize(welfare), limits).solve(solver="CLARABEL")
    return utility @ probs.value


def _case(n: int) -> Case:
    problem = _problem(n)

    def ours() -> np.ndarray:
        return nash_bargaining(*problem).mean_utilities

    def agree() -> None:
        np.testing.assert_allclose(ours(), _cvxpy(*problem), rtol=0, atol=AGREED)

    return Case(ours, lambda: _cvxpy(*problem), agree)


def _large(n: int, m: int) -> Case:
    """Time the solver alone, where the convex solver takes too long or fails."""
    rng = np.random.default_rng(0)
    problem = rng.normal(size=(m, n)), rng.dirichlet(np.ones(m))

    def ours() -> None:
        found = nash_bargaining(*problem)
        assert found.gap <= 1e-9, f"the certificate is {found.gap}"

    return Case(ours, lambda: np.exp(problem[0]).sum())


BENCHMARKS = [
    Benchmark(
        "nash",
        "Nash bargaining, 2 000 outcomes, 8 voters",
        "CVXPY with Clarabel",
        ("cvxpy", "clarabel"),
        None,
        lambda scale: _case(scaled(2000, scale, 20)),
    ),
    Benchmark(
        "nash-1e6",
        "Nash bargaining, 1 000 000 outcomes, 8 voters, certificate below 1e-9",
        "one exponential of every utility, NumPy",
        ("numpy",),
        None,
        lambda scale: _large(scaled(1_000_000, scale, 20), 8),
    ),
    Benchmark(
        "nash-1e5",
        "Nash bargaining, 100 000 outcomes, 20 voters, certificate below 1e-9",
        "one exponential of every utility, NumPy",
        ("numpy",),
        None,
        lambda scale: _large(scaled(100_000, scale, 40), 20),
    ),
]
