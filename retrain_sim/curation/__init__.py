"""Curation: which candidates are kept. One kind, one file."""

from retrain_sim.curation.k_choice import KChoice
from retrain_sim.curation.uncurated import Uncurated

KINDS = {"k-choice": KChoice, "none": Uncurated}

__all__ = ["KINDS", "KChoice", "Uncurated"]
