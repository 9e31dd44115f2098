"""Trackers: metrics by round, while a run is under way, where a dashboard finds them.

A tracker is any object with the three methods of ``Tracker``; ``runner.run`` takes one.
"""

from retrain_sim.tracking.base import Tracker
from retrain_sim.tracking.curves import Curves
from retrain_sim.tracking.tensorboard import TensorBoard

__all__ = ["Curves", "TensorBoard", "Tracker"]
