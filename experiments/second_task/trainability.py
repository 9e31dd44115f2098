"""How well a task is learned that comes after others."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from experiments.policies import ROUNDS, Rows

LEARNED = 0.5


def first_passage(
    right: Float[np.ndarray, "s t"], start: int = ROUNDS
) -> Float[np.ndarray, " s"]:
    """Return the rounds of the second task until pass@1 reaches a half; NaN: never.

    Example:
        >>> right = np.array([[0.0, 0.2, 0.6], [0.0, 0.1, 0.1]])
        >>> first_passage(right, start=1).tolist()
        [1.0, nan]
    """
    passed = right[:, start:] >= LEARNED
    return np.where(passed.any(axis=1), passed.argmax(axis=1), np.nan)


def areas(rows: Rows, n_tasks: int, rounds: int) -> Float[np.ndarray, "s k"]:
    """Return the trainability of each task: its mean pass@1 while it is trained.

    The area under the curve as a share of a perfect one.
    """
    found = [
        rows[f"policy/pass@1/task-{i + 1}"][:, i * rounds + 1 : (i + 1) * rounds + 1]
        for i in range(n_tasks)
    ]
    return np.stack([values.mean(axis=1) for values in found], axis=1)
