"""Text: files, layouts, tokenizers, and lengths in words."""

import hashlib

import jax
import numpy as np
import pytest

from retrain_sim.data import Text
from retrain_sim.data.documents import read_text, sentences
from retrain_sim.data.tokenizers import TOKENIZERS, decode
from retrain_sim.errors import UserError
from retrain_sim.groups import ByLength
from retrain_sim.lengths import count_words, word_marks
from retrain_sim.rewards import Length

DOCUMENTS = ["The cat sat on the mat.", "A dog, née Ünal!", "the end", "x  y\tz"]
LOSSLESS = [name for name in TOKENIZERS if name != "words"]


@pytest.mark.parametrize("name", LOSSLESS)
def test_tokens_are_text_again(name):
    pytest.importorskip("tokenizers" if name == "byte-pairs" else "json")
    made = TOKENIZERS[name](DOCUMENTS, 300)
    for document in DOCUMENTS:
        assert made.decode(made.encode(document)) == document


def test_words_are_text_again_but_for_rare_ones():
    made = TOKENIZERS["words"](["a b a b c"], 3)
    assert made.decode(made.encode("a b")) == "a b"
    assert made.decode(made.encode("c a")) == "<unk> a"
    assert len(made.pieces) == 3


@pytest.mark.parametrize("name", TOKENIZERS)
def test_words_are_counted_as_in_the_decoded_text(name):
    """On random tokens too, whatever white space they hold."""
    pytest.importorskip("tokenizers" if name == "byte-pairs" else "json")
    pieces = TOKENIZERS[name](DOCUMENTS, 300).pieces
    rng = np.random.default_rng(0)
    x = rng.integers(len(pieces), size=(60, 12)).astype(np.int32)
    x[rng.random(x.shape) < 0.2] = min(len(pieces) - 1, 32)  # a space among bytes
    x[np.arange(12)[None] >= rng.integers(13, size=60)[:, None]] = -1
    joined = [b"".join(pieces[t] for t in row if t >= 0) for row in x]
    found = jax.jit(count_words)(x, word_marks(pieces))
    assert found.tolist() == [len(text.split()) for text in joined]


def test_a_file_is_read_in_every_layout(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(" = Head = \n\nOne two. Three\nfour.\n\nFive\n", encoding="utf-8")
    expected = {"lines": 4, "paragraphs": 3, "sentences": 4, "wikitext": 3}
    for layout, n in expected.items():
        data = Text(str(path), layout, "words").load(np.random.default_rng(0))
        assert len(data.x) == n
        assert hashlib.sha256(path.read_bytes()).hexdigest() in data.origin
        assert all(len(decode(data.pieces, row)) > 3 for row in data.x)


def test_long_documents_are_left_out_or_cut(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("a\nb c\nd e f\n", encoding="utf-8")
    load = {"path": str(path), "layout": "lines", "tokenizer": "words", "length": 2}
    out = Text(**load).load(np.random.default_rng(0)).x
    cut = Text(**load, cut=True).load(np.random.default_rng(0)).x
    assert (out >= 0).sum(axis=1).tolist() == [1, 2]
    assert (cut >= 0).sum(axis=1).tolist() == [1, 2, 2]
    few = Text(**load, n=2).load(np.random.default_rng(0)).x
    assert len(few) == 2
    with pytest.raises(UserError, match="2 documents of at most 2 tokens"):
        Text(**load, n=3).load(np.random.default_rng(0))


def test_the_text_of_python_has_documents_and_a_checksum():
    text, origin = read_text("")
    assert hashlib.sha256(text.encode()).hexdigest() in origin
    assert len(sentences(text)) > 1000


def test_what_is_missing_or_unreadable_is_named(tmp_path):
    missing = Text(path=str(tmp_path / "no.txt"))
    assert "give the path of a local UTF-8 text" in dict(missing.check())["path"]
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"ab\xff")
    with pytest.raises(UserError, match="not UTF-8 at byte 2"):
        read_text(str(bad))
    wrong = Text(layout="page", tokenizer="words", vocabulary=1, length=0)
    assert {f for f, _ in wrong.check()} == {"layout", "vocabulary", "length"}


def test_lengths_are_scored_and_grouped():
    marks = word_marks((b"a", b" b"))
    x = np.asarray([[0, 0, 1, -1], [1, 1, 1, 1]], np.int32)
    scored = [Length(3.0, 2.0, "words", marks)(x), Length(3.0, 2.0, "letters")(x)]
    np.testing.assert_allclose(scored, [[-2, -2], [0, -2]])
    names = ("0", "1", "2", "3", "over 3")
    grouped = ByLength("words", 3, names, marks)(x, np.zeros((1, 2)))
    assert grouped.tolist() == [2, 4]
