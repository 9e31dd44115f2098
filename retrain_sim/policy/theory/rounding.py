"""What rounding log probabilities does to the importance ratio."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.theory.checks import check_number, check_range
from retrain_sim.theory.laws.hypotheses import assuming

SIGNIFICAND_BITS = {"float32": 24, "float16": 11, "bfloat16": 8}
"""Bits of precision, the leading one counted."""


def float_spacing(
    values: int | float | ArrayLike, precision: str = "bfloat16"
) -> Float[np.ndarray, "..."]:
    """Return the distance between neighboring numbers of a floating-point format.

        2^(floor(log2 |x|) + 1 - bits)

    It grows with |log pi|: rare tokens are rounded most. Exponents are unlimited here;
    below 6e-5 float16 is in fact coarser.

    Args:
        values: x [...], finite, not zero.
        precision: float32, float16 or bfloat16.

    Returns:
        Spacings [...], in the units of x.

    Raises:
        ValueError: If a value is zero or not finite, or the format is unknown.

    References:
        IEEE 754; bfloat16 keeps 8 significand bits.

    Example:
        >>> float_spacing([1.5, 8.0, 20.0]).tolist()
        [0.0078125, 0.0625, 0.125]
        >>> float_spacing(8.0, "float16").tolist()
        0.0078125
    """
    if precision not in SIGNIFICAND_BITS:
        allowed = ", ".join(SIGNIFICAND_BITS)
        raise ValueError(f"precision is {precision!r}, allowed {allowed}")
    values = np.abs(check_range("values", values, -math.inf))
    if not (values > 0).all():
        raise ValueError("values contains 0.0, allowed numbers other than zero")
    exponent = np.frexp(values)[1]
    return np.asarray(np.ldexp(1.0, exponent - SIGNIFICAND_BITS[precision]))


@assuming(
    "rounding errors are uniform over one spacing",
    "errors of new and old log probability are independent",
    "exact new and old policies are equal: the true ratio is 1",
)
def rounded_ratio_bias(spacing: int | float) -> float:
    """Predict E[ratio] - 1 where both log probabilities are rounded.

        E[exp(e)] = (sinh(h/2) / (h/2))^2 ~ 1 + h^2 / 12

    An error of mean zero in log ratio is upward in the ratio.

    Args:
        spacing: h >= 0 of the floating-point numbers around log pi, nats.

    Returns:
        The bias, >= 0.

    Raises:
        ValueError: If ``spacing`` is negative or not finite.

    References:
        Derived here, for A. Petrenko et al., 2026, arXiv 2603.11682, Theorem 3, whose
        own constants were not available.

    Example:
        >>> round(rounded_ratio_bias(0.0625), 8)
        0.00032556
    """
    half = check_number("spacing", spacing, 0.0) / 2
    return 0.0 if half == 0 else (math.sinh(half) / half) ** 2 - 1


@assuming("a normal error of log ratio, with mean zero")
def noisy_ratio_bias(sd: int | float) -> float:
    """Predict E[ratio] - 1 from the standard deviation of log ratio.

        E[exp(e)] - 1 = exp(s^2 / 2) - 1

    Args:
        sd: s >= 0, nats.

    Returns:
        The bias, >= 0.

    Raises:
        ValueError: If ``sd`` is negative or not finite.

    References:
        Derived here, for arXiv 2603.11682, Theorem 3.

    Example:
        >>> round(noisy_ratio_bias(0.1), 6)
        0.005013
    """
    return math.expm1(check_number("sd", sd, 0.0) ** 2 / 2)
