"""History: what a simulation recorded, as an xarray data set with named dimensions.

Dimensions: ``arm``, ``seed``, ``round`` (0 .. T: row t describes p_t), ``step``
(1 .. T: the act of curation that led to p_t), ``shown`` (samples kept to look at).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from jaxtyping import Float

from retrain_sim.base import Regime, parts_of
from retrain_sim.predictions.base import Outlook
from retrain_sim.preparation import Prepared
from retrain_sim.regimes import RealShare, Replace
from retrain_sim.simulate import Simulated


def to_history(simulated: Simulated, prepared: Prepared) -> xr.Dataset:
    """Name the dimensions of what was recorded, and add what follows from it.

    Added: ``reward/mean`` (the voter-weighted mean reward) and ``update/realized``.

    Args:
        simulated: what was recorded.
        prepared: the scenario that was run.

    Returns:
        Metrics as ``collapse/class_entropy`` [arm, seed, round], selection metrics
        [arm, seed, step], ``samples`` [arm, seed, round, shown, ...].
    """
    run = prepared.spec.run
    data: dict[str, Any] = {}
    for name, values in simulated.rows.items():
        data[name] = (("arm", "seed", "round"), values)
    for name, values in simulated.infos.items():
        data[name] = (("arm", "seed", "step"), values)
    extra = tuple(f"axis_{i}" for i in range(simulated.samples.ndim - 4))
    dims = ("arm", "seed", "round", "shown", *extra)
    data["samples"] = (dims, simulated.samples)
    coords = {
        "arm": list(prepared.arms),
        "seed": np.arange(run.seed, run.seed + run.seeds, dtype=np.int32),
        "round": np.arange(run.rounds + 1, dtype=np.int32),
        "step": np.arange(1, run.rounds + 1, dtype=np.int32),
    }
    history = xr.Dataset(data, coords)
    history = _with_mean_reward(history, prepared)
    realized = _realized_updates(history, prepared)
    return (
        history if realized is None else history.assign({"update/realized": realized})
    )


def to_prediction(outlooks: Mapping[str, Outlook], prepared: Prepared) -> xr.Dataset:
    """Name the dimensions of the predictions.

    Returns:
        Every predicted metric [arm, round]; ``se/<metric>`` from sampled atoms;
        ``<stage>/<metric>`` of the decomposition; ``ess`` of the atoms.
    """
    rounds = np.arange(prepared.spec.run.rounds + 1, dtype=np.int32)
    tables = {arm: _outlook_rows(outlook) for arm, outlook in outlooks.items()}
    names = dict.fromkeys(name for table in tables.values() for name in table)
    nothing = np.full(len(rounds), np.nan)
    data = {
        name: (
            ("arm", "round"),
            np.stack([table.get(name, nothing) for table in tables.values()]),
        )
        for name in names
    }
    made = xr.Dataset(data, {"arm": list(tables), "round": rounds})
    return _with_mean_reward(made, prepared)


def _outlook_rows(outlook: Outlook) -> dict[str, np.ndarray]:
    rows = dict(outlook.rows)
    rows |= {f"se/{name}": values for name, values in outlook.se.items()}
    for stage, table in outlook.stages.items():
        rows |= {f"{stage}/{name}": values for name, values in table.items()}
    if outlook.ess is not None:
        rows["ess"] = np.asarray(outlook.ess)
    return rows


def _with_mean_reward(data: xr.Dataset, prepared: Prepared) -> xr.Dataset:
    names = next(iter(prepared.arms.values())).frame.reward_names
    if any(f"reward/{name}/mean" not in data for name in names):
        return data
    return data.assign({"reward/mean": mean_reward(data, prepared)})


def mean_reward(data: xr.Dataset, prepared: Prepared) -> xr.DataArray:
    """Weight the mean rewards by the voters: what a random voter gets on average."""
    names = next(iter(prepared.arms.values())).frame.reward_names
    total = 0.0
    for i, name in enumerate(names):
        weights = [_voter_weights(arm, len(names))[i] for arm in prepared.arms.values()]
        weight = xr.DataArray(weights, dims="arm")
        total = total + weight * data[f"reward/{name}/mean"]
    return xr.DataArray(total)


def _voter_weights(scenario: Any, m: int) -> np.ndarray:
    for _, made in parts_of(scenario.curator):
        if hasattr(made, "voter_weights"):
            return np.asarray(made.voter_weights, np.float64)
    return np.ones(m) / m


def _realized_updates(history: xr.Dataset, prepared: Prepared) -> xr.DataArray | None:
    kept = [n for n in map(str, history) if n.startswith("selection/share/")]
    if not kept or any(f"share/{n.split('/', 2)[2]}" not in history for n in kept):
        return None
    groups = [name.split("/", 2)[2] for name in kept]
    real = np.array([prepared.real[f"share/{g}"] for g in groups])

    shares = _by_group(history, "share", groups)
    chosen = _by_group(history, "selection/share", groups)

    def of(i: int, regime: Regime) -> np.ndarray:
        if not isinstance(regime, Replace | RealShare):  # it trains on more than these
            return np.full(history.sizes["seed"], np.nan)
        share = float(getattr(regime, "real_share", 0.0))
        return realized_update(shares[i], chosen[i], real, share)

    values = [of(i, arm.regime) for i, arm in enumerate(prepared.arms.values())]
    return xr.DataArray(np.stack(values), dims=("arm", "seed"))


def _by_group(history: xr.Dataset, prefix: str, groups: list[str]) -> np.ndarray:
    parts = [history[f"{prefix}/{g}"].values for g in groups]
    return np.stack(parts, axis=-1).astype(np.float64)


def realized_update(
    shares: Float[np.ndarray, "s t g"],
    kept: Float[np.ndarray, "s steps g"],
    real: Float[np.ndarray, " g"],
    real_share: float,
) -> Float[np.ndarray, " s"]:
    """Return the share of the ideal update that retraining realizes, by seed.

    An ideal fit moves the group shares from s_t to the training set's shares g_t. The
    slope of the actual moves s_{t+1} - s_t on the ideal ones g_t - s_t, through the
    origin, over all rounds and groups: 1 is an ideal fit, 0 a model that does not move,
    less than 1 under-fitting. NaN where the squared ideal moves add up to less than
    0.01: there is nothing to realize. Derived here.

    Args:
        shares: measured shares of p_0 .. p_T.
        kept: shares of the kept samples of steps 1 .. T.
        real: shares of the real data.
        real_share: their share of the training set.

    Returns:
        One slope per seed.

    Example:
        >>> shares = np.array([[[0.5, 0.5], [0.6, 0.4]]])
        >>> kept = np.array([[[0.7, 0.3]]])
        >>> realized_update(shares, kept, np.array([0.5, 0.5]), 0.0).round(3)
        array([0.5])
    """
    ideal = (1 - real_share) * kept + real_share * real - shares[:, :-1]
    actual = np.diff(shares, axis=1)
    squares = (ideal**2).sum(axis=(1, 2))
    enough = squares > 0.01
    slope = (actual * ideal).sum(axis=(1, 2)) / np.where(enough, squares, 1)
    return np.where(enough, slope, np.nan)
