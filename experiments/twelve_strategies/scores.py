"""What a strategy is scored by: diversity, mean reward, the worst-off voter's."""

from __future__ import annotations

import numpy as np
import xarray as xr

from retrain_sim.result import Result

RANDOM = "random voter, K = 8"
SINGLE = ("weighted sum", "max-min", "Nash product")
MEASURES = ("effective number", "mean reward", "worst-off reward")


def measured(result: Result, measure: str, arm: str) -> tuple[np.ndarray, np.ndarray]:
    """Return a measure by seed and round ``[s, t]``, and what theory expects ``[t]``.

    The worst-off voter of a seed is the one whose mean reward is least there.
    """
    seen = result.history.sel(arm=arm), result.prediction.sel(arm=arm)
    values, expected = (_measure(each, measure, result) for each in seen)
    return values, expected


def _measure(rows: xr.Dataset, measure: str, result: Result) -> np.ndarray:
    if measure == "effective number":
        return rows["collapse/effective_number"].values
    names = [table["name"] for table in result.spec.values["reward"]]
    means = np.stack([rows[f"reward/{name}/mean"].values for name in names])
    if measure == "worst-off reward":
        return means.min(axis=0)
    weights = result.spec.values["curation"]["score"]["voter_weights"]
    return np.tensordot(weights, means, axes=1)
