"""What was recorded of policies, with named dimensions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from retrain_sim.policy.spec import PolicySpec


def policy_history(
    made: Mapping[str, Mapping[str, np.ndarray]], spec: PolicySpec
) -> xr.Dataset:
    """Name the dimensions of what was recorded.

    Args:
        made: arm -> metric -> values [seed, T + 1] or [seed, T].
        spec: the scenario.

    Returns:
        Metrics [arm, seed, round], and [arm, seed, step] of what happened in a round.
    """
    rounds, first, data = spec.run.rounds, spec.run.seed, {}
    for metric in next(iter(made.values())):
        values = np.stack([made[arm][metric] for arm in spec.arms])
        axis = "round" if values.shape[-1] == rounds + 1 else "step"
        data[metric] = (("arm", "seed", axis), values)
    coords = {
        "arm": spec.arms,
        "seed": np.arange(first, first + spec.run.seeds, dtype=np.int32),
        "round": np.arange(rounds + 1, dtype=np.int32),
        "step": np.arange(1, rounds + 1, dtype=np.int32),
    }
    return xr.Dataset(data, coords)
