"""What a benchmark consists of."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Case(NamedTuple):
    """The same work done twice, ready to be timed.

    ``ours`` is compiled already and waits for its results. ``agree`` compares both
    results where they are deterministic, and raises ``AssertionError``.
    """

    ours: Callable[[], object]
    rival: Callable[[], object]
    agree: Callable[[], None] | None = None


class Benchmark(NamedTuple):
    """A piece of work, what a user would pick instead, and the least ratio to reach.

    ``make`` prepares and compiles the case; its argument scales the work down from 1.
    ``packages`` are the distributions that the rival needs. ``memory`` asks for what
    both sides need of it, too.
    """

    name: str
    work: str
    rival: str
    packages: tuple[str, ...]
    target: float | None
    make: Callable[[float], Case]
    memory: bool = False


def scaled(n: int, scale: float, least: int = 2) -> int:
    """Scale a size down for a quick try.

    Example:
        >>> scaled(1000, 0.1), scaled(3, 0.1)
        (100, 2)
    """
    return max(least, round(n * scale))
