"""What the models of sequences share: how rows of letters end, and what they reach."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Bool, Int


def letters_of(kit: Any) -> dict[str, Any]:
    """Return ``size``, ``length`` and ``ends`` of the data, as settings of a model.

    Raises:
        UserError: a letter below -1, or one after the end.
    """
    x = kit.data.x
    if (x < -1).any() or ((x[:, :-1] < 0) & (x[:, 1:] >= 0)).any():
        kit.fail("data", "letters are >= 0; only -1 follows -1, the end")
    ends = bool((x < 0).any())
    return {"size": int(x.max()) + 1, "length": x.shape[1], "ends": ends}


def reached(x: Int[Array, "n length"]) -> Bool[Array, "n length"]:
    """Tell which symbols take part: the letters, and the first end.

    Example:
        >>> reached(jnp.array([[3, -1, -1]])).tolist()
        [[True, True, False]]
    """
    return jnp.concatenate([x[:, :1] == x[:, :1], x[:, :-1] >= 0], axis=1)
