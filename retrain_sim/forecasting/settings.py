"""The settings of a forecast, checked: one line says what is wrong and allowed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from retrain_sim.errors import UserError


def read_weights(text: str) -> list[float]:
    """Read numbers between commas.

    Example:
        >>> read_weights("0.6, 0.4")
        [0.6, 0.4]
    """
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    try:
        return [float(part) for part in parts]
    except ValueError:
        raise UserError(
            f"weights: {text!r} is not numbers between commas, as 0.6,0.4"
        ) from None


class Settings(NamedTuple):
    """What is forecast.

    Attributes:
        weights: probability that each reward judges a slate; equal if empty.
        slate_size: K, candidates shown to one voter, an integer >= 1 or inf.
        rounds: T >= 1.
        temperature: unit of the rewards, > 0 or inf.
        kept: samples kept per round, >= 1, for the risk of drift.
        real_share: share of the pool itself in every training set, in ``[0, 1]``.
        keep_entropy: part of the starting entropy that shall remain, in ``[0, 1]``;
            None not to ask.
        seed: of resamples and simulations, >= 0.
    """

    weights: Sequence[float] = ()
    slate_size: float = 8
    rounds: int = 50
    temperature: float = 1.0
    kept: int = 2000
    real_share: float = 0.0
    keep_entropy: float | None = None
    seed: int = 0

    def check(self) -> None:
        """Raise UserError for the first value that is out of range."""
        whole = float(self.slate_size).is_integer() or math.isinf(self.slate_size)
        kept = 0.0 if self.keep_entropy is None else self.keep_entropy
        allowed = [
            ("slate", self.slate_size, whole and self.slate_size >= 1,
             "an integer >= 1 or inf"),
            ("rounds", self.rounds, 1 <= self.rounds <= 100_000, "1 to 100000"),
            ("temperature", self.temperature, self.temperature > 0, "> 0 or inf"),
            ("kept", self.kept, 1 <= self.kept <= 10**12, "1 to 10^12"),
            ("real-share", self.real_share, 0 <= self.real_share <= 1, "0 to 1"),
            ("keep-entropy", kept, 0 <= kept <= 1, "0 to 1"),
            ("seed", self.seed, self.seed >= 0, ">= 0"),
        ]  # fmt: skip
        for name, value, fine, words in allowed:
            if not fine:
                raise UserError(f"{name} is {value:g}, allowed: {words}")

    def voter_weights(self, names: tuple[str, ...]) -> np.ndarray:
        """Return a weight per reward; they must sum to one, as in a scenario."""
        if not len(self.weights):
            return np.full(len(names), 1.0 / len(names))
        weights = np.asarray(self.weights, np.float64)
        shown = ", ".join(f"{weight:g}" for weight in weights)
        if weights.size != len(names):
            raise UserError(
                f"weights: {weights.size} ({shown}) for {len(names)} rewards: "
                f"{', '.join(names)}"
            )
        if not (np.isfinite(weights) & (weights >= 0)).all():
            raise UserError(f"weights must be finite and >= 0, got {shown}")
        if abs(weights.sum() - 1) > 1e-5:
            raise UserError(f"weights must sum to 1, got {shown}: {weights.sum():g}")
        return weights / weights.sum()
