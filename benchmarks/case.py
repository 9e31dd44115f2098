"""What a benchmark consists of."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Case(NamedTuple):
    """The same work done twice: ours (compiled first), and the rival's."""

    compile: Callable[[], Callable[[], object]]
    rival: Callable[[], object]
