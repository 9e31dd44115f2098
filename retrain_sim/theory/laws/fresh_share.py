"""A Gaussian refitted to fresh real data and a chosen share of its own samples."""

import numpy as np
from jaxtyping import Float

from retrain_sim.theory.checks import check_count, check_number
from retrain_sim.theory.laws.hypotheses import assuming
from retrain_sim.theory.laws.rounds import rounds


@assuming(
    "a Gaussian by maximum likelihood (weighted, ddof = 0)",
    "fresh real data every round",
    "nothing is curated",
)
def fresh_share_moments(
    n_real: int,
    n_synthetic: int,
    synthetic_share: int | float,
    n_rounds: int,
    start: tuple[float, float],
) -> Float[np.ndarray, "rows 2"]:
    """Predict a Gaussian refitted to fresh data and a share w of its own samples.

        m' = w^2 (m + s/M) + (1 - w)^2/N
        s' = w (m + s) + 1 - w - m'

    in one coordinate and in units of the true variance: m = E[(mean - truth)^2],
    s = E[variance]. Where w is the share of the numbers, as in ``fresh_data_moments``,
    the covariance there is the unbiased one.

    Args:
        n_real: N, fresh real samples per round, >= 1.
        n_synthetic: M, samples of the model per round, >= 1.
        synthetic_share: w in [0, 1].
        n_rounds: T >= 0.
        start: m and s of p_0.

    Returns:
        Columns m and s at rounds 0..T [n_rounds + 1, 2].

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here.

    Example:
        >>> fresh_share_moments(10, 20, 0.5, 2, (0.1, 1.0)).round(4)[:, 0]
        array([0.1   , 0.0625, 0.053 ])
    """
    n = check_count("n_real", n_real, minimum=1)
    m_size = check_count("n_synthetic", n_synthetic, minimum=1)
    w = check_number("synthetic_share", synthetic_share, 0.0, 1.0)
    path = [np.array([check_number("start", x, 0.0) for x in start])]
    for _ in rounds(n_rounds)[1:]:
        m, s = path[-1]
        after = w**2 * (m + s / m_size) + (1 - w) ** 2 / n
        path.append(np.array([after, w * (m + s) + 1 - w - after]))
    return np.stack(path)
