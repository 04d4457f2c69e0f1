"""What the files of LiteTransformerSearch hold and do not say."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.spaces import lite_transformer_notation as notation
from harness.spaces.registry import space
from harness.truth import load
from tests.truth.published_columns import Columns, columns, spearman

pytestmark = pytest.mark.shared_data

FILES = {
    "lts-gpt2-wikitext-103": "lts-gpt2-wikitext-103-validation",
    "lts-gpt2-lm1b": "lts-gpt2-lm1b-perplexity",
    "lts-txl-wikitext-103": "lts-txl-wikitext-103-validation",
    "lts-txl-lm1b": "lts-txl-lm1b-perplexity",
    "lts-txl-homogeneous-wikitext-103": "lts-txl-homogeneous-wikitext-103-validation",
}
"""Names of sources, and of the tasks of their perplexity, which follow the rows."""

# Spearman with minus the perplexity: total, layers, embedding.
MEANINGS = {
    "lts-gpt2-wikitext-103": (0.737, 0.967, 0.192),
    "lts-gpt2-lm1b": (0.944, 0.986, 0.785),
    "lts-txl-wikitext-103": (0.261, 0.974, 0.042),
    "lts-txl-lm1b": (0.999, 0.999, 0.966),
    "lts-txl-homogeneous-wikitext-103": (0.332, 0.950, 0.182),
}


def texts(name: str, folder: Path) -> list[str]:
    return list(load(FILES[name], folder).values)


def own_columns(name: str, folder: Path) -> list[tuple[float, ...]]:
    """The space's five numbers of every row, in the order of the published columns."""
    owner = space("lts-gpt2" if "gpt2" in name else "lts-transformer-xl")
    corpus = "lm1b" if "lm1b" in name else "wikitext_103"
    names = (
        f"embedding_parameters_{corpus}",
        "attention_parameters",
        "feed_forward_parameters",
        "layer_parameters",
        f"parameters_{corpus}",
    )
    return [
        tuple(owner.columns[column](owner.parse(text)) for column in names)
        for text in texts(name, folder)
    ]


def published(name: str, folder: Path) -> list[tuple[float, ...]]:
    read = columns(name, folder)
    five = [read[f"params_{part}"] for part in ("AdaEmb", "Attn", "FFN", "nonembedding", "total")]
    return list(zip(*five, strict=True))


def numbers(read: Columns, name: str) -> NDArray[np.float64]:
    return np.asarray(read[name], dtype=np.float64)


@pytest.mark.trap("lts-params-has-five-meanings")
@pytest.mark.parametrize("name", [name for name in FILES if name != "lts-gpt2-lm1b"])
def test_the_five_numbers_of_parameters_are_the_published_ones(
    name: str, shared_data: Path
) -> None:
    assert own_columns(name, shared_data) == published(name, shared_data)


@pytest.mark.trap("lts-params-has-five-meanings")
@pytest.mark.parametrize("name", FILES)
def test_what_is_counted_decides_how_parameters_rank(name: str, shared_data: Path) -> None:
    read = columns(name, shared_data)
    quality = -numbers(read, "valid_ppl")
    parts = ("params_total", "params_nonembedding", "params_AdaEmb")
    found = [spearman(numbers(read, part), quality) for part in parts]
    assert found == pytest.approx(MEANINGS[name], abs=0.001)


@pytest.mark.trap("lts-lm1b-gpt2-parameters-of-another-network")
def test_the_parameters_of_gpt2_on_lm1b_are_those_of_a_transformer_xl(shared_data: Path) -> None:
    corpus = notation.published_corpus("lm1b", 50_264)
    rows = published("lts-gpt2-lm1b", shared_data)
    for text, row in zip(texts("lts-gpt2-lm1b", shared_data), rows, strict=True):
        decoder = notation.read(text)
        embedding = notation.embedding_weights(decoder, corpus)
        layers = notation.relative_layer_weights(decoder)
        assert row == (
            embedding,
            notation.relative_attention_weights(decoder),
            notation.feed_forward_weights(decoder),
            layers,
            embedding + notation.softmax_weights(decoder, corpus) + layers,
        )
    attention = [row[1] for row in own_columns("lts-gpt2-lm1b", shared_data)]
    assert all(own != row[1] for own, row in zip(attention, rows, strict=True))


@pytest.mark.trap("lts-lm1b-has-one-split")
@pytest.mark.parametrize("name", FILES)
def test_validation_and_test_are_equal_on_lm1b_alone(name: str, shared_data: Path) -> None:
    read = columns(name, shared_data)
    equal = numbers(read, "valid_ppl") == numbers(read, "test_ppl")
    assert equal.all() == equal.any() == ("lm1b" in name)


@pytest.mark.trap("lts-word-perplexity-of-lm1b")
def test_perplexities_of_words_are_no_perplexities_on_lm1b(shared_data: Path) -> None:
    ranges = {}
    for name in ("lts-gpt2-lm1b", "lts-gpt2-wikitext-103"):
        read = columns(name, shared_data)
        words = numbers(read, "test_word_ppl")
        ranges[name] = (words.min(), words.max())
        for column in ("test_ppl", "test_word_ppl"):
            assert (numbers(read, column) == numbers(read, f"{column}_nomem")).all()
    assert ranges["lts-gpt2-lm1b"] == pytest.approx((1.194e15, 1.0512e17), rel=1e-3)
    assert ranges["lts-gpt2-wikitext-103"] == pytest.approx((35.83, 118.93), abs=0.01)


@pytest.mark.trap("lts-disturbed-trainings")
def test_some_trainings_took_many_times_as_long(shared_data: Path) -> None:
    times = {
        name: np.sort(numbers(columns(name, shared_data), "train_elapsed"))[::-1].round()
        for name in ("lts-txl-wikitext-103", "lts-txl-lm1b")
    }
    assert list(times["lts-txl-wikitext-103"][:2]) == [296_505, 26_653]
    assert list(times["lts-txl-lm1b"][[0, 3, 4]]) == [232_085, 188_488, 52_792]
    related = {}
    for name in ("lts-gpt2-lm1b", "lts-gpt2-wikitext-103"):
        read = columns(name, shared_data)
        layers = numbers(read, "params_nonembedding")
        related[name] = spearman(numbers(read, "train_elapsed"), layers)
    assert related["lts-gpt2-lm1b"] == pytest.approx(0.495, abs=0.001)
    assert related["lts-gpt2-wikitext-103"] == pytest.approx(0.817, abs=0.001)


@pytest.mark.trap("lts-one-set-of-layers-for-two-corpora")
def test_the_decoders_of_lm1b_have_the_layers_of_those_of_wikitext(shared_data: Path) -> None:
    tables = [load(FILES[f"lts-txl-{corpus}"], shared_data) for corpus in ("wikitext-103", "lm1b")]
    by_layers = [
        {(text.split("-")[0], text.split(":")[1]): value for text, value in table.values.items()}
        for table in tables
    ]
    assert (len(by_layers[0]), len(by_layers[1])) == (200, 183)
    assert by_layers[1].keys() <= by_layers[0].keys()
    pairs = np.array([(by_layers[0][body], value) for body, value in by_layers[1].items()])
    assert spearman(pairs[:, 0], pairs[:, 1]) == pytest.approx(0.977, abs=0.001)
    assert len(tables[0].values.keys() & tables[1].values.keys()) == 18
