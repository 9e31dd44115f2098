"""Digits whose slants have a heavy tail, and a generator that cuts it off."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax.scipy.ndimage import map_coordinates
from jaxtyping import Array, Float, PRNGKeyArray

from experiments.primer import digits
from retrain_sim.dose.evaluation import accuracy
from retrain_sim.dose.learners import ridge_classifier

SPREAD, FREEDOM, MOST = 0.25, 3, 1.2
"""Slants, pixels sideways per row: Student's law, as far as the image is wide."""
SHARE = 0.1
"""Of slants that the generator truncates, and that count as the tail."""
N_TRAIN, N_TEST = 800, 900


def slanted(
    images: Float[Array, "n 64"], slants: Float[Array, " n"]
) -> Float[Array, "n 64"]:
    """Shear every image about its middle row; what comes in is black."""
    side = digits.SIDE
    row, column = jnp.meshgrid(*2 * [jnp.arange(side) + 0.0], indexing="ij")

    def one(image, slant):
        at = [row, column + slant * (row - (side - 1) / 2)]
        return map_coordinates(image.reshape(side, side) + 1.0, at, 1).ravel() - 1

    return jax.vmap(one)(images, slants)


def draw_slants(key: PRNGKeyArray, n: int) -> Float[Array, " n"]:
    """Draw slants of the real law."""
    z = jax.random.normal(key, (FREEDOM + 1, n))
    student = z[0] / jnp.sqrt((z[1:] ** 2).mean(axis=0))
    return jnp.clip(SPREAD * student, -MOST, MOST)


def cut_slants(key: PRNGKeyArray) -> dict[str, Array]:
    """Train on slants of the real law or without their tail; test in that tail.

    The generator puts a slant of the tail anywhere inside, evenly.
    """
    keys = jax.random.split(key, 4)
    train, rest = digits.split(keys[0], N_TRAIN)
    test = rest.at(slice(N_TEST))
    slants, true = draw_slants(keys[1], N_TRAIN), draw_slants(keys[2], N_TEST)
    edge = jnp.quantile(jnp.abs(slants), 1 - SHARE)
    inside = edge * jax.random.uniform(keys[3], (N_TRAIN,), minval=-1.0)
    images = slanted(test.x, true)
    tail = (jnp.abs(true) > edge).astype(jnp.float32)
    made = {"whole": slants, "cut": jnp.where(jnp.abs(slants) > edge, inside, slants)}
    found = {}
    for name, at in made.items():
        x, ones = slanted(train.x, at), jnp.ones(N_TRAIN)
        learner = ridge_classifier(x, train.y, ones, 10.0, digits.N_CLASSES)
        said = learner.classify(images)
        found[f"slant/tail/{name}"] = accuracy(said, test.y, tail)
        found[f"slant/all/{name}"] = accuracy(said, test.y, jnp.ones(N_TEST))
    return found
