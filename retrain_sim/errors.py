"""Errors that a user causes or must know about: one clear line each."""

import difflib
from collections.abc import Iterable


class UserError(ValueError):
    """Something the user can mend: what is wrong, where, and what is allowed."""


class NonFiniteError(UserError):
    """A run produced NaN or infinity: the message names the round and the seed."""


def first_line(error: BaseException) -> str:
    """Say in one line what somebody else's code complained about.

    Example:
        >>> first_line(ZeroDivisionError("division by zero"))
        'ZeroDivisionError: division by zero'
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return ": ".join([type(error).__name__, *lines[:1]])


def nearest(name: str, allowed: Iterable[str]) -> str:
    """Say which allowed name was probably meant, then list what is allowed.

    Example:
        >>> nearest("rouds", ["rounds", "seeds"])
        "did you mean 'rounds'? allowed: rounds, seeds"
    """
    allowed = sorted(allowed)
    guess = difflib.get_close_matches(name, allowed, n=1)
    hint = f"did you mean '{guess[0]}'? " if guess else ""
    return f"{hint}allowed: {', '.join(allowed) or '(nothing)'}"
