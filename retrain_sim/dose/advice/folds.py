"""Losses of a model on held-out real rows, at every dose of synthetic rows."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from retrain_sim.dose.advice.pair import Pair
from retrain_sim.dose.learners import ridge

PENALTIES = (1e-3, 1e-2, 1e-1, 1.0)
"""Ridge per row of the training set, in units of a feature's variance: the best at
every dose is taken, so that synthetic rows are not praised for mere regularization."""

SHRINKAGES = (0.003, 0.03, 0.1, 0.3)
"""The same for a Gaussian: share of the mean variance in its covariance."""


class Losses(NamedTuple):
    """Losses of held-out rows.

    Attributes:
        ratios: synthetic rows per real row of the group ``[r]``, the first is 0.
        values: mean over repeats, by row, ratio and penalty ``[n, r, p]``.
    """

    ratios: Float[np.ndarray, " r"]
    values: Float[np.ndarray, "n r p"]


def held_out_losses(
    pair: Pair,
    group: int,
    ratios: Float[np.ndarray, " r"],
    folds: int,
    repeats: int,
    seed: int,
) -> Losses:
    """Train on folds of the real rows and a dose of one group's synthetic rows.

    One model for all groups, and the loss of all of them: classes by ridge regression
    on one-hot labels (1 where the class is wrong), numbers by ridge regression (squared
    error in units of the real variance). Without labels a Gaussian per group (minus the
    log-density in nats per feature), of the group's own rows.

    Args:
        pair: real and synthetic rows.
        group: whose synthetic rows are added; nobody else's are.
        ratios: synthetic rows per real row of the group.
        folds: parts of the real rows, each held out once.
        repeats: new folds and new synthetic rows.
        seed: of both.

    Returns:
        Losses of the real rows that are judged.
    """
    rng = np.random.default_rng((seed, group))
    inside = pair.real.groups == group
    judged = inside if pair.kind == "none" else np.ones(len(inside), bool)
    x, y, own = _stacked(pair)
    model = {"none": _density, "numbers": _regression, "classes": _classes}[pair.kind]
    knobs = jnp.asarray(SHRINKAGES if pair.kind == "none" else PENALTIES)
    total = np.zeros((judged.sum(), len(ratios), len(knobs)))
    for _ in range(repeats):
        fold = _dealt(rng, judged, folds)
        weights = _weights(rng, pair, group, ratios, fold)
        losses = _all_losses(model, x, y, jnp.asarray(weights), knobs, own)
        held = fold[:, judged]
        kept = np.where(held[:, None, None], np.asarray(losses)[..., judged], 0.0)
        total += kept.sum(axis=0).transpose(2, 0, 1)
    return Losses(ratios, total / repeats)


def _stacked(pair: Pair) -> tuple[Array, Array, int]:
    """Put real rows before synthetic ones; the number of real ones stays."""
    x, y = (
        jnp.asarray(np.concatenate(two), jnp.float32)
        for two in ((pair.real.x, pair.made.x), (pair.real.targets, pair.made.targets))
    )
    return x, y, len(pair.real.x)


def _dealt(
    rng: np.random.Generator, judged: Bool[np.ndarray, " n"], folds: int
) -> Bool[np.ndarray, "f n"]:
    """Deal the rows that are judged to folds of equal size; mark who is held out."""
    fold = np.full(judged.size, -1)
    fold[judged] = rng.permutation(judged.sum()) % folds
    return np.arange(folds)[:, None] == fold[None]


def _weights(
    rng: np.random.Generator,
    pair: Pair,
    group: int,
    ratios: Float[np.ndarray, " r"],
    held: Bool[np.ndarray, "f n"],
) -> Float[np.ndarray, "f r rows"]:
    """Weigh training rows, by fold and ratio: those of other folds by 0.

    The group's rows, real and synthetic, always weigh as its real rows do: a dose
    changes what a group looks like, not how common it is.
    """
    train = ~held & held.any(axis=0, keepdims=True)
    inside = pair.real.groups == group
    own = (train & inside).sum(axis=1)[:, None]
    counts = np.round(own * ratios)
    mine = np.flatnonzero(pair.made.groups == group)
    rank = np.full(len(pair.made.x), np.inf)
    rank[mine] = rng.permutation(mine.size)
    dosed = rank[None, None] < counts[..., None]
    share = (own / (own + counts))[..., None]
    real = train[:, None] * np.where(inside, share, 1.0)
    return np.concatenate([real, dosed * share], axis=2).astype(np.float32)


@partial(jax.jit, static_argnums=(0, 5))
def _all_losses(model, x, y, weights, knobs, n_real):
    """Return losses of the real rows, by fold, ratio and knob ``[f, r, p, n]``."""

    def one(weight):
        return jax.vmap(lambda knob: model(x, y, weight, knob, n_real))(knobs)

    return jax.lax.map(lambda row: jax.lax.map(one, row), weights)


def _classes(x, y, weights, penalty, n_real) -> Float[Array, " n"]:
    fitted = ridge(x, y, weights, penalty * weights.sum())
    right = jnp.take_along_axis(
        y[:n_real], fitted.classify(x[:n_real])[:, None], axis=1
    )
    return 1 - right[:, 0]


def _regression(x, y, weights, penalty, n_real) -> Float[Array, " n"]:
    fitted = ridge(x, y, weights, penalty * weights.sum())
    return (fitted(x[:n_real])[:, 0] - y[:n_real, 0]) ** 2


def _density(x, y, weights, shrinkage, n_real) -> Float[Array, " n"]:
    dim, probs = x.shape[1], weights / weights.sum()
    mean = probs @ x
    centered = x - mean[None]
    covariance = (centered * probs[:, None]).T @ centered
    level = jnp.trace(covariance) / dim
    round_one = level * jnp.eye(dim)
    root = jnp.linalg.cholesky((1 - shrinkage) * covariance + shrinkage * round_one)
    white = jax.scipy.linalg.solve_triangular(root, centered[:n_real].T, lower=True)
    logs = jnp.log(jnp.diagonal(root)).sum() + 0.5 * dim * np.log(2 * np.pi)
    return (0.5 * (white**2).sum(axis=0) + logs) / dim
