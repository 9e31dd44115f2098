"""How wrong synthetic labels may be if somebody verifies them."""

from __future__ import annotations

from retrain_sim.theory.checks import check_number
from retrain_sim.theory.laws.hypotheses import assuming


@assuming(
    "two classes, labels wrong independently of the inputs",
    "a linear learner, endless data",
    "the verifier sees only whether a label is right",
)
def verification_threshold(phi: int | float, psi: int | float) -> float:
    """Return the share of wrong labels from which verified data teach the opposite.

        p* = 1 / (1 + psi/phi)

    Below it the share of wrong labels that are kept, p psi/(p psi + (1 - p) phi), is
    under one half, and the learner becomes as good as with right labels; above it, as
    bad as with all of them turned around.

    Args:
        phi: chance that a right label is kept, in (0, 1].
        psi: chance that a wrong one is kept, in [0, 1].

    Returns:
        p* in (0, 1]; 1/2 without verification.

    Raises:
        ValueError: If a chance is outside its range.

    References:
        Y. Feng et al., "Beyond Model Collapse: Scaling Up with Synthesized Data
        Requires Verification", ICLR 2025, arXiv 2406.07515.

    Example:
        >>> verification_threshold(0.9, 0.3)
        0.75
    """
    right = check_number("phi", phi, 0.0, 1.0)
    if right == 0:
        raise ValueError("phi is 0, allowed above 0")
    return right / (right + check_number("psi", psi, 0.0, 1.0))
