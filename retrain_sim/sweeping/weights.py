"""Sweeping one weight of several that sum to one: the others make room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retrain_sim.errors import UserError

WEIGHTS = ("voter_weights",)
"""Settings whose parts sum to one."""


def rescaled(weights: Sequence[float], fixed: Mapping[int, float]) -> list[float]:
    """Set some weights; scale the others in proportion, so that all sum to one.

    Args:
        weights: >= 0, summing to one.
        fixed: position -> new weight.

    Returns:
        The new weights.

    Raises:
        UserError: more than one in all, or nothing left to scale.

    Example:
        >>> rescaled([0.5, 0.25, 0.25], {0: 0.2})
        [0.2, 0.4, 0.4]
    """
    left = 1.0 - sum(fixed.values())
    shown = ", ".join(f"{value:g}" for value in fixed.values())
    if min(fixed.values()) < 0 or left < -1e-9:
        raise UserError(f"weights must be >= 0 and sum to 1 at most, got {shown}")
    others = sum(w for i, w in enumerate(weights) if i not in fixed)
    if others <= 0:
        if abs(left) > 1e-9:
            raise UserError(
                f"the other weights are 0 and cannot make room: with {shown} the sum "
                "is not 1"
            )
        factor = 0.0
    else:
        factor = max(left, 0.0) / others
    made = [fixed.get(i, w * factor) for i, w in enumerate(weights)]
    return [float(f"{w:.12g}") for w in made]


def weight_of(path: str) -> tuple[str, int] | None:
    """Split ``curation.voter_weights.0`` into its vector and position, if it is one.

    Example:
        >>> weight_of("curation.voter_weights.0"), weight_of("curation.slate_size")
        (('curation.voter_weights', 0), None)
    """
    vector, _, position = path.rpartition(".")
    if position.isdigit() and vector.rpartition(".")[2] in WEIGHTS:
        return vector, int(position)
    return None
