"""What a metric needs of the data, refused with one line while it is prepared."""

from __future__ import annotations

from typing import Any

import numpy as np

from retrain_sim.metrics.pairwise import median_distance


def bandwidth_for(kit: Any, kind: str, bandwidth: Any) -> np.ndarray:
    """Return the bandwidth as given, or by the median heuristic where it is 0."""
    if bandwidth > 0:
        return bandwidth
    found = median_distance(kit.splits.reference.x)
    if found == 0:
        message = "most held-out samples are copies: give a positive bandwidth"
        kit.fail(f"metrics.{kind}.bandwidth", message)
    return np.asarray(found, np.float32)
