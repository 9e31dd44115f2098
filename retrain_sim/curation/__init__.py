"""Curation: which candidates are kept. One kind, one file.

``rule`` joins any score rule (``scores/``) with any draw (``draws/``).
"""

from retrain_sim.curation.chain import Chain
from retrain_sim.curation.k_choice import KChoice
from retrain_sim.curation.rule import Rule
from retrain_sim.curation.uncurated import Uncurated

KINDS = {"chain": Chain, "k-choice": KChoice, "none": Uncurated, "rule": Rule}

__all__ = ["KINDS", "Chain", "KChoice", "Rule", "Uncurated"]
