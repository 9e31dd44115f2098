"""Small learners that are solved, not trained: they trace, vmap and sweep.

Every learner is linear in its features, takes weights (counts: a row of weight 0
changes nothing) and penalizes the coefficients but not the intercept, as scikit-learn
does. Features that are not linear in the inputs: ``retrain_sim.dose.random_features``.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from retrain_sim.solving import solve_positive

NEWTON_STEPS = 12
SHRINKS = 8
"""A Newton step is halved up to this often."""


class Linear(NamedTuple):
    """What a learner knows: scores are x @ coefficients + intercept."""

    coefficients: Float[Array, "d outputs"]
    intercept: Float[Array, " outputs"]

    def __call__(self, x: Float[Array, "n d"]) -> Float[Array, "n outputs"]:
        """Score every row."""
        return x @ self.coefficients + self.intercept[None]

    def classify(self, x: Float[Array, "n d"]) -> Int[Array, " n"]:
        """Return the class with the greatest score; one output: its sign."""
        scores = self(x)
        if scores.shape[1] == 1:
            return (scores[:, 0] > 0).astype(jnp.int32)
        return jnp.argmax(scores, axis=1).astype(jnp.int32)


def ridge(
    x: Float[Array, "n d"],
    y: Float[Array, "n outputs"],
    weights: Float[Array, " n"],
    l2: float | Float[Array, ""],
) -> Linear:
    """Minimize sum_i w_i |y_i - x_i B - c|^2 + l2 |B|^2 over B and c.

    Args:
        x: features.
        y: targets, one column per output.
        weights: counts of the rows, >= 0.
        l2: penalty > 0, in the units of the sum of weights (scikit-learn's alpha).

    Returns:
        Coefficients and intercept; zeros if no row has weight.

    Example:
        >>> x, y = jnp.array([[0.0], [1.0], [2.0]]), jnp.array([[1.0], [2.0], [3.0]])
        >>> fitted = ridge(x, y, jnp.ones(3), 2.0)
        >>> fitted.coefficients.tolist(), fitted.intercept.tolist()
        ([[0.5]], [1.5])
    """
    mean_x, mean_y = _mean(x, weights), _mean(y, weights)
    centered = x - mean_x[None]
    scaled = centered * weights[:, None]
    gram = centered.T @ scaled + l2 * jnp.eye(x.shape[1], dtype=x.dtype)
    coefficients = solve_positive(gram, scaled.T @ (y - mean_y[None]))
    return Linear(coefficients, mean_y - mean_x @ coefficients)


def ridge_classifier(
    x: Float[Array, "n d"],
    labels: Int[Array, " n"],
    weights: Float[Array, " n"],
    l2: float | Float[Array, ""],
    n_classes: int,
) -> Linear:
    """Fit one-hot labels by ridge regression; the greatest score is the class.

    Args:
        x: features.
        labels: classes in ``0 .. n_classes - 1``.
        weights: counts of the rows, >= 0.
        l2: penalty > 0, as in ``ridge``.
        n_classes: number of outputs.

    Returns:
        The classifier; ``classify`` labels new rows.

    Example:
        >>> x = jnp.array([[-1.0], [-2.0], [3.0]])
        >>> fitted = ridge_classifier(x, jnp.array([0, 0, 1]), jnp.ones(3), 0.1, 2)
        >>> fitted.classify(x).tolist()
        [0, 0, 1]
    """
    return ridge(x, jax.nn.one_hot(labels, n_classes, dtype=x.dtype), weights, l2)


def logistic(
    x: Float[Array, "n d"],
    labels: Int[Array, " n"],
    weights: Float[Array, " n"],
    l2: float | Float[Array, ""],
    n_steps: int = NEWTON_STEPS,
) -> Linear:
    """Minimize sum_i w_i log(1 + exp(-s_i (x_i b + c))) + l2 |b|^2 / 2, s_i = +-1.

    A fixed number of Newton steps from zero, each halved until it lowers the loss: 12
    leave no more than rounding unless the classes are separable and l2 is tiny.

    Args:
        x: features.
        labels: 0 or 1.
        weights: counts of the rows, >= 0.
        l2: penalty > 0 (1 / C of scikit-learn).
        n_steps: Newton steps, >= 1.

    Returns:
        The classifier, one output: the log odds of class 1.

    Example:
        >>> x = jnp.array([[-1.0], [1.0]])
        >>> fitted = logistic(x, jnp.array([0, 1]), jnp.ones(2), 1.0)
        >>> round(float(fitted.coefficients[0, 0]), 3)
        0.675
    """
    design = jnp.concatenate([x, jnp.ones_like(x[:, :1])], axis=1)
    penalty = (l2 * jnp.ones(design.shape[1], x.dtype)).at[-1].set(0.0)
    signs = (2 * labels - 1).astype(x.dtype)

    def step(b: Float[Array, " d1"], _: None) -> tuple[Float[Array, " d1"], None]:
        odds = design @ b
        probs = jax.nn.sigmoid(odds)
        slope = design.T @ (weights * (probs - (labels == 1))) + penalty * b
        curvature = design.T @ (design * (weights * probs * (1 - probs))[:, None])
        move = _solve(curvature, penalty, slope)
        shift = design @ move

        def loss(size: Float[Array, ""]) -> Float[Array, ""]:
            fit = weights @ jax.nn.softplus(-signs * (odds - size * shift))
            return fit + penalty @ (b - size * move) ** 2 / 2

        return b - _length(loss, slope @ move) * move, None

    b, _ = jax.lax.scan(step, jnp.zeros_like(penalty), None, length=n_steps)
    return Linear(b[:-1, None], b[-1:])


def _solve(curvature, penalty, slope):
    # Without weight, or with saturated odds, the intercept has no curvature at all.
    floor = jnp.finfo(slope.dtype).eps * (1 + jnp.trace(curvature))
    matrix = curvature + jnp.diag(penalty + floor)
    return solve_positive(matrix, slope[:, None])[:, 0]


def _length(loss, decrease):
    """Find the longest halving of a step that lowers the loss enough (Armijo)."""
    sizes = 0.5 ** jnp.arange(SHRINKS, dtype=decrease.dtype)
    now, losses = loss(jnp.zeros_like(decrease)), jax.vmap(loss)(sizes)
    # Near the minimum a loss is all rounding, and the full step is right.
    rounding = 16 * jnp.finfo(now.dtype).eps * jnp.abs(now)
    enough = losses <= now - sizes * decrease / 4 + rounding
    return jnp.where(enough.any(), sizes[jnp.argmax(enough)], 0.0)


def _mean(x, weights):
    total = jnp.maximum(weights.sum(), jnp.finfo(x.dtype).tiny)
    return weights @ x / total
