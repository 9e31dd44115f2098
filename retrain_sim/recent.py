"""Recent: a cache in memory of what was made last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any


class Recent:
    """Keeps the last few things made, by key; safe between threads.

    Args:
        most: how many are kept; the one used longest ago goes first.

    Example:
        >>> squares = Recent(2)
        >>> squares.get(3, lambda: 9), squares.get(3, lambda: "not called")
        (9, 9)
    """

    def __init__(self, most: int):
        self._most, self._lock = most, Lock()
        self._held: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what ``make`` made for this key, now or before."""
        with self._lock:
            if key not in self._held:
                self._held[key] = make()
            self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
            return self._held[key]
