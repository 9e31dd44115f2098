"""What training and sampling an image model amount to, counted without running it."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from retrain_sim.models.fields import field_of

EVALUATIONS = {"euler": 1, "heun": 2, "midpoint": 2}
"""Of the network, in one step of a solver."""

COPIES = 5
"""Of the parameters while training: themselves, gradient, two moments, average."""


class Work(NamedTuple):
    """Arithmetic and memory of a model; the coupling of noise and data not counted.

    ``parameters`` their number; ``step`` floating-point operations of an optimizer
    step; ``sample`` of one sample; ``training`` bytes while training: copies of the
    parameters, and what the backward pass needs of the forward pass, before the
    compiler joins operations.
    """

    parameters: int
    step: float
    sample: float
    training: int


def work_of(model: Any) -> Work:
    """Count the work of a flow that knows the shape of its data.

    Args:
        model: a ``FlowMatching`` with ``dim`` and ``image_shape``, whose solver has
            steps of equal length.

    Example:
        >>> from retrain_sim.models import FlowMatching
        >>> found = work_of(FlowMatching(hidden=(16,), solver="euler", dim=4))
        >>> found.parameters, round(found.sample / (2 * 20 * (20 * 16 + 16 * 4)), 1)
        (404, 1.1)
    """
    network, given = field_of(model), _batch(model, model.batch)
    params = jax.eval_shape(network.init, jax.random.key(0), *given)

    def loss(params, x, t):
        return jnp.mean((network.apply(params, x, t) - x) ** 2)

    def backward(params, x, t):
        return jax.vjp(lambda p: loss(p, x, t), params)[1]

    def held(rows: int) -> int:
        return _bytes(jax.eval_shape(backward, params, *_batch(model, rows)))

    evaluations = model.solver_steps * EVALUATIONS[model.solver]
    # The difference leaves out what does not grow with the batch: parameters.
    activations = held(2 * model.batch) - held(model.batch)
    return Work(
        sum(leaf.size for leaf in jax.tree.leaves(params)),
        _operations(jax.grad(loss), params, *given),
        evaluations * _operations(network.apply, params, *given) / model.batch,
        COPIES * _bytes(params) + activations,
    )


def _batch(model: Any, rows: int) -> tuple[Any, Any]:
    """Return the shapes of a batch and its times."""
    x, t = (
        jax.ShapeDtypeStruct((rows, columns), jnp.float32) for columns in (model.dim, 1)
    )
    return x, t


def _operations(function: Any, *shapes: Any) -> float:
    found: Any = jax.jit(function).lower(*shapes).cost_analysis()
    return found["flops"]


def _bytes(tree: Any) -> int:
    return sum(leaf.size * leaf.dtype.itemsize for leaf in jax.tree.leaves(tree))
