"""What a prediction returns, and the questions that all audits ask."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar, NamedTuple, Protocol

import numpy as np
from jaxtyping import Float

from retrain_sim.curation import KChoice, Uncurated
from retrain_sim.preparation import Atoms
from retrain_sim.regimes import Replace
from retrain_sim.scenario import Scenario


class Assumption(NamedTuple):
    """One hypothesis of a prediction, audited on the scenario at hand.

    ``holds`` is None when it is not assumed but measured: ``detail`` says where.
    """

    text: str
    holds: bool | None
    detail: str = ""


class Outlook(NamedTuple):
    """What theory expects of one arm.

    Args:
        rows: metric -> its values at rounds 0 .. T.
        se: metric -> standard errors that come from the atoms being samples.
        stages: stage of the decomposition -> metric -> values (may be empty).
        ess: effective sample size of the atoms by round, or None if they are exact.
    """

    rows: dict[str, Float[np.ndarray, " t"]]
    se: dict[str, Float[np.ndarray, " t"]]
    stages: dict[str, dict[str, Float[np.ndarray, " t"]]]
    ess: Float[np.ndarray, " t"] | None


NOTHING = Outlook({}, {}, {}, None)
"""What is predicted where the prediction does not apply."""


def broken(audit: Sequence[Assumption]) -> list[Assumption]:
    """List the assumptions that fail."""
    return [assumption for assumption in audit if assumption.holds is False]


class Prediction(Protocol):
    """Theory for a scenario: what it assumes, and what then follows.

    One whose stages take long may define ``quick(scenario, atoms, n_rounds)``: the same
    without them, for sweeps.
    """

    because: ClassVar[str]
    """One sentence for people: why the result looks as it does."""

    def audit(
        self, scenario: Scenario, atoms: Atoms, outlook: Outlook
    ) -> tuple[Assumption, ...]:
        """Check every assumption on the scenario."""
        ...

    def __call__(
        self, scenario: Scenario, atoms: Atoms, n_rounds: int, n_seeds: int, seed: int
    ) -> Outlook:
        """Predict rounds 0 .. T."""
        ...


def no_curation(scenario: Scenario, atoms: Atoms) -> Assumption:
    """Ask whether every choice is uniform."""
    curator, rewards = scenario.curator, np.asarray(atoms.view.rewards)
    uniform = isinstance(curator, Uncurated) or (
        isinstance(curator, KChoice)
        and (
            curator.slate_size == 1
            or math.isinf(curator.temperature)
            or bool(np.ptp(rewards, axis=1).max() == 0)
        )
    )
    return Assumption("nothing is curated", uniform, type(curator).__name__)


def replaced(scenario: Scenario) -> Assumption:
    """Ask whether the kept samples replace the training set."""
    regime = scenario.regime
    text = "the kept samples replace the training set"
    return Assumption(text, isinstance(regime, Replace), type(regime).__name__)
