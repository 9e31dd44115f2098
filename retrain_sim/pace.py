"""When to save: often enough, and never for long."""

from __future__ import annotations

import time


class Pace:
    """Decides when to save: so that saving takes a twentieth of the time at most."""

    SHARE = 0.05

    def __init__(self):
        self._began = self._next = 0.0

    def due(self) -> bool:
        """Tell whether it is time to save; the clock of the saving then runs."""
        self._began = time.perf_counter()
        return self._began >= self._next

    def saved(self) -> None:
        """Wait longer the longer it took."""
        now = time.perf_counter()
        self._next = now + (now - self._began) * (1 / self.SHARE - 1)
