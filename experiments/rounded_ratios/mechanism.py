"""One step of a language-model head in every precision: errors of importance ratios."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from retrain_sim.keys import key_for
from retrain_sim.policy.precision import Precision, matmul

VOCABULARY = 4096
WIDTH = 64
SPREAD = 3.0
"""Deviation of the logits."""

MOVED = 1e-2
"""Deviation by which a step has moved the logits: ratios near 1, fresh rounding."""

OFFSET = 20.0
"""Added to all logits, which changes no law: some heads leave theirs that far up."""

BINS = (0.0, 4.0, 8.0, 16.0, 32.0)
"""Of |log pi|, where the spacing of numbers doubles."""

PROMPTS = 128
"""Hidden states that are looked at together."""

FORMATS = ("bfloat16", "float16")
STAGES = {
    "matrix product": {},
    "logits": {"logits": True},
    "log-softmax": {"log_probs": True},
    "ratio": {"ratio": True},
    "sampler": {"sampler": True},
}
"""Stage -> what of ``Precision`` is rounded; the matrix product is the policy's."""


class Errors(NamedTuple):
    """Errors of log ratios in one stage and format.

    Attributes:
        bias: E_pi[measured ratio / true ratio] - 1, by prompt.
        sd: deviation of the log ratio's error under pi.
        by_bin: the same in every bin of |log pi|, all tokens alike.
        greatest: the largest error of any token.
    """

    bias: Float[np.ndarray, " p"]
    sd: float
    by_bin: Float[np.ndarray, " bins"]
    greatest: float


def measure(
    stage: str,
    precision: str,
    n_prompts: int = PROMPTS,
    offset: float = 0.0,
    part: int = 0,
) -> Errors:
    """Round one stage, and compare ratios with those of float64.

    Args:
        stage: a key of ``STAGES``.
        precision: bfloat16 or float16.
        n_prompts: hidden states; every token of the vocabulary is looked at.
        offset: added to all logits, which changes no law.
        part: another number, other prompts.
    """
    rounding = Precision(**dict.fromkeys(STAGES[stage], precision))
    product = precision if stage == "matrix product" else "float32"
    key_hidden, key_head, key_step = jax.random.split(key_for("ratios", part), 3)
    hidden = jax.random.normal(key_hidden, (n_prompts, WIDTH))
    head = jax.random.normal(key_head, (WIDTH, VOCABULARY)) * SPREAD / WIDTH**0.5
    step = jax.random.normal(key_step, head.shape) * MOVED / WIDTH**0.5

    @jax.jit
    def found(hidden: Array, head: Array, moved: Array) -> Array:
        new = rounding.log_softmax(matmul(hidden, moved, product) + offset)
        old = jax.nn.log_softmax(hidden @ head + offset)  # the sampler's own is exact
        return rounding.log_ratios(new[None], rounding.old(old[None]))[1][0]

    moved = np.asarray(head + step)
    true = _log_laws(hidden, moved) - (log_pi := _log_laws(hidden, head))
    error = np.asarray(found(hidden, head, jnp.asarray(moved)), np.float64) - true
    return _summary(error, log_pi)


def biases(stage: str, precision: str, parts: int) -> Float[np.ndarray, " p"]:
    """Collect E_pi[ratio error] - 1 of many prompts."""
    made = [measure(stage, precision, part=part).bias for part in range(parts)]
    return np.concatenate(made)


def _log_laws(hidden: Any, head: Any) -> Float[np.ndarray, "p v"]:
    logits = np.asarray(hidden, np.float64) @ np.asarray(head, np.float64)
    logits -= logits.max(axis=1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def _summary(error: Float[np.ndarray, "p v"], log_pi: np.ndarray) -> Errors:
    probs = np.exp(log_pi)
    which = np.digitize(-log_pi, BINS) - 1
    bins = [error[which == i] for i in range(len(BINS) - 1)]
    by_bin = np.array([b.std() if b.size > 100 else math.nan for b in bins])
    bias = (probs * np.expm1(error)).sum(axis=1)
    variance = (probs * error**2).sum(axis=1).mean()
    return Errors(bias, math.sqrt(variance), by_bin, float(np.abs(error).max()))
