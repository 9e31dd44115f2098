"""Draw the README's figure from a run: ``python docs/draw_digits.py runs/digits-1``."""

import sys
from pathlib import Path

from matplotlib.figure import Figure

from retrain_sim.plotting import draw_metric, draw_samples
from retrain_sim.store import RunFolder

result = RunFolder.open(Path(sys.argv[1])).result()
figure = Figure(figsize=(11, 4.6), layout="constrained")
left, right = figure.subfigures(1, 2, width_ratios=[1.15, 1])
last = result.spec.run.rounds
rounds = (0, 2, last)
grid = left.subplots(3, len(result.arms), squeeze=False)
for column, arm in zip(grid.T, result.arms, strict=True):
    for ax, at in zip(column, rounds, strict=True):
        draw_samples(ax, result, arm, at)
    column[0].set_title(arm)
for row, at in zip(grid, rounds, strict=True):
    row[0].text(-0.08, 0.5, f"round {at}", rotation=90, va="center", ha="right",
                transform=row[0].transAxes)  # fmt: skip
ax = right.subplots()
draw_metric(ax, result, result.headline)
ax.spines[["top", "right"]].set_visible(False)
figure.savefig(Path(__file__).parent / "digits.png", dpi=110)
