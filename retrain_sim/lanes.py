"""Lanes: how many runs a CPU device takes at once, side by side in one array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax

MANY_RUNS, SMALL_STATE = 200, 2**16
"""Several at once only from so many runs on, with less state (bytes) each."""

CACHE, LEAST_LANES, MOST_LANES = 2**19, 8, 512
"""Bytes of state that are taken at once, in how few and how many runs."""


def lanes(state_bytes: int, n_runs: int, share: int) -> int:
    """Choose how many of its runs a CPU takes at once: a few, if small and very many.

    Small arrays are slow one by one, as long as all of them stay in the cache; but the
    mapped program takes longer to compile, and large arrays gain nothing.

    Args:
        state_bytes: what one run carries from round to round.
        n_runs: of all devices.
        share: runs of one device.

    Returns:
        Runs at once, so that no row of them is nearly empty; 1 is one by one.

    Example:
        >>> lanes(1000, 1000, 500), lanes(1000, 100, 50), lanes(10**6, 1000, 500)
        (500, 1, 1)
    """
    if state_bytes >= SMALL_STATE or n_runs < MANY_RUNS:
        return 1
    most = min(share, MOST_LANES, max(LEAST_LANES, CACHE // max(state_bytes, 1)))
    return -(-share // -(-share // most))


def in_turn(one: Callable, at_once: int) -> Callable:
    """Map a function over the leading axes of its arguments, some rows at once.

    Example:
        >>> import jax.numpy as jnp
        >>> in_turn(lambda x, y: x * y, 2)(jnp.arange(4), jnp.arange(4)).tolist()
        [0, 1, 4, 9]
    """
    size = at_once if at_once > 1 else None
    return lambda *rows: jax.lax.map(lambda row: one(*row), rows, batch_size=size)


FACTORIZATIONS = {"eigh", "eig", "svd", "qr", "geqrf", "cholesky", "lu", "schur"}
LARGEST_MATRIX = 4


def factorizes(program: Any) -> bool:
    """Tell whether a traced program factorizes matrices of more than 4 rows.

    Their library calls share the threads of all CPU devices, and wait for each other:
    many matrices at once, on several devices, may wait forever (seen with jax 0.10, 32
    matrices of 10 x 10 on two devices).

    Args:
        program: what ``jax.make_jaxpr`` returns, or a part of it.

    Example:
        >>> import jax.numpy as jnp
        >>> trace = jax.make_jaxpr(jnp.linalg.eigh)
        >>> factorizes(trace(jnp.eye(3))), factorizes(trace(jnp.eye(10)))
        (False, True)
    """
    program = getattr(program, "jaxpr", program)
    return any(map(_factorizes, program.eqns))


def _factorizes(equation: Any) -> bool:
    known = equation.primitive.name in FACTORIZATIONS
    if known and min(equation.invars[0].aval.shape[-2:]) > LARGEST_MATRIX:
        return True
    parts = jax.tree.leaves(list(equation.params.values()), is_leaf=_is_program)
    return any(factorizes(part) for part in parts if _is_program(part))


def _is_program(part: Any) -> bool:
    return hasattr(part, "eqns") or hasattr(part, "jaxpr")
