"""How far synthetic points are from real ones, and whether that can be known at all."""

from retrain_sim.dose.distances.bures import squared_bures
from retrain_sim.dose.distances.kinds import KINDS, Kind, kinds_for
from retrain_sim.dose.distances.line import squared_w2_line
from retrain_sim.dose.distances.resolution import Resolved, resolve
from retrain_sim.dose.distances.sinkhorn import squared_sinkhorn
from retrain_sim.dose.distances.sliced import squared_sliced

__all__ = [
    "KINDS",
    "Kind",
    "Resolved",
    "kinds_for",
    "resolve",
    "squared_bures",
    "squared_sinkhorn",
    "squared_sliced",
    "squared_w2_line",
]
