"""What a law assumes, attached to the function that computes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Law = TypeVar("Law", bound=Callable)


def assuming(*hypotheses: str) -> Callable[[Law], Law]:
    """Attach the hypotheses of a law to it, as ``law.assumes``.

    Example:
        >>> @assuming("replaced data")
        ... def law():
        ...     return 1.0
        >>> law.assumes
        ('replaced data',)
    """

    def attach(law: Law) -> Law:
        open_law: Any = law
        open_law.assumes = hypotheses
        return law

    return attach
