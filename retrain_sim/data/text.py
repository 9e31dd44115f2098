"""Documents of a text, as rows of tokens."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from retrain_sim.base import component, static
from retrain_sim.data.dataset import Dataset
from retrain_sim.data.documents import LAYOUTS, WHERE, read_text
from retrain_sim.data.tokenizers import TOKENIZERS
from retrain_sim.errors import UserError
from retrain_sim.ranges import at_least

LEAST_VOCABULARY = {"words": 2, "byte-pairs": 257}


@component
class Text:
    """Documents of a local text file, or of Python's own help, as rows of tokens.

    Nothing is downloaded. The text's SHA-256 is noted with the run. Documents with more
    than ``length`` tokens are left out, or cut (then they show no end).

    Args:
        path: a UTF-8 file; empty for the help texts that come with Python, about
            0.5 MB of English.
        layout: what a document is: ``lines``, ``paragraphs`` (between blank lines),
            ``sentences``, or ``wikitext`` (lines that are no headings).
        tokenizer: ``bytes``, ``characters``, ``words`` or ``byte-pairs`` (trained on
            all documents, needs ``pip install 'retrain-sim[text]'``).
        vocabulary: greatest number of tokens of ``words`` and ``byte-pairs``.
        length: greatest number of tokens of a document, >= 1.
        cut: cut longer documents rather than leave them out.
        n: documents, drawn without replacement; 0 is all.
    """

    path: str = static(default="")
    layout: str = static(default="sentences")
    tokenizer: str = static(default="byte-pairs")
    vocabulary: int = static(default=1024)
    length: int = static(default=64)
    cut: bool = static(default=False)
    n: int = static(default=0)

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, length=1, n=0)
        for name, table in (("layout", LAYOUTS), ("tokenizer", TOKENIZERS)):
            if getattr(self, name) not in table:
                allowed = ", ".join(table)
                yield name, f"unknown {getattr(self, name)!r}; allowed: {allowed}"
        if self.vocabulary < (least := LEAST_VOCABULARY.get(self.tokenizer, 0)):
            yield "vocabulary", f"must be at least {least}, got {self.vocabulary}"
        if self.path and not Path(self.path).is_file():
            yield "path", f"no such file: {self.path}; {WHERE}"

    def load(self, rng: np.random.Generator) -> Dataset:
        """Read ``[n, length]`` tokens (int32), -1 after the end of a document."""
        text, origin = read_text(self.path)
        documents = LAYOUTS[self.layout](text)
        made = TOKENIZERS[self.tokenizer](documents, self.vocabulary)
        rows = [made.encode(document) for document in documents]
        rows = [r[: self.length] for r in rows if self.cut or len(r) <= self.length]
        if len(rows) < max(2, self.n):
            found = f"{len(rows)} documents of at most {self.length} tokens"
            raise UserError(f"data: {found} in {self.path or 'the text'}, too few")
        if self.n:
            rows = [rows[i] for i in rng.permutation(len(rows))[: self.n]]
        x = np.full((len(rows), self.length), -1, np.int32)
        for row, tokens in zip(x, rows, strict=True):
            row[: len(tokens)] = tokens
        ones = np.ones(len(x), np.float32)
        return Dataset(x, ones, names=("all",), pieces=made.pieces, origin=origin)
