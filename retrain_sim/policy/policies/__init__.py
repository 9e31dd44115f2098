"""Policies: softmax laws of the next token, with their parameters."""

from retrain_sim.policy.policies.tabular import Tabular

KINDS = {"tabular": Tabular}

__all__ = ["KINDS", "Tabular"]
