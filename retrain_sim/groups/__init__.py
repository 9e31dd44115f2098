"""Groups: what diversity is about. One kind, one file."""

from retrain_sim.groups.alphabet import Alphabet
from retrain_sim.groups.basins import Basins
from retrain_sim.groups.classifier import ByClassifier
from retrain_sim.groups.nearest_mode import NearestMode

KINDS = {
    "alphabet": Alphabet,
    "basins": Basins,
    "classifier": ByClassifier,
    "nearest-mode": NearestMode,
}

__all__ = ["KINDS", "Alphabet", "Basins", "ByClassifier", "NearestMode"]
