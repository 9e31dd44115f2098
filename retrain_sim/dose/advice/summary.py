"""The advice as plain data: what ``retrain-sim dose --json`` prints."""

from __future__ import annotations

import math
from typing import Any

from retrain_sim.dose.advice.advise import Advice, GroupDose
from retrain_sim.dose.advice.curve import Curve
from retrain_sim.dose.advice.plug_in import PlugIn
from retrain_sim.dose.distances import Resolved


def summary(found: Advice) -> dict[str, Any]:
    """Return the advice as JSON knows it.

    Args:
        found: of ``advise``.

    Returns:
        Numbers, text, lists and tables. An infinite ratio is "inf"; ``law``, ``model``
        and ``ratio`` are None where a group is flagged.

    Example:
        >>> import numpy as np
        >>> from retrain_sim.dose.advice import advise
        >>> made = {"a": np.arange(20.0)}
        >>> summary(advise(made, made))["n_real"]
        20
    """
    return {
        "real": found.sources[0],
        "synthetic": found.sources[1],
        "n_real": len(found.pair.real.x),
        "n_synthetic": len(found.pair.made.x),
        "n_features": int(found.pair.real.x.shape[1]),
        "labels": found.pair.kind,
        "classes": list(found.pair.class_names),
        "distances": [_distance(one) for one in found.distances],
        "law_distance": found.settings.distance,
        "groups": [_group(one) for one in found.groups],
        "remarks": list(found.pair.remarks),
    }


def _distance(one: Resolved) -> dict[str, Any]:
    low, high = one.interval
    return {
        "kind": one.kind,
        "distance": one.distance,
        "floor": one.floor,
        "debiased": math.sqrt(max(one.gap2, 0.0)),
        "interval": [low, high],
        "resolvable": one.resolvable,
    }


def _group(one: GroupDose) -> dict[str, Any]:
    return {
        "name": one.name,
        "n_real": one.n_real,
        "n_synthetic": one.n_synthetic,
        "ratio": one.ratio,
        "verdict": one.verdict,
        "law": _law(one.law) if one.law else None,
        "model": _model(one.curve) if one.curve else None,
    }


def _law(law: PlugIn) -> dict[str, Any]:
    return {
        "ratio": _plain(law.ratio),
        "interval": [_plain(law.low), _plain(law.high)],
        "distance": law.task.gap,
        "distance_interval": list(law.gap_interval),
        "floor": law.floor,
        "resolvable": law.resolvable,
        "threshold": law.threshold,
    }


def _model(curve: Curve) -> dict[str, Any]:
    value, low, high = curve.curvature
    return {
        "ratio": curve.ratio,
        "interval": [curve.low, curve.high],
        "gain": curve.gain,
        "gain_interval": [curve.gain_low, curve.gain_high],
        "excess": curve.excess[0],
        "excess_interval": list(curve.excess[1:]),
        "ratios": curve.ratios.tolist(),
        "loss": curve.loss.tolist(),
        "change_error": curve.change.tolist(),
        "curvature": None if math.isnan(value) else [value, low, high],
    }


def _plain(ratio: float) -> float | str:
    """Write an infinite ratio as text: JSON has no infinity."""
    return "inf" if math.isinf(ratio) else ratio
