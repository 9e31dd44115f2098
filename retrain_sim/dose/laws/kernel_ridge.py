"""Kernel ridge regression towards a generator, with its exact risk."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy.linalg
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.dose.laws.mean import TINY
from retrain_sim.theory.checks import check_count, check_number, check_range
from retrain_sim.theory.laws.hypotheses import assuming

REFERENCE = "fixed inputs, independent noise of equal variance"


class Risk(NamedTuple):
    """A mean squared error, and its two parts, each of the shape of lambda."""

    total: Float[np.ndarray, "..."]
    bias: Float[np.ndarray, "..."]
    variance: Float[np.ndarray, "..."]


def gaussian_kernel(
    x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "q d"], length: int | float
) -> Float[np.ndarray, "n q"]:
    """Return exp(-|x - y|^2 / (2 length^2)) of all pairs, in float64.

    Example:
        >>> gaussian_kernel(np.zeros((1, 1)), np.ones((1, 1)), 1.0).round(4)
        array([[0.6065]])
    """
    squares = ((x[:, None] - y[None]) ** 2).sum(axis=-1)
    return np.exp(-squares / (2 * check_number("length", length, TINY) ** 2))


def fit_kernel_ridge(
    gram: Float[np.ndarray, "n n"],
    labels: Float[np.ndarray, " n"],
    generated: Float[np.ndarray, " n"],
    strength: int | float,
) -> Float[np.ndarray, " n"]:
    """Fit kernel ridge regression on the residual of a generator.

        f(x) = g(x) + k(x)' alpha,   alpha = (K + N lambda I)^-1 (y - g(X))

    minimizes (1/N) sum (y - f(x))^2 + lambda |f - g|^2 in the kernel's space, where
    lambda = t/(1 - t) is the synthetic-to-real ratio. g itself need not lie in the
    span of the inputs, nor in the space.

    Args:
        gram: K ``[n, n]``.
        labels: y ``[n]``.
        generated: g at the inputs ``[n]``.
        strength: lambda > 0.

    Returns:
        alpha ``[n]``.

    Raises:
        ValueError: If lambda is not positive and finite.

    References:
        A. Shidani, T. Farghly, Y. Sun, H. Ganjgahi, G. Deligiannidis, "Beyond Real
        Data: Synthetic Data through the Lens of Regularization", AISTATS 2026,
        arXiv 2510.08095, section 2 (the objective). Derived here: this form.

    Example:
        >>> fit_kernel_ridge(np.eye(2), np.array([2.0, 0.0]), np.zeros(2), 0.5)
        array([1., 0.])
    """
    ridge = len(labels) * check_number("strength", strength, TINY)
    system = gram + ridge * np.eye(len(labels))
    return scipy.linalg.solve(system, labels - generated, assume_a="pos")


@assuming(REFERENCE)
def kernel_risk(
    gram: Float[np.ndarray, "n n"],
    cross: Float[np.ndarray, "q n"],
    gaps: tuple[Float[np.ndarray, " n"], Float[np.ndarray, " q"]],
    noise: int | float,
    strengths: ArrayLike,
) -> Risk:
    """Return the exact risk at some points, over the noise of the labels.

        bias^2   = mean_x [delta(x) - k(x)' (K + N lambda)^-1 delta(X)]^2
        variance = sigma^2 mean_x |(K + N lambda)^-1 k(x)|^2

    with delta = f* - g. One eigendecomposition serves every lambda.

    Args:
        gram: K of the inputs ``[n, n]``.
        cross: kernel between the points of the risk and the inputs ``[q, n]``.
        gaps: f* - g at the inputs ``[n]`` and at the points ``[q]``.
        noise: sigma >= 0, standard deviation of the labels.
        strengths: lambda > 0 ``[l]``.

    Returns:
        Of each lambda ``[l]``.

    Raises:
        ValueError: If noise or lambda is outside its range.

    References:
        Derived here, for the estimator of Shidani et al., arXiv 2510.08095.

    Example:
        >>> risk = kernel_risk(np.eye(2), np.eye(2), (np.ones(2),) * 2, 1.0, [0.5])
        >>> risk.total.round(4), risk.bias.round(4)
        (array([0.5]), array([0.25]))
    """
    n = len(gram)
    lam = check_range("strengths", strengths, TINY)[:, None]
    sigma = check_number("noise", noise, 0.0)
    values, vectors = np.linalg.eigh(gram)
    shrunk = 1.0 / (np.maximum(values, 0.0) + n * lam)  # [l, n]
    seen = cross @ vectors  # [q, n]
    fitted = (shrunk * (vectors.T @ gaps[0])) @ seen.T  # [l, q]
    bias = ((gaps[1] - fitted) ** 2).mean(axis=1)
    variance = sigma**2 * (shrunk**2 @ (seen**2).mean(axis=0))
    return Risk(bias + variance, bias, variance)


@assuming(REFERENCE)
def fixed_design_risk(
    gram: Float[np.ndarray, "n n"],
    gap: Float[np.ndarray, " n"],
    noise: int | float,
    strengths: ArrayLike,
) -> Risk:
    """Return the exact risk at the inputs themselves.

        R(lambda) = (1/N) sum_j [lambda^2 delta_j^2 + sigma^2 m_j^2] / (m_j + lambda)^2

    with K/N = U diag(m) U' and delta = U' (f* - g)(X).

    Args:
        gram: K ``[n, n]``.
        gap: f* - g at the inputs ``[n]``.
        noise: sigma >= 0.
        strengths: lambda > 0 ``[l]``.

    Returns:
        Of each lambda ``[l]``.

    Raises:
        ValueError: If noise or lambda is outside its range.

    References:
        Derived here, for the estimator of Shidani et al., arXiv 2510.08095.

    Example:
        >>> fixed_design_risk(np.eye(2), np.ones(2), 1.0, [0.5]).total.round(4)
        array([0.5])
    """
    n = len(gram)
    lam = check_range("strengths", strengths, TINY)[:, None]
    sigma = check_number("noise", noise, 0.0)
    values, vectors = np.linalg.eigh(gram)
    m = np.maximum(values, 0.0) / n
    delta = vectors.T @ gap
    bias = (lam * delta / (m + lam)) ** 2
    variance = (sigma * m / (m + lam)) ** 2
    parts = bias.sum(axis=1) / n, variance.sum(axis=1) / n
    return Risk(parts[0] + parts[1], *parts)


@assuming("f* - g is a Gaussian process of covariance tau^2 K", REFERENCE)
def best_strength_of_process(
    n_real: int, noise: int | float, scale: int | float
) -> float:
    """Return the best lambda when the generator's error is a Gaussian process.

        lambda* = sigma^2 / (N tau^2)

    at the inputs and everywhere else: the fit is then the posterior mean.

    Args:
        n_real: N >= 1.
        noise: sigma >= 0.
        scale: tau > 0, f* - g has covariance tau^2 K.

    Returns:
        lambda*.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here.

    Example:
        >>> round(best_strength_of_process(20, noise=0.5, scale=0.2), 4)
        0.3125
    """
    n = check_count("n_real", n_real, minimum=1)
    sigma = check_number("noise", noise, 0.0)
    return sigma**2 / (n * check_number("scale", scale, TINY) ** 2)
