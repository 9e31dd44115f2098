"""Real digits, and generators of them of several qualities."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from experiments.primer import digits
from retrain_sim.dose.learners import ridge_classifier

N_REAL, N_TEST, L2 = 100, 700, 10.0
RATIOS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
GENERATORS = {
    "one Gaussian per class, of 800 images": (800, 64),
    "PCA rank 5, of 800": (800, 5),
    "PCA rank 5, of 60": (60, 5),
    "class means only, of 60": (60, 0),
}
"""Name -> images to fit it to, and principal components it keeps."""


def sample(
    key: PRNGKeyArray, images: digits.Images, rank: int, labels: Int[Array, " m"]
) -> Float[Array, "m 64"]:
    """Draw from one Gaussian per class, of the greatest principal components.

    Args:
        key: a PRNG key.
        images: to fit to.
        rank: components that are kept of every class; 0 leaves the mean.
        labels: classes to draw.

    Returns:
        One image per label, pixels clipped to [-1, 1].
    """
    hot = jax.nn.one_hot(images.y, digits.N_CLASSES)
    count = jnp.maximum(hot.sum(axis=0), 1.0)
    means = (hot.T @ images.x) / count[:, None]

    def root(digit: Int[Array, ""]) -> Float[Array, "64 64"]:
        centered = (images.x - means[digit][None]) * hot[:, digit][:, None]
        values, vectors = jnp.linalg.eigh(centered.T @ centered / count[digit])
        kept = jnp.arange(64) >= 64 - rank
        return vectors * jnp.sqrt(jnp.maximum(values, 0.0) * kept)[None]

    roots = jax.lax.map(root, jnp.arange(digits.N_CLASSES))
    noise = jax.random.normal(key, (len(labels), 64))
    drawn = jnp.einsum("mij,mj->mi", roots[labels], noise)
    return jnp.clip(means[labels] + drawn, -1.0, 1.0)


def errors(key: PRNGKeyArray) -> Float[Array, "g k"]:
    """Measure the test error of every generator and ratio, on one random split."""
    key_split, key_label, key_draw = jax.random.split(key, 3)
    real, rest = digits.split(key_split, N_REAL)
    test, others = rest.at(slice(N_TEST)), rest.at(slice(N_TEST, None))
    most = int(RATIOS[-1] * N_REAL)
    labels = jax.random.randint(key_label, (most,), 0, digits.N_CLASSES)
    y = jnp.concatenate([real.y, labels])
    sizes = jnp.array([round(r * N_REAL) for r in RATIOS])

    def curve(made: Float[Array, "m 64"]) -> Float[Array, " k"]:
        x = jnp.concatenate([real.x, made])

        def one(size: Int[Array, ""]) -> Float[Array, ""]:
            weights = jnp.append(jnp.ones(N_REAL), 1.0 * (jnp.arange(most) < size))
            learner = ridge_classifier(x, y, weights, L2, digits.N_CLASSES)
            return (learner.classify(test.x) != test.y).mean()

        return jax.lax.map(one, sizes)

    return jnp.stack(
        [
            curve(sample(key_draw, others.at(slice(n)), rank, labels))
            for n, rank in GENERATORS.values()
        ]
    )


def measure(n_seeds: int) -> Float[np.ndarray, "s g k"]:
    """Run all seeds in one compiled program, one at a time."""
    keys = jax.random.split(jax.random.key(1), n_seeds)
    return np.asarray(jax.jit(lambda keys: jax.lax.map(errors, keys))(keys), np.float64)


def distances(n: int = 800) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Draw images of every generator, and as many real ones, to compare."""
    key_split, key_draw = jax.random.split(jax.random.key(2))
    others, real = digits.split(key_split, 800)
    labels = jnp.asarray(real.y[:n])
    return {
        name: (
            np.asarray(real.x[:n]),
            np.asarray(sample(key_draw, others.at(slice(size)), rank, labels)),
        )
        for name, (size, rank) in GENERATORS.items()
    }
