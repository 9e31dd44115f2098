"""The table to reproduce: 100 seeds, 500 rounds, learning rate 0.5, in NumPy."""

from __future__ import annotations

SEEDS = 100

REFERENCE = {
    "RLOO, on-policy": (0.08, 1.08, 0.995, 0.10, 0.30),
    "GRPO": (0.02, 0.22, 0.999, 0.10, 0.32),
    "LOOP": (0.02, 0.32, 0.999, 0.10, 0.29),
    "DAPO, no sd": (0.02, 0.30, 0.999, 0.10, 0.29),
    "ADAPO, no sd": (0.02, 0.42, 0.999, 0.10, 0.31),
    "REPO-R, cap 0.05": (0.04, 0.36, 0.998, 0.10, 0.29),
    "REPO-R, cap 1": (1.33, 1.49, 0.954, 0.32, 0.58),
    "REPO-const 0.05": (0.20, 1.29, 0.99, 0.11, 0.33),
    "REPO-const 0.1": (0.75, 1.75, 0.955, 0.17, 0.41),
    "REPO-const 0.2": (2.83, 3.33, 0.745, 0.49, 0.80),
    "entropy bonus 0.1": (0.76, 1.75, 0.954, 0.17, 0.41),
}
"""Arm -> entropy at the end, mean entropy, pass@1, coverage, shift-pass@16."""

DIGITS = (0.01, 0.01, 0.001, 0.01, 0.01)
NAMES = ("entropy", "mean entropy", "pass@1", "coverage", "shift-pass@16")
