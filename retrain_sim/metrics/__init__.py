"""Metrics: what is measured each round. One kind, one file."""

from retrain_sim.metrics.diversity import Diversity
from retrain_sim.metrics.kept_shares import KeptShares
from retrain_sim.metrics.leakage import Leakage
from retrain_sim.metrics.recognizable import Recognizable
from retrain_sim.metrics.regression_error import RegressionError
from retrain_sim.metrics.rewards import Rewards
from retrain_sim.metrics.shares import Shares
from retrain_sim.metrics.sliced_wasserstein import SlicedWasserstein
from retrain_sim.metrics.spread import Spread

STATE_KINDS = {
    "diversity": Diversity,
    "recognizable": Recognizable,
    "regression-error": RegressionError,
    "rewards": Rewards,
    "shares": Shares,
    "sliced-wasserstein": SlicedWasserstein,
    "spread": Spread,
}
"""Measured on p_0 .. p_T, and predicted: T + 1 rows."""

SELECTION_KINDS = {"kept-shares": KeptShares, "leakage": Leakage}
"""Measured on each act of curation: T rows."""

KINDS = STATE_KINDS | SELECTION_KINDS

__all__ = [
    "KINDS",
    "SELECTION_KINDS",
    "STATE_KINDS",
    "Diversity",
    "KeptShares",
    "Leakage",
    "Recognizable",
    "RegressionError",
    "Rewards",
    "Shares",
    "SlicedWasserstein",
    "Spread",
]
