"""Programs that may wait forever: batches of factorizations on several CPU devices.

jaxlib 0.10 deals a batch of factorizations (``eigh``, ``svd``, ``qr``, ...) out to the
threads that do the devices' work, and one of these threads waits for the others. With
as many devices as threads, all may wait. Later versions do not deal them out.
"""

from __future__ import annotations

import math
from typing import Any

import jax

FACTORIZATIONS = {"eigh", "eig", "svd", "qr", "geqrf", "cholesky", "lu", "schur"}
LARGEST_MATRIX = 4
"""Batches of matrices with so many rows were never seen to wait."""


def may_wait() -> bool:
    """Tell whether several devices of this process could wait for each other."""
    several = jax.local_device_count() > 1 and jax.default_backend() == "cpu"
    return several and jax.__version_info__ < (0, 11)


def factorizes(program: Any, side_by_side: bool) -> bool:
    """Tell whether a traced program factorizes larger matrices in batches.

    Args:
        program: what ``jax.make_jaxpr`` returns, or a part of it.
        side_by_side: many such programs are mapped, which makes one matrix a batch.

    Example:
        >>> import jax.numpy as jnp
        >>> trace = jax.make_jaxpr(jnp.linalg.eigh)
        >>> shapes = [(9, 9), (5, 9, 9), (5, 2, 2)]
        >>> [factorizes(trace(jnp.ones(shape)), False) for shape in shapes]
        [False, True, False]
        >>> factorizes(trace(jnp.ones((9, 9))), side_by_side=True)
        True
    """
    program = getattr(program, "jaxpr", program)
    return any(_factorizes(equation, side_by_side) for equation in program.eqns)


def _factorizes(equation: Any, side_by_side: bool) -> bool:
    if equation.primitive.name in FACTORIZATIONS:
        *batch, rows, columns = equation.invars[0].aval.shape
        several = side_by_side or math.prod(batch) > 1
        return several and min(rows, columns) > LARGEST_MATRIX
    parts = jax.tree.leaves(list(equation.params.values()), is_leaf=_is_program)
    return any(factorizes(part, side_by_side) for part in parts if _is_program(part))


def _is_program(part: Any) -> bool:
    return hasattr(part, "eqns") or hasattr(part, "jaxpr")
