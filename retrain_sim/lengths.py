"""Lengths of sequences: in letters, or in words of the text that they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int

UNITS = ("words", "letters")


class WordMarks(NamedTuple):
    """What a token contributes to words, one entry per token.

    A word is what is between ASCII white space, as ``bytes.split`` has it. ``words``
    counts those in the token; ``opens`` and ``closes`` tell whether its first and last
    byte belong to one, so that two tokens in a row may share a word.
    """

    words: Int[Any, " v"]
    opens: Bool[Any, " v"]
    closes: Bool[Any, " v"]


def word_marks(pieces: Sequence[bytes]) -> WordMarks:
    """Look at the bytes of every token.

    Example:
        >>> word_marks((b"a", b" b")).opens.tolist()
        [True, False]
    """
    return WordMarks(
        np.asarray([len(piece.split()) for piece in pieces], np.int32),
        np.asarray([bool(piece[:1].strip()) for piece in pieces]),
        np.asarray([bool(piece[-1:].strip()) for piece in pieces]),
    )


def count_words(x: Int[Array, "n length"], marks: WordMarks) -> Int[Array, " n"]:
    """Count the words of token sequences; -1 is past the end.

    Example:
        >>> marks = word_marks((b"a", b" b"))
        >>> x = jnp.array([[0, 0, 1, 0, -1], [1, 1, 1, -1, -1]])
        >>> count_words(x, marks).tolist()
        [2, 3]
    """
    words, opens, closes = (jnp.asarray(mark) for mark in marks)
    there = x >= 0
    shared = closes[x[:, :-1]] & opens[x[:, 1:]] & there[:, 1:]
    return jnp.where(there, words[x], 0).sum(axis=1) - shared.sum(axis=1)


def lengths(x: Int[Array, "n length"], marks: WordMarks | None) -> Int[Array, " n"]:
    """Count words; letters where no marks are given."""
    return (x >= 0).sum(axis=1) if marks is None else count_words(x, marks)


def marks_for(kit: Any, where: str, kind: str, unit: str) -> WordMarks | None:
    """Return the marks of the data's tokens; None where letters are counted."""
    kit.need("sequences", f"{where}.kind", kind)
    if unit == "letters":
        return None
    if not kit.data.pieces:
        kit.fail(f"{where}.unit", "words need text; of other data count letters")
    return word_marks(kit.data.pieces)
