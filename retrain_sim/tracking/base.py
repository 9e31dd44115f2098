"""The contract of a tracker: three methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Tracker(Protocol):
    """Takes metrics by round: TensorBoard, or whatever else draws curves.

    A curve has a label, as ``two/mean`` or ``two/seed-3``: its arm, and of what it is.
    Calls come between chunks of rounds, never from inside the compiled loop.

    Example:
        >>> class Counter:
        ...     def __init__(self):
        ...         self.rounds = {}
        ...
        ...     def start(self, label, scenario):
        ...         self.rounds[label] = 0
        ...
        ...     def log(self, label, round, values):
        ...         self.rounds[label] += 1
        ...
        ...     def close(self):
        ...         print(self.rounds)
        >>> from retrain_sim import load_spec, run
        >>> settings = {"run.seeds": 1, "run.rounds": 4}
        >>> _ = run(load_spec("coin-drift", settings), tracker=Counter())
        {'coin/theory': 5, 'coin/mean': 5, 'coin/seed-0': 5}
    """

    def start(self, label: str, scenario: str) -> None:
        """Begin a curve; one of this label from an earlier attempt is replaced.

        Args:
            label: of the curve.
            scenario: the scenario file, as run.
        """
        ...

    def log(self, label: str, round: int, values: Mapping[str, float]) -> None:
        """Add one round of a curve; rounds come in order, each of them once.

        Args:
            label: of the curve.
            round: 0 .. T.
            values: metric -> its value, finite.
        """
        ...

    def close(self) -> None:
        """Finish all curves; called once, also when the run fails."""
        ...
