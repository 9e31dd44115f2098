"""Real digits, and what synthetic images of several generators do to their learner."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Key, PRNGKeyArray

from experiments.dose_curve.generators import ClassGaussians, Generator
from experiments.primer import digits
from retrain_sim.dose.learners import ridge_classifier

N_REAL, N_TEST, L2 = 100, 600, 10.0
REAL_SETS = 3
"""Sets of real images for each fit of a generator: fits take longer than learners."""
RATIOS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
GENERATORS: dict[str, Generator] = {
    "one Gaussian per class, of 800 images": ClassGaussians(800, 64),
    "PCA rank 5, of 800": ClassGaussians(800, 5),
    "PCA rank 5, of 60": ClassGaussians(60, 5),
    "class means only, of 60": ClassGaussians(60, 0),
}


def pooled_errors(
    real: digits.Images,
    made: digits.Images,
    test: digits.Images,
    sizes: Int[Array, "k 2"],
) -> Float[Array, " k"]:
    """Train on the first images of both, for several sizes; return the test errors.

    Args:
        real: real images.
        made: synthetic ones.
        test: real ones to test on.
        sizes: numbers of real and of synthetic images to use.

    Returns:
        Shares of the test images that are labelled wrongly.
    """
    x, y = (jnp.concatenate(two) for two in zip(real, made, strict=True))
    place = jnp.arange(len(y))
    rank = jnp.where(place < len(real.y), place, place - len(real.y))

    def one(size: Int[Array, " 2"]) -> Float[Array, ""]:
        most = jnp.where(place < len(real.y), size[0], size[1])
        learner = ridge_classifier(x, y, 1.0 * (rank < most), L2, digits.N_CLASSES)
        return (learner.classify(test.x) != test.y).mean()

    return jax.lax.map(one, sizes)


@jax.jit
def errors(keys: Key[Array, " s"], generator: Generator) -> Float[Array, "s k"]:
    """Measure the test error of a generator at every ratio, on random splits.

    Means over several sets of real images, beside the same synthetic ones.
    """
    sizes = jnp.array([(N_REAL, round(r * N_REAL)) for r in RATIOS])

    def one(key: PRNGKeyArray) -> Float[Array, " k"]:
        key_split, key_draw = jax.random.split(key)
        real, rest = digits.split(key_split, REAL_SETS * N_REAL)
        test, others = rest.at(slice(N_TEST)), rest.at(slice(N_TEST, None))
        made = generator(key_draw, others, int(RATIOS[-1] * N_REAL))
        sets = jax.tree.map(lambda x: x.reshape(REAL_SETS, N_REAL, *x.shape[1:]), real)
        found = jax.lax.map(lambda some: pooled_errors(some, made, test, sizes), sets)
        return found.mean(axis=0)

    return jax.lax.map(one, keys)


def measure(
    generators: dict[str, Generator], n_seeds: int
) -> dict[str, Float[np.ndarray, "s k"]]:
    """Measure generators on the same splits: name -> errors."""
    keys = jax.random.split(jax.random.key(1), n_seeds)
    return {
        name: np.asarray(errors(keys, generator), np.float64)
        for name, generator in generators.items()
    }


def distances(
    generators: dict[str, Generator], n: int = 800
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Draw images of every generator, and as many real ones, to compare."""
    key_split, key_draw = jax.random.split(jax.random.key(2))
    others, real = digits.split(key_split, 800)
    draw = jax.jit(lambda generator: generator(key_draw, others, n).x)
    return {
        name: (np.asarray(real.x[:n]), np.asarray(draw(generator)))
        for name, generator in generators.items()
    }
