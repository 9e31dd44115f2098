"""The theory of a finished run: bargain, survival and audits, from what was saved."""

from __future__ import annotations

from typing import NamedTuple

import xarray as xr

from retrain_sim.predictions.bargain import Bargain, bargain_of
from retrain_sim.predictions.basin_audit import BasinFinding, audit_of
from retrain_sim.predictions.saved import Game, saved_game
from retrain_sim.predictions.survival import Survivor, survival_of
from retrain_sim.preparation import Atoms
from retrain_sim.spec import Spec
from retrain_sim.theory import Limit

NO_SLATES = (
    "curation is not voters who choose from slates, replaced or mixed with real data: "
    "there is no bargain, limit or basin to compare with"
)
NO_CURATION = "nothing is curated: no outcome grows, and there is nothing to bargain"


class ArmTheory(NamedTuple):
    """What theory says about one arm, at its own slate size.

    Args:
        game: how the arm curates.
        bargain: welfare and certificate by round.
        end: where the rounds end.
        survivors: one row per voter.
        basins: the assumptions of the theorems on basins; None for one voter.
    """

    game: Game
    bargain: Bargain
    end: Limit
    survivors: list[Survivor]
    basins: BasinFinding | None


def theory_of(
    spec: Spec, atoms: Atoms, history: xr.Dataset, names: tuple[str, ...]
) -> dict[str, ArmTheory | str]:
    """Work out the theory of every arm of a run.

    Args:
        spec: the scenario as run.
        atoms: its scored atoms.
        history: what was measured.
        names: of the groups.

    Returns:
        Arm -> its theory, or one line that says why there is none.
    """
    return {
        arm: _arm_theory(spec, arm, atoms, history.sel(arm=arm), names)
        for arm in spec.arms
    }


def _arm_theory(spec, arm, atoms, measured, names) -> ArmTheory | str:
    game = saved_game(spec, arm, atoms)
    if game is None:
        return NO_SLATES
    if not game.curates:
        return NO_CURATION
    bargain = bargain_of(game, measured, names)
    end, survivors = survival_of(game, bargain.nash, measured, names)
    groups = spec.values["groups"]
    eps = float(groups.get("eps", 0.1)) if groups["kind"] == "basins" else None
    several = len(game.weights) > 1
    basins = audit_of(game, spec.run.rounds, eps) if several else None
    return ArmTheory(game, bargain, end, survivors, basins)
