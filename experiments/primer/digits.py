"""Real digits for the parts of the primer: images, and random splits of them."""

from __future__ import annotations

import functools
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.data.digits import Digits

SIDE = 8
N_CLASSES = 10


class Images(NamedTuple):
    """Images of scikit-learn's digits, pixels in [-1, 1], and their classes."""

    x: Float[Array, "n 64"]
    y: Int[Array, " n"]

    def at(self, index: Int[Array, " k"] | slice) -> Images:
        """Take some of them."""
        return Images(self.x[index], self.y[index])


@functools.cache
def load() -> Images:
    """Load all 1797 of them."""
    data = Digits().load(np.random.default_rng(0))
    with jax.ensure_compile_time_eval():  # arrays, also when a program asks first
        return Images(jnp.asarray(data.x), jnp.asarray(data.labels, jnp.int32))


def split(key: PRNGKeyArray, n_train: int) -> tuple[Images, Images]:
    """Split all images at random: n_train of them, and the rest."""
    images = load()
    order = jax.random.permutation(key, len(images.y))
    return images.at(order[:n_train]), images.at(order[n_train:])
