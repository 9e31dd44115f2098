"""The choice that curated a finished run, rebuilt from its scenario and atoms."""

from __future__ import annotations

from typing import Any, NamedTuple, NoReturn

import numpy as np
from jaxtyping import Float

from retrain_sim.curation import Rule
from retrain_sim.errors import UserError
from retrain_sim.predictions.paths import Choice, choice_of
from retrain_sim.preparation import Atoms
from retrain_sim.registry import build
from retrain_sim.spec import Spec, reward_names


class Game(NamedTuple):
    """A choice reduced to the atoms and the voters that can matter.

    Kept are atoms with mass in p_0, or in the real data where these are mixed in, and
    voters with weight.

    Args:
        probs: p_0 of the atoms.
        real_probs: their shares in the real data.
        groups: the group of every atom.
        rewards: what the voters compare.
        weights: how often each voter judges, > 0, sum 1.
        voters: their names: of the rewards, or judges by number where scores are joint.
        slate_size: K >= 1, or inf.
        temperature: > 0.
        real_share: s in [0, 1].
        exact: whether the atoms are all outcomes, rather than samples of p_0.
    """

    probs: Float[np.ndarray, " n"]
    real_probs: Float[np.ndarray, " n"]
    groups: np.ndarray
    rewards: Float[np.ndarray, "v n"]
    weights: Float[np.ndarray, " v"]
    voters: tuple[str, ...]
    slate_size: float
    temperature: float
    real_share: float
    exact: bool

    @property
    def curates(self) -> bool:
        """Whether any outcome can grow at the cost of another."""
        flat = np.ptp(self.rewards, axis=1).max() == 0
        return not (self.slate_size == 1 or np.isinf(self.temperature) or flat)

    @property
    def support(self) -> Float[np.ndarray, " n"]:
        """A law with mass wherever the rounds can have some."""
        mixed = (self.probs + self.real_share * self.real_probs) / (1 + self.real_share)
        return mixed / mixed.sum()

    @property
    def mixing(self) -> dict[str, Any]:
        """Temperature and real data, as the maps of the theory take them."""
        real = {"real_probs": self.real_probs, "real_share": self.real_share}
        return {"temperature": self.temperature} | real


class _AtomsKit(NamedTuple):
    """What curation rules ask for while they prepare themselves."""

    atom_rewards: Any

    def fail(self, where: str, message: str) -> NoReturn:
        """Refuse the scenario, as it would have been refused when it was run."""
        raise UserError(f"{where}: {message}")


def saved_game(spec: Spec, arm: str, atoms: Atoms) -> Game | None:
    """Rebuild how an arm curates; None if that is not voters choosing from slates.

    Args:
        spec: the scenario as run.
        arm: whose curation and regime.
        atoms: the atoms of the run.
    """
    sections = spec.arms[arm]
    curator = build("curation", sections["curation"], "curation")
    if isinstance(curator, Rule):
        massive = atoms.view.rewards[:, atoms.probs > 0]
        curator = curator.prepare(_AtomsKit(massive))
    regime = build("regime", sections["regime"], "regime")
    choice = choice_of(curator, regime, atoms)
    return None if choice is None else game_of(choice, atoms, reward_names(spec))


def game_of(choice: Choice, atoms: Atoms, names: tuple[str, ...]) -> Game:
    """Leave out the atoms and voters that cannot matter; ``names`` of the rewards."""
    mixed = (choice.real_share > 0) & (atoms.real_probs > 0)
    inside = (atoms.probs > 0) | mixed
    voters = np.flatnonzero(choice.weights)
    real = atoms.real_probs[inside]
    return Game(
        atoms.probs[inside] / atoms.probs[inside].sum(),
        real / real.sum() if real.any() else atoms.probs[inside],
        np.asarray(atoms.view.groups)[inside],
        choice.rewards[np.ix_(voters, inside)],
        choice.weights[voters] / choice.weights[voters].sum(),
        tuple(_name(choice, atoms, names, int(i)) for i in voters),
        choice.slate_size,
        choice.temperature,
        choice.real_share,
        atoms.exact,
    )


def _name(choice: Choice, atoms: Atoms, names: tuple[str, ...], voter: int) -> str:
    rewards = np.asarray(atoms.view.rewards)
    own = voter < len(rewards) and np.array_equal(choice.rewards[voter], rewards[voter])
    return names[voter] if own else f"judge {voter + 1}"
