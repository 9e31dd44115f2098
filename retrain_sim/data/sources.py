"""Laws that real data can be drawn from, inside a compiled program."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import scipy.spatial.distance
from jax.typing import ArrayLike
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import component, static
from retrain_sim.sampling import choice, standard_normal


@component
class LetterSource:
    """Letters with known probabilities.

    Args:
        probs: one probability per letter ``[size]``.
    """

    probs: ArrayLike

    def draw(self, key: PRNGKeyArray, n: int) -> Int[Array, " n"]:
        """Draw n letters."""
        probs = jnp.asarray(self.probs)
        return choice(key, probs, n)


@component
class MixtureSource:
    """Equally likely Gaussians N(center, sd^2 I).

    Args:
        centers: one row of coordinates per Gaussian ``[g, d]``.
        sd: standard deviation of every coordinate, >= 0.
    """

    centers: ArrayLike
    sd: float

    def draw(self, key: PRNGKeyArray, n: int) -> Float[Array, "n d"]:
        """Draw n vectors."""
        key_mode, key_noise = jax.random.split(key)
        centers = jnp.asarray(self.centers, jnp.float32)
        modes = jax.random.randint(key_mode, (n,), 0, len(centers))
        noise = standard_normal(key_noise, (n, centers.shape[1]))
        return centers[modes] + self.sd * noise

    def density(self, x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, " n"]:
        """Evaluate the density at positions, on the host in float64; sd > 0.

        Example:
            >>> standard = MixtureSource(np.zeros((1, 2)), 1.0)
            >>> standard.density(np.zeros((1, 2))).round(4)  # 1 / (2 pi)
            array([0.1592])
        """
        variance = float(self.sd) ** 2
        square = scipy.spatial.distance.cdist(x, np.asarray(self.centers)) ** 2
        height = (2 * np.pi * variance) ** (-x.shape[1] / 2)
        return height * np.exp(-square / (2 * variance)).mean(axis=1)


@component
class RegressionSource:
    """Rows [x_1 .. x_d, y] with x from N(0, I) and y = x . coefficients + noise.

    Args:
        coefficients: the truth w* ``[d]``.
        noise: standard deviation sigma of the labels, >= 0.
    """

    coefficients: ArrayLike
    noise: float

    def draw(self, key: PRNGKeyArray, n: int) -> Float[Array, "n columns"]:
        """Draw n rows of d + 1 numbers."""
        key_design, key_noise = jax.random.split(key)
        coefficients = jnp.asarray(self.coefficients, jnp.float32)
        design = standard_normal(key_design, (n, len(coefficients)))
        y = design @ coefficients + self.noise * standard_normal(key_noise, (n,))
        return jnp.concatenate([design, y[:, None]], axis=1)


@component
class MarkovSource:
    """Sequences of a stationary Markov chain.

    Args:
        initial: law of the first letter ``[size]``, the stationary one.
        transitions: row i is the law of the letter after i ``[size, size]``.
        length: letters of a sequence.
    """

    initial: ArrayLike
    transitions: ArrayLike
    length: int = static()

    def draw(self, key: PRNGKeyArray, n: int) -> Int[Array, "n length"]:
        """Draw n sequences."""
        key_first, key_rest = jax.random.split(key)
        log_initial = jnp.log(jnp.asarray(self.initial, jnp.float32))
        log_transitions = jnp.log(jnp.asarray(self.transitions, jnp.float32))

        def step(letter: Array, key: PRNGKeyArray) -> tuple[Array, Array]:
            after = jax.random.categorical(key, log_transitions[letter])
            return after, letter

        first = jax.random.categorical(key_first, log_initial, shape=(n,))
        keys = jax.random.split(key_rest, self.length)
        return jax.lax.scan(step, first, keys)[1].T.astype(jnp.int32)

    def entropy_rate(self) -> float:
        """Return the entropy of a letter given the one before, in nats."""
        probs = np.asarray(self.transitions, np.float64)
        logs = np.log(np.where(probs > 0, probs, 1))
        return float(-np.asarray(self.initial, np.float64) @ (probs * logs).sum(axis=1))


def stationary(
    transitions: Float[np.ndarray, "size size"],
) -> Float[np.ndarray, " size"]:
    """Return the stationary law of a Markov chain; NaN if there are several.

    Args:
        transitions: rows >= 0 that sum to one.

    Returns:
        pi with pi P = pi, which solves pi (I - P + 1 1') = 1'.

    Example:
        >>> stationary(np.array([[0.5, 0.5], [1.0, 0.0]])).round(4)
        array([0.6667, 0.3333])
    """
    size = len(transitions)
    system = np.eye(size) - transitions + 1
    if np.linalg.matrix_rank(system) < size:
        return np.full(size, np.nan)
    return np.maximum(np.linalg.solve(system.T, np.ones(size)), 0)


def draw_with(rng: np.random.Generator, source, n: int) -> np.ndarray:
    """Draw n samples of a source with a NumPy generator's randomness."""
    key = jax.random.key(int(rng.integers(2**32)))
    return np.asarray(source.draw(key, n))
