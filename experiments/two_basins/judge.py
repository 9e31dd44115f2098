"""What should hold with two basins at K = inf."""

from __future__ import annotations

import math

import numpy as np

from experiments.common import holds, quadratic_rewards
from experiments.two_basins.landscape import HALF_WIDTH, Run
from retrain_sim.theory import population_trajectory
from retrain_sim.verdicts import NOT_APPLICABLE, Verdict

ROUNDING = 1e-12
CERTIFIED = 1e-9
PUBLISHED = {1: 1.66e-2, 2: 5.06e-5, 3: 1.40e-5, 5: 1.25e-5}
"""Falahati et al. (2026): mean over q of (a - q)^2, by distance."""


def welfare_rises(runs: list[Run]) -> Verdict:
    """Look for a round that lowers the welfare."""
    least = min(float(np.diff(run.welfare).min()) for run in runs)
    subject = "welfare never falls, any D, q and round"
    return holds(subject, least > -ROUNDING, f"least step {least:.1e}", least)


def solver(runs: list[Run]) -> Verdict:
    """Look at the certificates of the bargains."""
    gap = max(float(run.nash_gap.max()) for run in runs)
    return holds("the bargain is solved", gap <= CERTIFIED, f"gap <= {gap:.1e}", gap)


def approaches(runs: list[Run]) -> Verdict:
    """Compare the welfare that the loop misses with 1/(2t), smooth in one dimension."""
    rounds = runs[0].share.shape[1] - 1
    rates = [2 * rounds * float(gap) for run in runs for gap in run.gap]
    near = min(rates) > 0.8 and max(rates) < 1.25
    shown = f"2 t gap between {min(rates):.2f} and {max(rates):.2f}, t = {rounds}"
    return holds("the loop's certified gap falls like 1/(2t)", near, shown)


def bargain(run: Run) -> Verdict:
    """Tell whether the loop ends at the exact share or at a = q."""
    exact, paper = run.error(run.exact)[-1], run.error(run.weights)[-1]
    subject = f"D = {run.distance:g}: ends at the exact share, not at q"
    shown = f"squared gap {exact:.1e} to it, {paper:.1e} to q"
    nearer = exact <= paper + ROUNDING**2
    return holds(subject, nearer and exact < 1e-6, shown, float(exact))


def compromise(run: Run) -> Verdict:
    """Tell whether everything ends at the weighted mean of the optima."""
    gap = float(np.abs(run.mean[:, -1] - run.exact_mean).max())
    one = bool(np.isnan(run.exact).all())
    subject = f"D = {run.distance:g}: one compromise, at the weighted mean"
    return holds(subject, one and gap < 5e-3, f"mean position off by {gap:.1e}", gap)


def meaningless(run: Run) -> Verdict:
    """Show that the error at D = 1 depends on when one looks."""
    error = run.error(run.weights)
    shown = ", ".join(f"{error[t]:.1e} at t = {t}" for t in (5, 25, len(error) - 1))
    grows = error[-1] > 2 * error[25] > 20 * error[5]
    return holds("D = 1: the error of a = q is of the round, no limit", grows, shown)


def published(run: Run) -> Verdict:
    """Set our error of a = q beside the published one, which nothing pins down."""
    value, ours = PUBLISHED[int(run.distance)], float(run.error(run.weights)[-1])
    shown = f"published {value:.2e}, here {ours:.2e}; its rounds and cells are unstated"
    subject = f"D = {run.distance:g}: published error of a = q"
    return Verdict(subject, NOT_APPLICABLE, ours - value, 0.0, shown)


def refinement(runs: dict[int, list[Run]]) -> Verdict:
    """Compare grids: the share of the bargain, wherever there are two camps."""
    exact = [
        max(
            float(np.nanmax(np.abs(run.nash - run.exact)))
            for run in row
            if run.distance > math.sqrt(2)
        )
        for row in runs.values()
    ]
    shown = ", ".join(f"{n}: {gap:.1e}" for n, gap in zip(runs, exact, strict=True))
    fine = exact[-1] < exact[0] and exact[-1] < 1e-3
    return holds("finer cells bring the bargain to the closed form", fine, shown)


def small_slates() -> Verdict:
    """Run K = 3 with q = 0.2, where a = q must fail: the minority is lost."""
    x = np.linspace(-HALF_WIDTH / 4, HALF_WIDTH / 4, 101)
    rewards = quadratic_rewards(x, 4.0)
    path = population_trajectory(
        np.full(x.size, 1 / x.size), rewards, [0.2, 0.8], 3, 100
    )
    share = float(path[-1] @ (x < 0))
    subject = "control: K = 3, D = 4, q = 0.2 does not keep q"
    return holds(subject, share < 0.01, f"a = {share:.1e}", share)


def one_voter() -> Verdict:
    """Run q = 1, which must collapse to one optimum."""
    x = np.linspace(-HALF_WIDTH / 4, HALF_WIDTH / 4, 101)
    rewards = quadratic_rewards(x, 4.0)
    path = population_trajectory(
        np.full(x.size, 1 / x.size), rewards, [1.0, 0.0], np.inf, 100
    )
    share = float(path[-1] @ (x < 0))
    return holds(
        "control: q = 1 collapses", share > 1 - 1e-9, f"1 - a = {1 - share:.1e}"
    )
