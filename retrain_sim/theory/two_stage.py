"""Curation in two stages: an owner keeps, then a public keeps of what it kept."""

import math

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.theory.checks import check_number, check_range, check_slate_size


def two_stage_invasion(
    owner_gap: int | float | ArrayLike,
    public_gap: int | float | ArrayLike,
    owner_slate: int | float,
    public_slate: int | float,
    temperature: int | float = 1.0,
) -> float | Float[np.ndarray, "..."]:
    """Compute how fast a rare outcome grows when an owner and then a public curate.

        [K e^{d_O} / (e^{d_O} + K - 1)] [M e^{d_P} / (e^{d_P} + M - 1)]

    with d = (r(rare) - r(resident)) / temperature for the owner and the public; a
    factor is e^d for infinite slates. Of two outcomes both may resist the other, so
    the end depends on the start. The owner decides alone where its factor is below
    1 / M. With infinite slates in both stages only r_O + r_P matters.

    Args:
        owner_gap: r_O(rare) - r_O(resident), any shape.
        public_gap: r_P(rare) - r_P(resident), of a shape that goes with it.
        owner_slate: K, an integer >= 1, or math.inf.
        public_slate: M, an integer >= 1, or math.inf.
        temperature: Unit of the rewards, > 0.

    Returns:
        Rates; the rare outcome invades iff above 1.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here, for both stages fed back, as in the proofs of A. Falahati, M.
        Mohammadi Amiri, K. Larson, L. Golab, "The Alignment Game", AAAI 2026,
        arXiv:2511.12804. Its Theorem 4 (the owner sets the support) does not hold.

    Example:
        >>> two_stage_invasion(-1.0, 2.0, math.inf, math.inf)
        2.718281828459045
    """
    temperature = check_number("temperature", temperature, np.nextafter(0.0, 1.0))
    owner = _rare_growth("owner_gap", owner_gap, owner_slate, temperature)
    rate = owner * _rare_growth("public_gap", public_gap, public_slate, temperature)
    return float(rate) if rate.ndim == 0 else rate


def _rare_growth(name, gap, slate_size, temperature):
    """Return K e^d / (e^d + K - 1) as 1 / (1/K + (1 - 1/K) e^-d)."""
    gap = check_range(name, gap, -math.inf) / temperature
    share = 1.0 / check_slate_size(slate_size)
    return 1.0 / (share + (1.0 - share) * np.exp(np.clip(-gap, -700.0, 700.0)))
