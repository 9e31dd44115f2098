"""What should hold of the table, of its shapes, and of the published bound."""

from __future__ import annotations

import numpy as np

from experiments.common import holds
from experiments.dose_kernel_ridge.setup import (
    GAPS,
    NOISE,
    POINTS,
    PUBLISHED,
    PUBLISHED_DRAWS,
    TABLED,
    Design,
    N,
    design,
    projected_risk,
    simulated,
)
from retrain_sim.dose.laws import (
    PowerLaw,
    best_strength,
    best_strength_exponents,
    bound_minimizer,
    bound_regret,
    generator_distance,
    kernel_risk,
)
from retrain_sim.verdicts import Verdict

JITTERS = (1e-8, 1e-6, 1e-4, 1e-2)


def exact(made: Design, name: str, strengths=TABLED) -> np.ndarray:
    """Return the exact risk of one generator."""
    gaps = made.gaps(GAPS[name])
    return kernel_risk(made.gram, made.cross, gaps, NOISE, strengths).total


def direct(made: Design) -> Verdict:
    """Compare the eigendecomposition with the inverse of the matrix itself."""
    worst = 0.0
    for name, gap in GAPS.items():
        rows = []
        for lam in TABLED:
            smooth = made.cross @ np.linalg.inv(made.gram + N * lam * np.eye(N))
            bias = ((gap(POINTS) - smooth @ gap(made.x)) ** 2).mean()
            rows.append(bias + NOISE**2 * (smooth**2).sum(axis=1).mean())
        worst = max(worst, float(np.abs(exact(made, name) / rows - 1).max()))
    subject = "the exact risk is that of the inverted matrix"
    return holds(subject, worst < 1e-6, f"greatest relative gap {worst:.0e}", worst)


def monte_carlo(made: Design, draws: int) -> Verdict:
    """Fit to draws of the noise: within 3 standard errors, 12 times."""
    worst = 0.0
    for i, (name, gap) in enumerate(GAPS.items()):
        for j, lam in enumerate(TABLED):
            risks = simulated(made, gap, lam, draws, 10 * i + j)
            # The last bits of 1e-7: rounding of risks that are all alike.
            se = risks.std(ddof=1) / np.sqrt(draws) + 1e-12
            gap_se = abs(risks.mean() - exact(made, name)[j]) / se
            worst = max(worst, float(gap_se))
    subject = f"12 simulated risks over {draws} draws"
    return holds(subject, worst < 3, f"farthest {worst:.1f} standard errors", worst)


def published(designs: list[Design], name: str) -> Verdict:
    """Ask whether the published row is one that some draw of the inputs gives."""
    rows = np.array([exact(made, name) for made in designs])
    noise = [simulated(designs[0], GAPS[name], lam, PUBLISHED_DRAWS, 0).std(ddof=1)
             for lam in TABLED]  # fmt: skip
    slack = 3 * np.array(noise) / np.sqrt(PUBLISHED_DRAWS)
    row = np.array(PUBLISHED[name])
    inside = (rows.min(axis=0) - slack <= row) & (row <= rows.max(axis=0) + slack)
    ends = zip(rows.min(axis=0), rows.max(axis=0), strict=True)
    measured = ", ".join(f"{low:.2g} to {high:.2g}" for low, high in ends)
    return holds(f"published row, {name}", inside.all(), measured)


def shapes(perfect: np.ndarray, smooth: np.ndarray) -> list[Verdict]:
    """Judge the two curves: one falls, the other is a U."""
    falls = bool((np.diff(perfect) < 0).all())
    best = int(smooth.argmin())
    turns = np.diff(np.sign(np.diff(smooth)))
    u = 0 < best < smooth.size - 1 and np.count_nonzero(turns) == 1
    ends = f"{smooth[0]:.2g}, {smooth.min():.2g}, {smooth[-1]:.2g}"
    return [
        holds("perfect generator: the more the better", falls, f"{perfect[-1]:.1e}"),
        holds("smooth error: a U with one minimum", u, f"ends and minimum {ends}"),
    ]


def correction(designs: list[Design]) -> list[Verdict]:
    """Judge the high-frequency row: inherited, not learned; and the artifact."""
    name = "high frequency"
    gap = GAPS[name]
    rows = np.array([exact(made, name) for made in designs])
    floor = float((gap(POINTS) ** 2).mean())
    near = np.abs(rows[:, -1] / floor - 1).max()
    made = np.array([[projected_risk(d, gap, j) for d in designs] for j in JITTERS])
    high = np.percentile(made[:, :, -1], 95, axis=1)
    row = np.array(PUBLISHED[name])
    covered = (made.min(axis=(0, 1)) <= row) & (row <= made.max(axis=(0, 1)))
    outside = row[1:] > rows.max(axis=0)[1:]
    shown = ", ".join(f"{value:.2g}" for value in high)
    return [
        holds("high-frequency error is inherited untouched", near < 0.02,
              f"risk at lambda = 10 {np.median(rows[:, -1]):.4f}, floor {floor:.4f}"),
        holds("projected on the inputs' span, it depends on the jitter",
              high.max() > 100 * high.min(),
              f"lambda = 10, 95 % of designs, jitter 1e-8 to 1e-2: {shown}"),
        holds("published high-frequency row: of the projection, not of the estimator",
              covered.all() and outside.all(),
              f"exact at most {rows.max(axis=0)[1]:.3f} at lambda = 0.01"),
    ]  # fmt: skip


def bound() -> list[Verdict]:
    """Judge what minimizing the published bound costs, and its exponent."""
    task = PowerLaw(noise=0.5, decay=2.0, smoothness=0.8)
    chosen = bound_minimizer(generator_distance(task), task.noise, 1000, task.decay)
    best, cost = best_strength(task, 1000), bound_regret(task, 1000)
    law = best_strength_exponents(task)
    of_bound = 1 / (4 - 1 / (4 * task.decay))
    return [
        holds("r = 2, s = 0.8: the bound's lambda costs 36 times the risk",
              35 < cost < 38, f"{chosen:.3f} for {best:.4f}, cost {cost:.1f}"),
        holds("control: the bound's exponent is not that of the optimum",
              law.strength - of_bound > 0.1, f"{of_bound:.3f}, {law.strength:.3f}"),
    ]  # fmt: skip


def wrong_floor(made: Design) -> Verdict:
    """Apply the floor of high frequencies to the smooth error, which data do mend."""
    floor = float((GAPS["smooth"](POINTS) ** 2).mean())
    least = float(exact(made, "smooth").min())
    subject = "control: an error within the kernel's reach is not inherited"
    return holds(subject, least < 0.1 * floor, f"{least:.1e} of {floor:.3f}")


def tables(n_designs: int) -> list[Design]:
    """Draw the inputs of several tables."""
    return [design(seed) for seed in range(n_designs)]
