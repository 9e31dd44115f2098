"""What should hold of the weight between source and synthetic target data."""

from __future__ import annotations

import numpy as np

from experiments.primer.judging import more
from retrain_sim.verdicts import FAIL, PASS, Verdict

WORST = 4.5
"""Standard errors: the worst of 81 cells exceeds 4 once in 200 times by chance."""


def judge(weights, errors, laws, shares, trained) -> list[Verdict]:
    """Judge the weights against the law, and the classifiers against their ends."""
    off = (weights - laws) / errors
    # The law keeps to [0, 1]; an estimate on its border may stray outside.
    inside = (laws > 0) & (laws < 1)
    worst = float(np.abs(off[inside]).max())
    reason = f"worst of {inside.sum()}: {worst:.1f} standard errors"
    found = [
        Verdict(
            "the law of the weight", PASS if worst < WORST else FAIL, worst, 1.0, reason
        )
    ]
    for i, name in ((1, "unrelated"), (2, "opposed")):
        at = int(trained[:, i].mean(axis=0).argmin())
        best = trained[:, i, at]
        for end, source in ((0, "source"), (-1, "synthetic")):
            subject = f"{name} biases: share {shares[at]:.1f} beats {source} data alone"
            found.append(more(subject, trained[:, i, end], best))
    aligned, opposed = trained[:, 0].min(axis=1), trained[:, 2].min(axis=1)
    return [*found, more("opposed biases cancel: less error", aligned, opposed, 0.02)]
