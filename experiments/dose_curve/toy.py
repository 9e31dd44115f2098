"""Ten Gaussian classes, and a generator whose class means are off by a distance."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.dose.learners import ridge_classifier

N_CLASSES, DIM, SCALE = 10, 64, 0.35
"""Class means are SCALE x N(0, I), the noise has unit variance."""
N_REAL, N_TEST, L2 = 200, 2000, 1e-2
RATIOS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)


def classes(n: int) -> Int[Array, " n"]:
    """Return n labels, as many of every class."""
    return jnp.arange(n, dtype=jnp.int32) % N_CLASSES


def draw(key: PRNGKeyArray, means: Float[Array, "c d"], n: int) -> Float[Array, "n d"]:
    """Draw n rows of the classes in turn."""
    return means[classes(n)] + jax.random.normal(key, (n, DIM))


def means_of(key: PRNGKeyArray) -> tuple[Float[Array, "c d"], Float[Array, "c d"]]:
    """Draw the real class means, and a random unit vector for each."""
    key_mean, key_shift = jax.random.split(key)
    shift = jax.random.normal(key_shift, (N_CLASSES, DIM))
    shift = shift / jnp.linalg.norm(shift, axis=1, keepdims=True)
    return SCALE * jax.random.normal(key_mean, (N_CLASSES, DIM)), shift


def pooled_errors(
    real: Float[Array, "n d"],
    synthetic: Float[Array, "m d"],
    test: Float[Array, "t d"],
    sizes: Int[Array, "k 2"],
) -> Float[Array, " k"]:
    """Train on the first rows of both, for several sizes; return the test errors.

    Args:
        real: rows of the classes in turn.
        synthetic: the same, of the generator.
        test: the same, real.
        sizes: numbers of real and of synthetic rows to use.

    Returns:
        Shares of the test rows that are labelled wrongly.
    """
    x = jnp.concatenate([real, synthetic])
    y = jnp.concatenate([classes(len(real)), classes(len(synthetic))])

    def one(size: Int[Array, "2"]) -> Float[Array, ""]:
        use_real = jnp.arange(len(real)) < size[0]
        use_synthetic = jnp.arange(len(synthetic)) < size[1]
        weights = jnp.concatenate([use_real, use_synthetic]).astype(x.dtype)
        learner = ridge_classifier(x, y, weights, L2, N_CLASSES)
        return (learner.classify(test) != classes(len(test))).mean()

    return jax.lax.map(one, sizes)


def grid(
    key: PRNGKeyArray,
    gaps: Float[Array, " g"],
    sizes: Int[Array, "k 2"],
    most: tuple[int, int],
) -> Float[Array, "g k"]:
    """Measure the error at every distance of the generator and every pair of sizes.

    Args:
        key: a PRNG key; the same noise serves all distances.
        gaps: D, by which every class mean of the generator is off: its W2.
        sizes: numbers of real and of synthetic rows.
        most: the greatest of either.

    Returns:
        Test errors.
    """
    key_mean, key_real, key_made, key_test = jax.random.split(key, 4)
    means, shift = means_of(key_mean)
    real, test = draw(key_real, means, most[0]), draw(key_test, means, N_TEST)
    made = draw(key_made, means, most[1])

    def one(gap: Float[Array, ""]) -> Float[Array, " k"]:
        shifted = made + gap * shift[classes(most[1])]
        return pooled_errors(real, shifted, test, sizes)

    return jax.lax.map(one, gaps)


def measure(
    gaps: tuple[float, ...], sizes: np.ndarray, n_seeds: int, seed: int
) -> Float[np.ndarray, "s g k"]:
    """Run all seeds in one compiled program, four at a time (memory)."""
    keys = jax.random.split(jax.random.key(seed), n_seeds)
    most = (int(sizes[:, 0].max()), int(sizes[:, 1].max()))

    def run(key: PRNGKeyArray) -> Float[Array, "g k"]:
        return grid(key, jnp.asarray(gaps), jnp.asarray(sizes), most)

    every = jax.jit(lambda keys: jax.lax.map(run, keys, batch_size=4))
    return np.asarray(every(keys), np.float64)


def sizes_of(ratios: tuple[float, ...], n_real: int = N_REAL) -> np.ndarray:
    """List pairs of sizes: all real rows, and synthetic ones in every ratio."""
    return np.array([(n_real, round(ratio * n_real)) for ratio in ratios], np.int32)
