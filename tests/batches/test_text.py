"""Token ids of a text, and the label of a token: the next one."""

import sys
from pathlib import Path

import numpy as np
import pytest

from harness.core.errors import DataError, UsageError
from tests.batches.drawn import data, drawn

TEXT = "the cat sat on the mat and the dog sat on the cat " * 8


def tokens(vocabulary=256, loss="per_token", length=6):
    return data(
        shape=(length,), inputs="tokens", vocabulary=vocabulary, classes=vocabulary, loss=loss
    )


@pytest.fixture(autouse=True)
def text(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("t.txt").write_text(TEXT)


def test_blocks_of_bytes_do_not_overlap_and_the_label_is_the_next_byte():
    available = (len(TEXT) - 1) // 6
    batch = drawn("text", tokens(), "t.txt", size=available)
    blocks = {
        bytes(row.tolist()) + bytes([following[-1]])
        for row, following in zip(batch.inputs.astype(np.uint8), batch.labels, strict=True)
    }
    assert blocks == {TEXT[at : at + 7].encode() for at in range(0, 6 * available, 6)}
    assert np.array_equal(batch.inputs[:, 1:], batch.labels[:, :-1])
    with pytest.raises(DataError, match=f"holds {available} blocks of 6 tokens, but the batch"):
        drawn("text", tokens(), "t.txt", size=available + 1)


def test_without_a_loss_by_token_there_are_no_labels():
    assert drawn("text", tokens(loss="network"), "t.txt").labels is None


def test_units_are_numbered_by_how_often_they_occur_then_by_the_alphabet():
    # the 4, cat on sat 2, and dog mat 1, in each of 8 repeats.
    order = ["the", "cat", "on", "sat", "and", "dog", "mat"]
    batch = drawn("text", tokens(7), "t.txt", tokens="words", size=16)
    words = {order[number] for number in batch.inputs.ravel()}
    assert words == set(order)
    joined = " ".join(order[number] for number in batch.inputs[0])
    assert joined in TEXT
    few = drawn("text", tokens(3), "t.txt", tokens="words", size=16)
    assert np.array_equal(few.inputs, np.minimum(batch.inputs, 2))


def test_characters_are_those_of_utf_8():
    Path("t.txt").write_text("äöäöäé" * 10, encoding="utf-8")
    batch = drawn("text", tokens(3), "t.txt", tokens="characters")
    assert batch.inputs[0].tolist() == [0, 1, 0, 1, 0, 2]


def test_a_vocabulary_file_numbers_its_words():
    Path("v.txt").write_text("the\ncat\n<unk>\n")
    batch = drawn("text", tokens(3), "t.txt", tokens="v.txt", size=16)
    words = drawn("text", tokens(7), "t.txt", tokens="words", size=16).inputs
    assert np.array_equal(batch.inputs, np.where(words > 1, 2, words))
    Path("v.txt").write_text("the\ncat\n")
    with pytest.raises(DataError, match=r"the word 'sat' of t.txt is not in v.txt"):
        drawn("text", tokens(3), "t.txt", tokens="v.txt")
    Path("v.txt").write_text("the\nthe\n")
    with pytest.raises(DataError, match="has the word 'the' a second time"):
        drawn("text", tokens(3), "t.txt", tokens="v.txt")


def test_a_tokenizer_needs_its_package(monkeypatch):
    Path("t.json").write_text("{}")
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(UsageError, match="python -m pip install tokenizers"):
        drawn("text", tokens(), "t.txt", tokens="t.json")


def test_a_tokenizer_of_that_package_gives_its_ids():
    package = pytest.importorskip("tokenizers")
    model = package.models.WordLevel({word: at for at, word in enumerate(set(TEXT.split()))}, "the")
    tokenizer = package.Tokenizer(model)
    tokenizer.pre_tokenizer = package.pre_tokenizers.Whitespace()
    tokenizer.save("t.json")
    assert drawn("text", tokens(7), "t.txt", tokens="t.json", size=16).inputs.max() == 6
    Path("t.json").write_text("{}")
    with pytest.raises(DataError, match=r"cannot read the tokenizer t\.json"):
        drawn("text", tokens(), "t.txt", tokens="t.json")


@pytest.mark.parametrize(
    ("dataset", "options", "message"),
    [
        (tokens(64), {}, "the vocabulary of data set 'mine' has 0 to 63"),
        (data(), {}, r"text gives token ids: inputs = \"tokens\""),
        (tokens(), {"tokens": "byte"}, "tokens is 'byte'; give bytes, characters, words"),
        (tokens(), {"tokens": 3}, "tokens is 3"),
    ],
)
def test_what_is_wrong_with_tokens_is_one_sentence(dataset, options, message):
    with pytest.raises((DataError, UsageError), match=message):
        drawn("text", dataset, "t.txt", **options)


def test_a_text_that_cannot_be_read_is_named():
    Path("t.txt").write_bytes(b"ab\xff")
    with pytest.raises(DataError, match=r"t.txt is no UTF-8 text \(byte 2\)"):
        drawn("text", tokens(), "t.txt", tokens="words")
    Path("t.txt").write_bytes(b"")
    with pytest.raises(DataError, match=r"cannot read t\.txt"):
        drawn("text", tokens(), "t.txt")
