"""Regimes: what the next training set is. One kind, one file."""

from retrain_sim.regimes.real_share import RealShare
from retrain_sim.regimes.replace import Replace

KINDS = {"real-share": RealShare, "replace": Replace}

__all__ = ["KINDS", "RealShare", "Replace"]
