"""From text to tokens and back: bytes, characters, words, trained byte pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, SupportsIndex

from retrain_sim.errors import UserError

UNKNOWN = b" <unk>"


class Tokenizer(NamedTuple):
    """A vocabulary, and how text is cut into it.

    Args:
        pieces: the bytes that every token stands for.
        encode: text -> tokens.
    """

    pieces: tuple[bytes, ...]
    encode: Callable[[str], list[int]]

    def decode(self, tokens: Iterable[SupportsIndex]) -> str:
        """Join what the tokens stand for; stop at -1, the end."""
        return decode(self.pieces, tokens)


def decode(pieces: Sequence[bytes], tokens: Iterable[SupportsIndex]) -> str:
    """Turn tokens into text; -1 is the end, bytes that are no UTF-8 become U+FFFD.

    Example:
        >>> decode((b"a", b" b"), [0, 1, 0, -1])
        'a ba'
    """
    known = [pieces[int(token)] for token in tokens if int(token) >= 0]
    return b"".join(known).decode("utf-8", errors="replace").removeprefix(" ")


def byte_tokens(documents: Sequence[str], vocabulary: int) -> Tokenizer:
    """Make every byte of UTF-8 a token.

    Example:
        >>> byte_tokens([], 0).encode("Aé")
        [65, 195, 169]
    """
    pieces = tuple(bytes([value]) for value in range(256))
    return Tokenizer(pieces, lambda text: list(text.encode()))


def character_tokens(documents: Sequence[str], vocabulary: int) -> Tokenizer:
    """Make every character of the documents a token.

    Example:
        >>> character_tokens(["abba"], 0).encode("ba")
        [1, 0]
    """
    known = sorted(set("".join(documents)))
    index = {character: i for i, character in enumerate(known)}
    pieces = tuple(character.encode() for character in known)
    return Tokenizer(pieces, lambda text: [index[character] for character in text])


def word_tokens(documents: Sequence[str], vocabulary: int) -> Tokenizer:
    """Make the commonest words tokens, what is between spaces; token 0 is the rest.

    Example:
        >>> made = word_tokens(["a b a"], 2)
        >>> made.encode("a c a"), made.decode([1, 0])
        ([1, 0, 1], 'a <unk>')
    """
    counts = Counter(word for text in documents for word in text.split())
    known = [word for word, _ in counts.most_common(vocabulary - 1)]
    index = {word: i for i, word in enumerate(known, start=1)}
    pieces = (UNKNOWN, *(f" {word}".encode() for word in known))
    return Tokenizer(pieces, lambda text: [index.get(w, 0) for w in text.split()])


def pair_tokens(documents: Sequence[str], vocabulary: int) -> Tokenizer:
    """Train byte-level byte-pair encoding, GPT-2's, on the documents.

    Raises:
        UserError: the package ``tokenizers`` is not installed.

    References:
        R. Sennrich et al., ACL 2016, arXiv 1508.07909; A. Radford et al., 2019.

    Example:
        >>> made = pair_tokens(["low lower lowest"] * 3, 260)
        >>> made.decode(made.encode("slow é"))
        'slow é'
    """
    try:
        from tokenizers import ByteLevelBPETokenizer
    except ImportError:
        hint = "pip install 'retrain-sim[text]'"
        raise UserError(f"data.tokenizer: byte pairs need {hint}") from None
    made = ByteLevelBPETokenizer()
    made.train_from_iterator(
        documents, vocab_size=vocabulary, min_frequency=2, show_progress=False
    )
    to_byte = {shown: value for value, shown in shown_bytes().items()}
    names = sorted(made.get_vocab().items(), key=lambda item: item[1])
    pieces = tuple(bytes(to_byte[c] for c in name) for name, _ in names)
    return Tokenizer(pieces, lambda text: made.encode(text).ids)


def shown_bytes() -> dict[int, str]:
    """Return the printable character that stands for each byte in GPT-2's files.

    Example:
        >>> shown_bytes()[65], shown_bytes()[32], len(set(shown_bytes().values()))
        ('A', 'Ġ', 256)
    """
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [value for value in range(256) if value not in plain]
    shown = {value: chr(value) for value in plain}
    return shown | {value: chr(256 + i) for i, value in enumerate(others)}


TOKENIZERS: dict[str, Callable[[Sequence[str], int], Tokenizer]] = {
    "bytes": byte_tokens,
    "characters": character_tokens,
    "words": word_tokens,
    "byte-pairs": pair_tokens,
}
