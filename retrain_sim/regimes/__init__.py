"""Regimes: what the next training set is. One kind, one file."""

from retrain_sim.regimes.accumulate import Accumulate
from retrain_sim.regimes.curated_pool import CuratedPool
from retrain_sim.regimes.external_anchor import ExternalAnchor
from retrain_sim.regimes.fixed_real import FixedReal
from retrain_sim.regimes.fresh_real import FreshReal
from retrain_sim.regimes.fresh_share import FreshShare
from retrain_sim.regimes.kalman_share import KalmanShare
from retrain_sim.regimes.real_share import RealShare
from retrain_sim.regimes.replace import Replace
from retrain_sim.regimes.sampling_bias import SamplingBias
from retrain_sim.regimes.sliding_window import SlidingWindow
from retrain_sim.regimes.subsample import AccumulateSubsample
from retrain_sim.regimes.verifier_filter import VerifierFilter

KINDS = {
    "accumulate": Accumulate,
    "accumulate-subsample": AccumulateSubsample,
    "curated-pool": CuratedPool,
    "external-anchor": ExternalAnchor,
    "fixed-real": FixedReal,
    "fresh-real": FreshReal,
    "fresh-share": FreshShare,
    "kalman-share": KalmanShare,
    "real-share": RealShare,
    "replace": Replace,
    "sampling-bias": SamplingBias,
    "sliding-window": SlidingWindow,
    "verifier-filter": VerifierFilter,
}

__all__ = [
    "KINDS",
    "Accumulate",
    "AccumulateSubsample",
    "CuratedPool",
    "ExternalAnchor",
    "FixedReal",
    "FreshReal",
    "FreshShare",
    "KalmanShare",
    "RealShare",
    "Replace",
    "SamplingBias",
    "SlidingWindow",
    "VerifierFilter",
]
