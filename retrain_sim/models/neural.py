"""What the models that train a network share: settings, warm and cold starts."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Params
from retrain_sim.models.networks import PRECISIONS
from retrain_sim.models.slices import PIXELS, mean_over_slices, slice_rows
from retrain_sim.models.training import train
from retrain_sim.ranges import at_least, positive
from retrain_sim.rows import by_rows, deal, n_sharing
from retrain_sim.sampling import bias_faults, cumulative_weights, weighted_index


class Neural:
    """A model that is fitted by mini-batches drawn in proportion to weights.

    A subclass has the settings that ``neural_faults`` reads, and says how parameters
    begin, ``_begin(key, data)``; what is learned from a batch, row by row, with two
    fresh keys, ``_examples(batch, keys)``; and how wrong parameters are about such
    rows, ``_error(params, examples)``, a mean over them.
    """

    def init(
        self, key: PRNGKeyArray, data: Float[Array, "n d"], weights: Float[Array, " n"]
    ) -> Params:
        """Train p_0 on real data, from random parameters."""
        made: Any = self
        key_init, key_fit = jax.random.split(key)
        longer = dataclasses.replace(
            made, steps=made.initial_steps, rate=made.initial_rate, warm=True
        )
        return longer.fit(key_fit, made._begin(key_init, data), data, weights)

    def fit(
        self, key: PRNGKeyArray, params: Params, data: Float[Array, "n d"], weights
    ) -> Params:
        """Retrain on weighted data ``[n, d]``, from ``params`` or afresh."""
        made: Any = self
        if not made.warm:
            return self.init(key, data, weights)
        cumulative = cumulative_weights(weights)

        def loss(key: PRNGKeyArray, params: Params) -> Float[Array, ""]:
            key_data, *keys = jax.random.split(key, 3)
            batch = deal(data[weighted_index(key_data, cumulative, made.batch)])
            examples = made._examples(batch, tuple(keys))
            return mean_over_slices(made._error, params, examples, _slice(made))

        return train(key, params, loss, made.steps, made.rate, average=made.average)


def neural_faults(model: Any) -> Iterator[tuple[str, str]]:
    """Yield what is out of range among the settings that all networks share."""
    yield from at_least(model, initial_steps=1, steps=1, batch=1)
    yield from positive(model, "initial_rate", "rate")
    if not model.hidden or min(model.hidden) < 1:
        yield "hidden", f"needs positive widths, got {list(model.hidden)}"
    if model.precision not in PRECISIONS:
        allowed = ", ".join(PRECISIONS)
        yield "precision", f"unknown {model.precision!r}; allowed: {allowed}"
    if not 0 <= model.average < 1:
        yield "average", f"must be in [0, 1), got {model.average}"
    yield from bias_faults(model.sampling_bias)


def pays_to_share(model: Any) -> bool:
    """Tell whether devices train and sample a model sooner together than one alone.

    Networks on images, on a CPU: its cores do products with many images no faster than
    each for itself with a few.
    """
    if not isinstance(model, Neural) or jax.default_backend() != "cpu":
        return False
    return getattr(model, "network", "mlp") != "mlp"


def _slice(model: Any) -> int:
    """Return how many rows to take a gradient of at a time: few images, on a CPU."""
    own, left = divmod(model.batch, n_sharing())
    if not pays_to_share(model) or left:
        return model.batch
    return slice_rows(own, math.prod(model.image_shape[:2]))


FEWEST_ROWS, MOST_ROWS = 256, 1024
"""Of a perceptron on a CPU at a time: its hidden layers stay in the cache."""


def rows_at_once(model: Any, n: int) -> int:
    """Return how many of n samples to draw at a time.

    Images need memory. On a CPU few rows at a time stay in the cache: of images as many
    as in a slice, of a perceptron's rows some hundred, if n can be divided and no other
    device shares them. An adaptive solver takes its steps for all rows together.
    """
    most = n if model.network == "mlp" else model.chunk
    together = getattr(model, "solver", "") == "adaptive"
    if together or jax.default_backend() != "cpu":
        return most
    if model.network != "mlp":
        return min(most, max(PIXELS // math.prod(model.image_shape[:2]), 1))
    sizes = range(FEWEST_ROWS, MOST_ROWS + 1) if n_sharing() == 1 else ()
    return max((size for size in sizes if n % size == 0), default=n)


def in_chunks(
    function: Callable[[Array], Array], x: Float[Array, "n d"], size: int
) -> Float[Array, "n e"]:
    """Apply a function of rows to ``size`` rows at a time: less memory, same rows.

    Devices that share a run take their own rows.

    Args:
        function: ``[m, d] -> [m, e]``, row by row.
        x: all rows.
        size: rows at a time, >= 1 (static).

    Returns:
        ``function(x)``.

    Example:
        >>> in_chunks(lambda x: 2 * x, jnp.ones((5, 1)), 2).ravel().tolist()
        [2.0, 2.0, 2.0, 2.0, 2.0]
    """
    if len(x) <= size:
        return function(x)
    own = partial(_one_after_the_other, function, size)
    if len(x) % n_sharing():
        return own(x)
    return by_rows(own)(x)


def _one_after_the_other(function: Callable, size: int, x: Array) -> Array:
    n = len(x) // size
    if not n:
        return function(x)
    chunks = jax.lax.map(function, x[: n * size].reshape(n, size, x.shape[1]))
    done = chunks.reshape(n * size, chunks.shape[2])
    rest = x[n * size :]
    return jnp.concatenate([done, function(rest)]) if len(rest) else done
