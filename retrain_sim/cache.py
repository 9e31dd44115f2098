"""Trained parameters on disk, by the hash of everything that went into them."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np

from retrain_sim.files import load_leaves, save_leaves


def cache_folder() -> Path:
    """Return the user's cache folder (``XDG_CACHE_HOME`` or ``~/.cache``)."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "retrain-sim"


def cached(
    name: str,
    arrays: tuple[np.ndarray, ...],
    compute: Callable[[], Any],
    settings: Any,
) -> Any:
    """Return ``compute()``, or what it returned before for the same inputs.

    A cache that cannot be read or written is no error: the value is computed.

    Args:
        name: what it is, for the file's name.
        arrays: the data that ``compute`` depends on.
        compute: makes a pytree of arrays.
        settings: everything else it depends on; its ``repr`` is hashed.

    Returns:
        The pytree.
    """
    path = cache_folder() / f"{name}-{_digest(arrays, settings)}.npz"
    shape = jax.eval_shape(compute)
    try:
        leaves = load_leaves(path)
        return jax.tree.unflatten(jax.tree.structure(shape), leaves)
    except (OSError, ValueError):
        value = jax.device_get(compute())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_leaves(path, jax.tree.leaves(value))
    except OSError:
        pass
    return value


@functools.cache
def code_digest() -> str:
    """Hash the package's own source: other code, other numbers."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _digest(arrays: tuple[np.ndarray, ...], settings: Any) -> str:
    made_by = (code_digest(), jax.__version__, jax.default_backend())
    digest = hashlib.sha256(repr((made_by, settings)).encode())
    for array in arrays:
        digest.update(repr((array.shape, array.dtype)).encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]
