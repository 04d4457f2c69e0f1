"""NAS-Bench-BERT and LiteTransformerSearch: texts, numbers of weights, what networks compute."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.fft
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from harness.core.architecture import Dataset
from harness.core.errors import UsageError
from harness.plugins.spaces.networks_decoder import _shifted
from harness.plugins.spaces.networks_electra import _DynamicConvolution, _Transform
from harness.plugins.spaces.truncated_normal import truncated_normal_
from harness.spaces import lite_transformer_notation, nas_bench_bert_notation
from harness.spaces.datasets import dataset
from harness.spaces.registry import space

IMAGES = Dataset(name="pictures", shape=(3, 8, 8), classes=4)
SHORT = Dataset(
    name="short", shape=(6,), classes=40, inputs="tokens", vocabulary=40, loss="per_token"
)
SENTENCES = Dataset(name="sentences", shape=(6,), classes=3, inputs="tokens", vocabulary=40)
OTHER_TOKENS = (nas_bench_bert_notation.VOCABULARY - 40) * nas_bench_bert_notation.EMBEDDING
"""Weights of the embeddings that SENTENCES lacks."""

DECODERS = ("lts-gpt2", "lts-transformer-xl")
ENCODERS = ("nas-bench-bert", "flexibert")


def network(name: str, text: str, texts: Dataset) -> nn.Module:
    torch.manual_seed(0)
    return space(name).network(space(name).parse(text), texts).eval()


def size(built: nn.Module) -> int:
    return sum(weight.numel() for weight in built.parameters())


# Encoders


def test_a_written_encoder_is_read_as_the_one_that_was_trained() -> None:
    written = " 256:WMA-4-1024x3|dct-2-512x1 "
    assert space("nas-bench-bert").parse(written).text == "256:4-1024|2"
    assert space("flexibert").parse(written).text == "256:wma-4-1024x3|dct-2-512x1"


def test_the_written_columns_of_a_single_matrix_make_no_other_encoder() -> None:
    texts = {
        nas_bench_bert_notation.as_trained(f"128:dft-2-{n}x1|dsc9-4-512x3") for n in (512, 1024)
    }
    assert texts == {"128:2|4-512"}


@pytest.mark.parametrize("operation", nas_bench_bert_notation.OPERATIONS)
@pytest.mark.parametrize("width", [128, 256])
def test_the_weights_of_a_built_encoder_are_those_of_the_formula(
    width: int, operation: str
) -> None:
    text = f"{width}:{operation}-4-512x3|{operation}-2-1024x1"
    built = network("flexibert", text, SENTENCES)
    written = space("flexibert").parse(text)
    own = size(built) - size(built.head) + OTHER_TOKENS
    assert own == space("flexibert").columns["parameters"](written)


@pytest.mark.parametrize("text", ["128:4|2-512", "256:2-1024|4|4-512|2"])
def test_the_weights_of_a_trained_encoder_are_those_of_the_formula(text: str) -> None:
    built = network("nas-bench-bert", text, SENTENCES)
    trained = space("nas-bench-bert").parse(text)
    columns = space("nas-bench-bert").columns
    own = size(built) - size(built.head) + OTHER_TOKENS
    assert own == columns["parameters"](trained)
    assert size(built.layers) == columns["layer_parameters"](trained)


def test_the_first_token_is_classified_unless_a_loss_wants_all_of_them() -> None:
    tokens = torch.arange(12).reshape(2, 6)
    assert network("nas-bench-bert", "128:4|2", SENTENCES)(tokens).shape == (2, 3)
    assert network("nas-bench-bert", "128:4|2", SHORT)(tokens).shape == (2, 6, 40)


@pytest.mark.parametrize("cosine", [True, False])
def test_a_transform_is_that_of_scipy_over_positions_and_heads(cosine: bool) -> None:
    layer, x = _Transform(8, 2, cosine=cosine).double(), torch.randn(3, 5, 8).double()
    mixed = layer.input(x).unflatten(-1, (2, 4)).transpose(1, 2).detach().numpy()
    if cosine:
        expected = scipy.fft.dctn(mixed, type=2, axes=(-2, -1))
    else:
        expected = scipy.fft.fft2(mixed).real
    changed = layer(x).detach().numpy()
    assert np.allclose(changed, expected.transpose(0, 2, 1, 3).reshape(3, 5, 8))


def test_a_dynamic_convolution_sees_as_far_as_its_kernel() -> None:
    torch.manual_seed(0)
    layer, x = _DynamicConvolution(8, 2, 5), torch.randn(1, 12, 8)
    changed = x.clone()
    changed[:, 0] += 1
    moved = (layer(changed) - layer(x)).abs().amax(-1)[0] > 1e-6
    convolved = (layer(changed) - layer(x))[..., 4:].abs().amax(-1)[0] > 1e-6
    assert moved.all()  # attention sees all positions
    assert convolved.tolist() == [True] * 3 + [False] * 9


def test_an_encoder_of_all_layers_twice_is_a_neighbour() -> None:
    bert = space("nas-bench-bert")
    near = {other.text for other in bert.neighbours(bert.parse("128:4|2-512"))}
    assert {"256:4|2-512", "128:2|2-512", "128:4-512|2-512", "128:4|2-512|4|2-512"} <= near
    assert len(near) == 1 + 2 * 3 + 1


# Decoders


@pytest.mark.parametrize("name", DECODERS)
@pytest.mark.parametrize(
    "text",
    ["64-64-1:2x512|4x700", "64-128-1:2x512|4x700", "64-128-2:8x512|4x700", "64-64-4:2x600|2x512"],
)
@pytest.mark.parametrize("corpus", ["wikitext-103", "lm1b"])
def test_the_weights_of_a_built_decoder_are_those_of_the_formula(
    name: str, text: str, corpus: str
) -> None:
    owner = space(name)
    built = network(name, text, dataset(corpus))
    published = {"lts-gpt2": (50_264, 50_264), "lts-transformer-xl": (267_736, 793_470)}[name]
    vocabularies = dict(zip(("wikitext-103", "lm1b"), published, strict=True))
    cut = lite_transformer_notation.corpus_of(dataset(corpus), vocabularies)
    decoder = lite_transformer_notation.read(text)
    expected = (
        lite_transformer_notation.embedding_weights(decoder, cut)
        + lite_transformer_notation.softmax_weights(decoder, cut)
        + owner.columns["layer_parameters"](owner.parse(text))
        + (cut.positions * decoder.width if name == "lts-gpt2" else 0)
    )
    assert size(built) == expected


@pytest.mark.parametrize(
    ("name", "corpus", "sizes"),
    [
        ("lts-gpt2", "wikitext-103-bpe", (19_997, 20_000, 10_267)),
        ("lts-gpt2", "lm1b-bpe", (50_264,)),
        ("lts-transformer-xl", "wikitext-103-words", (19_997, 20_000, 160_000, 67_739)),
        ("lts-transformer-xl", "lm1b-words", (59_997, 40_000, 540_000, 153_473)),
    ],
)
def test_a_published_vocabulary_is_cut_as_published(
    name: str, corpus: str, sizes: tuple[int, ...]
) -> None:
    vocabulary = dataset(corpus).vocabulary
    known = dict.fromkeys(("wikitext-103", "lm1b"), vocabulary)
    assert lite_transformer_notation.corpus_of(dataset(corpus), known).sizes == sizes


@pytest.mark.parametrize("name", DECODERS)
@pytest.mark.parametrize("text", ["64-128-2:2x512|4x700", "64-128-1:2x512|4x700"])
def test_a_decoder_gives_probabilities_and_sees_no_later_token(name: str, text: str) -> None:
    texts = dataset("wikitext-103")
    built = network(name, text, texts)
    tokens = torch.randint(texts.vocabulary, (2, 16), generator=torch.Generator().manual_seed(0))
    changed = tokens.clone()
    changed[:, 9:] = 0
    output = built(tokens)
    assert output.shape == (2, 16, texts.vocabulary)
    assert torch.allclose(output.exp().sum(-1), torch.ones(2, 16), atol=1e-4)
    assert torch.allclose(built(changed)[:, :9], output[:, :9], atol=1e-5)
    assert not torch.allclose(built(changed)[:, 9:], output[:, 9:], atol=1e-5)


def test_equal_tokens_have_equal_embeddings_and_tokens_of_all_clusters_differ() -> None:
    built = network("lts-gpt2", "64-128-2:2x512|4x700", dataset("wikitext-103"))
    embedded = built.vocabulary(torch.arange(1024))
    assert len({tuple(row) for row in embedded.tolist()}) == 1024
    table, project = built.vocabulary.tables[1], built.vocabulary.projections[1]
    start = len(built.vocabulary.tables[0])
    assert torch.allclose(embedded[start + 3], project(table[3]) * 8, atol=1e-6)


def test_distances_are_shifted_to_their_columns() -> None:
    """Before, column c holds distance 4 - c; afterwards row i and column j hold i - j."""
    of_distance = torch.arange(4, -1, -1.0).expand(1, 5, 5)
    shifted = _shifted(of_distance)[0]
    expected = [[float(row - column) for column in range(row + 1)] for row in range(5)]
    assert [shifted[row, : row + 1].tolist() for row in range(5)] == expected


@given(st.integers(0, 2**32 - 1), st.sampled_from([(2, 16), (5, 8)]))
def test_a_drawn_decoder_is_read_as_it_is_printed(seed: int, depths: tuple[int, int]) -> None:
    text = lite_transformer_notation.sample(np.random.default_rng(seed), depths)
    decoder = lite_transformer_notation.read(text)
    assert lite_transformer_notation.text(decoder) == text
    assert depths[0] <= len(decoder.layers) <= depths[1]


@pytest.mark.parametrize("name", [*DECODERS, *ENCODERS])
def test_images_are_refused(name: str) -> None:
    text = space(name).sample(np.random.default_rng(0)).text
    with pytest.raises(UsageError, match="pictures"):
        network(name, text, IMAGES)


def test_a_text_longer_than_the_positions_is_refused() -> None:
    long = Dataset(
        name="lm1b-long", shape=(33,), classes=9, inputs="tokens", vocabulary=9, loss="per_token"
    )
    with pytest.raises(UsageError, match=r"33 tokens.*32 positions"):
        network("lts-gpt2", "64-64-1:2x512|4x700", long)


def test_truncated_weights_are_normal_ones_of_the_seed_where_these_are_within_the_bound():
    torch.manual_seed(0)
    normal = torch.empty(1000, 100).normal_(0, 0.5)
    torch.manual_seed(0)
    truncated = torch.empty(1000, 100)
    truncated_normal_(truncated, 0.5, 1.0)
    within = normal.abs() <= 1
    assert torch.equal(truncated[within], normal[within])
    assert 0.04 < 1 - within.double().mean() < 0.05  # 4.55 % of normal numbers
    assert truncated.abs().max() <= 1
    # the deviation of a normal distribution that is cut off at two deviations is .8796 of it
    assert truncated.std().item() == pytest.approx(0.5 * 0.8796, abs=0.003)
