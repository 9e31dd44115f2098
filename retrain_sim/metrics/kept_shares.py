"""Group shares of what was kept: where an ideal fit would go."""

from __future__ import annotations

from retrain_sim.base import Frame, Rows, Selection, View, component
from retrain_sim.metrics.shares import group_shares


@component
class KeptShares:
    """Share of every group among the kept samples: ``selection/share/<group>``.

    An ideal fit would give p_{t+1} these shares (with real share s: mixed with the
    real data's); how far the trained model gets is the *realized update*.
    """

    def __call__(self, view: View, selection: Selection, frame: Frame) -> Rows:
        """Measure the shares of one act of curation."""
        kept = view._replace(
            weights=view.weights[selection.index], groups=view.groups[selection.index]
        )
        shares = group_shares(kept, len(frame.group_names))
        names = enumerate(frame.group_names)
        return {f"selection/share/{name}": shares[i] for i, name in names}
