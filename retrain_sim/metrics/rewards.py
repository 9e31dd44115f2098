"""What every voter gets."""

from __future__ import annotations

from jaxtyping import PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component


@component
class Rewards:
    """Mean and variance of every reward: ``reward/<name>/mean`` and ``/variance``.

    The variance is the plug-in one, low by the factor 1 - 1/n on a sample of n.
    """

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure the rewards."""
        probs = view.weights / view.weights.sum()
        mean = view.rewards @ probs
        variance = (view.rewards - mean[:, None]) ** 2 @ probs
        rows: Rows = {}
        for i, name in enumerate(frame.reward_names):
            rows[f"reward/{name}/mean"] = mean[i]
            rows[f"reward/{name}/variance"] = variance[i]
        return rows
