"""The dose of synthetic rows that a user's own files call for."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from retrain_sim.dose.advice.curve import HELPS, Curve, judge_curve
from retrain_sim.dose.advice.folds import held_out_losses
from retrain_sim.dose.advice.pair import Pair, Side, pair_up
from retrain_sim.dose.advice.plug_in import PlugIn, plug_in
from retrain_sim.dose.advice.tables import LEAST_ROWS, read_rows
from retrain_sim.dose.distances import KINDS, Resolved, kinds_for, resolve
from retrain_sim.errors import UserError, nearest
from retrain_sim.forecasting.columns import Columns

RATIOS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
REPEATED_ROWS, MOST_REPEATS = 20_000, 4
"""Cross-validation is repeated until it has used so many rows, or so often."""


class Settings(NamedTuple):
    """What is asked.

    Attributes:
        distance: that the law uses, a name in ``KINDS``.
        folds: parts of the real rows, each held out once, 2 to 20.
        seed: of every random choice, >= 0.
    """

    distance: str = "sliced"
    folds: int = 5
    seed: int = 0

    def check(self) -> None:
        """Raise UserError for the first value that is out of range."""
        if self.distance not in KINDS:
            raise UserError(
                f"distance is {self.distance!r}; {nearest(self.distance, KINDS)}"
            )
        if not 2 <= self.folds <= 20:
            raise UserError(f"folds is {self.folds}, allowed: 2 to 20")
        if self.seed < 0:
            raise UserError(f"seed is {self.seed}, allowed: >= 0")


class GroupDose(NamedTuple):
    """The dose of one group.

    Attributes:
        name: of the group.
        n_real: its real rows.
        n_synthetic: its synthetic rows.
        flag: why nothing is recommended; empty if something is.
        law: what the law advises; None where its distance cannot be measured.
        curve: what cross-validation finds; None if flagged.
    """

    name: str
    n_real: int
    n_synthetic: int
    flag: str = ""
    law: PlugIn | None = None
    curve: Curve | None = None

    @property
    def verdict(self) -> str:
        """``helps``, ``does not help``, ``not resolved``, or the flag."""
        return self.curve.verdict if self.curve else self.flag

    @property
    def ratio(self) -> float | None:
        """Synthetic rows per real row to use; 0 where no help is seen; None flagged."""
        if self.curve is None:
            return None
        return self.curve.ratio if self.verdict == HELPS else 0.0


class Advice(NamedTuple):
    """How much synthetic data to use.

    Attributes:
        sources: the real and the synthetic file.
        settings: what was asked.
        pair: the rows.
        distances: of all rows, every kind.
        groups: one per group; without groups one, ``all``.
    """

    sources: tuple[str, str]
    settings: Settings
    pair: Pair
    distances: tuple[Resolved, ...]
    groups: tuple[GroupDose, ...]


def advise(
    real: str | Path | Columns,
    synthetic: str | Path | Columns,
    *,
    label: str = "",
    group: str = "",
    distance: str = "sliced",
    folds: int = 5,
    seed: int = 0,
) -> Advice:
    """Recommend how many synthetic rows to use per real row, group by group.

    By the law of mixed means at the measured distance, and by cross-validation of a
    model on real rows. They answer different questions: the law is about a mean in the
    space of the features, the model about its own loss.

    Args:
        real: file of real rows (see ``read_rows``), or columns, name -> values ``[n]``.
        synthetic: file of synthetic rows with the same columns.
        label: column of the labels; by default ``label``, if there is one.
        group: column of the groups; by default ``group``, if there is one.
        distance: that the law uses: sliced, bures, sinkhorn, wasserstein-1d.
        folds: of the cross-validation.
        seed: of every random choice.

    Returns:
        The advice.

    Raises:
        UserError: a file or a setting cannot be used; one line says why.

    References:
        A. Shidani, T. Farghly, Y. Sun, H. Ganjgahi, G. Deligiannidis, "Beyond Real
        Data: Synthetic Data through the Lens of Regularization", AISTATS 2026, arXiv
        2510.08095 (the question). Derived here: the law, and how doses are judged.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> real, far = rng.normal(size=(2, 40))
        >>> found = advise({"a": real}, {"a": far + 9.0})
        >>> found.groups[0].verdict, found.groups[0].ratio
        ('does not help', 0.0)
    """
    asked = Settings(distance, folds, seed)
    asked.check()
    rows = [read_rows(source, label, group) for source in (real, synthetic)]
    pair = pair_up(*rows)
    dim = pair.real.x.shape[1] + (pair.kind == "numbers")
    if distance not in kinds_for(dim):
        raise UserError(f"distance is {distance!r}, allowed with {dim} features: "
                        f"{', '.join(kinds_for(dim))}")  # fmt: skip
    measured = tuple(
        resolve(_joint(pair.real), _joint(pair.made), kind, seed=seed)
        for kind in kinds_for(dim)
    )
    groups = tuple(
        _group_dose(pair, g, name, asked) for g, name in enumerate(pair.group_names)
    )
    return Advice((rows[0].source, rows[1].source), asked, pair, measured, groups)


def _joint(side: Side) -> Float[np.ndarray, "n d"]:
    """Take all features, and a label that is a number."""
    if side.targets.shape[1] == 1:
        return np.concatenate([side.x, side.targets], axis=1)
    return side.x


def _group_dose(pair: Pair, group: int, name: str, asked: Settings) -> GroupDose:
    n, m = (int((side.groups == group).sum()) for side in (pair.real, pair.made))
    flag = _flag(n, m)
    if flag:
        return GroupDose(name, n, m, flag)
    law = plug_in(pair, group, asked.distance, asked.seed)
    ratios = _affordable(m / (n * (1 - 1 / asked.folds)))
    repeats = int(np.clip(REPEATED_ROWS // len(pair.real.x), 1, MOST_REPEATS))
    losses = held_out_losses(pair, group, ratios, asked.folds, repeats, asked.seed)
    return GroupDose(name, n, m, "", law, judge_curve(losses, asked.seed))


def _flag(n_real: int, n_synthetic: int) -> str:
    if n_real == 0:
        return "no real data"
    if n_synthetic == 0:
        return "no synthetic data"
    if n_real < LEAST_ROWS:
        return f"fewer than {LEAST_ROWS} real rows"
    return f"fewer than {LEAST_ROWS} synthetic rows" if n_synthetic < LEAST_ROWS else ""


def _affordable(most: float) -> Float[np.ndarray, " r"]:
    """Keep the ratios for which there are rows, and go to the end of the rows."""
    kept = [ratio for ratio in RATIOS if ratio <= most]
    last = min(most, RATIOS[-1])
    return np.array([*kept, last] if last > 1.25 * kept[-1] else kept)
