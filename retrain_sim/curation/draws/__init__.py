"""Draws: how scores decide which candidates are kept. One kind, one file."""

from retrain_sim.curation.draws.best_of import BestOf
from retrain_sim.curation.draws.disjoint import DisjointSlates
from retrain_sim.curation.draws.rejection import Rejection
from retrain_sim.curation.draws.slates import Slates
from retrain_sim.curation.draws.softmax import Softmax
from retrain_sim.curation.draws.softmax_distinct import SoftmaxDistinct
from retrain_sim.curation.draws.top_fraction import TopFraction

KINDS = {
    "best-of": BestOf,
    "disjoint-slates": DisjointSlates,
    "rejection": Rejection,
    "slates": Slates,
    "softmax": Softmax,
    "softmax-distinct": SoftmaxDistinct,
    "top-fraction": TopFraction,
}

__all__ = [
    "KINDS",
    "BestOf",
    "DisjointSlates",
    "Rejection",
    "Slates",
    "Softmax",
    "SoftmaxDistinct",
    "TopFraction",
]
