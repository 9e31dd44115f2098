"""Real digits, and what synthetic images of several generators do to their learner."""

from __future__ import annotations

from collections.abc import Iterable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from experiments.dose_curve.generators import ClassGaussians, Generator
from experiments.primer import digits
from retrain_sim.dose.learners import ridge_classifier

N_REAL, N_TEST, L2 = 100, 700, 10.0
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


def errors(key: PRNGKeyArray, generators: Iterable[Generator]) -> Float[Array, "g k"]:
    """Measure the test error of every generator and ratio, on one random split."""
    key_split, key_draw = jax.random.split(key)
    real, rest = digits.split(key_split, N_REAL)
    test, others = rest.at(slice(N_TEST)), rest.at(slice(N_TEST, None))
    sizes = jnp.array([(N_REAL, round(r * N_REAL)) for r in RATIOS])

    def curve(generator: Generator) -> Float[Array, " k"]:
        made = generator(key_draw, others, int(RATIOS[-1] * N_REAL))
        return pooled_errors(real, made, test, sizes)

    return jnp.stack([curve(generator) for generator in generators])


def measure(
    generators: dict[str, Generator], n_seeds: int
) -> dict[str, Float[np.ndarray, "s k"]]:
    """Run all seeds in one compiled program, one at a time: name -> errors."""
    keys = jax.random.split(jax.random.key(1), n_seeds)
    run = jax.jit(
        lambda keys: jax.lax.map(lambda key: errors(key, generators.values()), keys)
    )
    found = np.asarray(run(keys), np.float64)
    return {name: found[:, i] for i, name in enumerate(generators)}


def distances(
    generators: dict[str, Generator], n: int = 800
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Draw images of every generator, and as many real ones, to compare."""
    key_split, key_draw = jax.random.split(jax.random.key(2))
    others, real = digits.split(key_split, 800)
    return {
        name: (
            np.asarray(real.x[:n]),
            np.asarray(jax.jit(lambda g=generator: g(key_draw, others, n).x)()),
        )
        for name, generator in generators.items()
    }
