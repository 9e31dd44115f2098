"""Pictures of sweeps: curves, heat maps, phase diagrams, scatters."""

from retrain_sim.sweeping.pictures.choice import Choice, Wish, choose
from retrain_sim.sweeping.pictures.drawing import KINDS, draw_all, suitable

__all__ = ["KINDS", "Choice", "Wish", "choose", "draw_all", "suitable"]
