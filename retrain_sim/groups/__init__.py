"""Groups: what diversity is about. One kind, one file."""

from retrain_sim.groups.alphabet import Alphabet
from retrain_sim.groups.basins import Basins
from retrain_sim.groups.by_length import ByLength
from retrain_sim.groups.classifier import ByClassifier
from retrain_sim.groups.nearest_mode import NearestMode
from retrain_sim.groups.symbol import Symbol

KINDS = {
    "alphabet": Alphabet,
    "basins": Basins,
    "by-length": ByLength,
    "classifier": ByClassifier,
    "nearest-mode": NearestMode,
    "symbol": Symbol,
}

__all__ = [
    "KINDS",
    "Alphabet",
    "Basins",
    "ByClassifier",
    "ByLength",
    "NearestMode",
    "Symbol",
]
