"""Policies: softmax laws of the next token, with their parameters."""

from retrain_sim.policy.policies.bigram import Bigram
from retrain_sim.policy.policies.tabular import Tabular
from retrain_sim.policy.policies.transformer import Transformer
from retrain_sim.policy.policies.window import Linear, Mlp

KINDS = {
    "bigram": Bigram,
    "linear": Linear,
    "mlp": Mlp,
    "tabular": Tabular,
    "transformer": Transformer,
}

__all__ = ["KINDS", "Bigram", "Linear", "Mlp", "Tabular", "Transformer"]
