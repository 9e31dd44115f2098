"""Documents of a text: where it comes from, and where one ends."""

from __future__ import annotations

import hashlib
import platform
import re
from collections.abc import Callable
from pathlib import Path

from retrain_sim.errors import UserError


def read_text(path: str) -> tuple[str, str]:
    """Read a UTF-8 file, or Python's own help texts.

    Args:
        path: the file; empty for ``pydoc_data.topics``, about 0.5 MB of English that
            comes with Python and differs between its versions.

    Returns:
        The text, and where it comes from with its SHA-256.

    Raises:
        UserError: there is no such file, or it is not UTF-8.

    Example:
        >>> text, origin = read_text("")
        >>> len(text) > 100_000, origin.startswith("pydoc_data.topics of Python 3.")
        (True, True)
    """
    if not path:
        origin = f"pydoc_data.topics of Python {platform.python_version()}"
        return (text := _python_text()), _with_digest(origin, text)
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; {WHERE}") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 at byte {error.start}") from None
    return text, _with_digest(path, text)


WHERE = (
    "give the path of a local UTF-8 text (WikiText-2 is wiki.train.tokens of "
    "wikitext-2-v1.zip), or no path for the text that comes with Python"
)


def _python_text() -> str:
    from pydoc_data.topics import topics

    return "\n\n".join(topics[name] for name in sorted(topics))


def _with_digest(origin: str, text: str) -> str:
    return f"{origin}, sha256 {hashlib.sha256(text.encode()).hexdigest()}"


def lines(text: str) -> list[str]:
    r"""Take every line that is not blank as a document.

    Example:
        >>> lines("a b\n\nc")
        ['a b', 'c']
    """
    return _tidy(text.splitlines())


def paragraphs(text: str) -> list[str]:
    r"""Split at blank lines; inside a paragraph, white space becomes one space.

    Example:
        >>> paragraphs("a\nb\n\nc")
        ['a b', 'c']
    """
    return _tidy(re.split(r"\n\s*\n", text))


def sentences(text: str) -> list[str]:
    r"""Split paragraphs after a full stop (or ! or ?) that a capital follows.

    Example:
        >>> sentences("One. Two\nthree? Four, e.g. five")
        ['One.', 'Two three?', 'Four, e.g. five']
    """
    parts = (re.split(r"(?<=[.!?])\s+(?=[A-Z])", each) for each in paragraphs(text))
    return [sentence for part in parts for sentence in part]


def wikitext(text: str) -> list[str]:
    r"""Take every line but headings such as `` = Title = ``, as WikiText has them.

    Example:
        >>> wikitext(" = Title = \n \n First . \n = = Part = = \n Second . ")
        ['First .', 'Second .']
    """
    return [line for line in lines(text) if not re.fullmatch(r"=.*=", line)]


def _tidy(parts: list[str]) -> list[str]:
    return [tidy for part in parts if (tidy := " ".join(part.split()))]


LAYOUTS: dict[str, Callable[[str], list[str]]] = {
    "lines": lines,
    "paragraphs": paragraphs,
    "sentences": sentences,
    "wikitext": wikitext,
}
