"""Runs in batches of one size, where not all fit into memory at once."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np


def split_runs(
    n_arms: int, n_seeds: int, n_batches: int, multiple: int
) -> list[np.ndarray]:
    """Split the runs (arm, seed) into batches of one size, padded with run 0.

    Args:
        n_arms: arms that share a program.
        n_seeds: seeds of each.
        n_batches: how many batches at most.
        multiple: what the size of a batch is a multiple of.

    Returns:
        Arm and seed of the runs of every batch, ``[size, 2]`` each.

    Example:
        >>> [batch.tolist() for batch in split_runs(1, 3, 2, 2)]
        [[[0, 0], [0, 1]], [[0, 2], [0, 0]]]
    """
    runs = np.arange(n_arms * n_seeds, dtype=np.uint32)
    size = -(-len(runs) // n_batches)
    size += -size % multiple
    runs = np.pad(runs, (0, -len(runs) % size)).reshape(-1, size)
    return list(np.stack(np.divmod(runs, np.uint32(n_seeds)), axis=-1))


def joined_runs(found: list[Any], n_arms: int, n_seeds: int, n_batches: int) -> Any:
    """Join what batches of runs left, without the padding; those to come are zero.

    Args:
        found: pytrees of arrays ``[size, ...]``, of the first batches.
        n_arms: arms that share a program.
        n_seeds: seeds of each.
        n_batches: how many batches there are.

    Returns:
        The pytree with arrays ``[arm, seed, ...]``.

    Example:
        >>> first = np.array([10.0, 11.0])
        >>> joined_runs([first], n_arms=1, n_seeds=3, n_batches=2).tolist()
        [[10.0, 11.0, 0.0]]
    """

    def join(*leaves: np.ndarray) -> np.ndarray:
        missing = n_batches - len(leaves)
        leaves = (*leaves, *[np.zeros_like(leaves[0])] * missing)
        real = np.concatenate(leaves)[: n_arms * n_seeds]
        return real.reshape(n_arms, n_seeds, *real.shape[1:])

    return jax.tree.map(join, *found)
