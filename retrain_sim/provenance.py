"""What a result depends on: scenario, code, versions, device."""

from __future__ import annotations

import hashlib
import platform
from importlib.metadata import version
from typing import Any

import jax
import numpy as np

import retrain_sim
from retrain_sim import hosts
from retrain_sim.cache import code_digest
from retrain_sim.preparation import Prepared


def fingerprint(prepared: Prepared) -> str:
    """Hash all that a run depends on: a checkpoint belongs to it alone."""
    own = [getattr(r, "digest", "") for a in prepared.arms.values() for r in a.rewards]
    about = (sorted(versions().items()), prepared.spec.to_toml(), code_digest(), own)
    digest = hashlib.sha256(repr(about).encode())
    for leaf in jax.tree.leaves(prepared.arms):
        digest.update(np.ascontiguousarray(leaf).tobytes())
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """Return the versions and the device that a result depends on."""
    found: dict[str, Any] = {"retrain_sim": retrain_sim.__version__}
    found |= {name: version(name) for name in ("jax", "jaxlib", "flax", "numpy")}
    device = jax.devices()[0]
    found["python"] = platform.python_version()
    found["device"] = f"{jax.device_count()} x {device.device_kind}"
    if hosts.many():
        found["device"] += f" in {jax.process_count()} processes"
    return found
