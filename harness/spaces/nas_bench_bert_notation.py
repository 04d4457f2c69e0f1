"""Encoders of NAS-Bench-BERT: as their configurations are written, and as they were trained.

The configurations choose a width, two or four layers, and for each layer one of six FlexiBERT
operations, its heads, and one or three feed-forward matrices of 512 or 1,024 columns. The program
that trained them compares texts with ``is``, which is false for a text read from JSON, so that
every layer was trained as plain self-attention; its first feed-forward matrix has four times the
width, and the written number of columns counts for the second and third alone.

================  ==========================================  =================================
notation          layer                                       example
================  ==========================================  =================================
as written        operation, heads, columns ``x`` matrices    ``256:wma-4-1024x3|dct-2-512x1``
as trained        heads, and columns where there are three    ``256:4-1024|2``
================  ==========================================  =================================
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import DataError
from harness.spaces.literal import quote

if TYPE_CHECKING:
    import numpy as np

    from harness.core.architecture import Dataset

__all__ = [
    "DEPTHS",
    "EMBEDDING",
    "HEADS",
    "OPERATIONS",
    "POSITIONS",
    "VOCABULARY",
    "WIDTHS",
    "Encoder",
    "Layer",
    "as_trained",
    "matrices",
    "neighbours",
    "read_trained",
    "read_written",
    "sample",
    "texts",
    "trained_layers",
    "weights",
    "weights_of_layers",
    "written_layers",
    "written_text",
]

WIDTHS, DEPTHS, HEADS, COLUMNS = (128, 256), (2, 4), (2, 4), (512, 1024)
OPERATIONS: Mapping[str, tuple[str, object]] = {
    "sdp": ("SA", "SDP"),
    "wma": ("SA", "WMA"),
    "dft": ("LT", "DFT"),
    "dct": ("LT", "DCT"),
    "dsc5": ("DSC", 5),
    "dsc9": ("DSC", 9),
}
"""Type and parameter of an operation, by its name in texts."""

VOCABULARY, POSITIONS, EMBEDDING = 30_522, 512, 128
"""Tokens, positions and width of the embeddings of all encoders."""

_WRITTEN = re.compile(r"(sdp|wma|dft|dct|dsc5|dsc9)-(2|4)-(512|1024)x(1|3)")
_TRAINED = re.compile(r"(2|4)(?:-(512|1024))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer: an operation over positions, then a feed-forward block at each of them.

    Attributes:
        operation: Name of the operation.
        heads: Its heads.
        inner: Widths inside the feed-forward block, between the two ends.
    """

    operation: str
    heads: int
    inner: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoder:
    """Width and layers of an encoder."""

    width: int
    layers: tuple[Layer, ...]


def read_written(text: str) -> Encoder:
    """Read an encoder as it is written.

    Raises:
        DataError: It is none.
    """
    width, layers = _parts(text, _WRITTEN, "256:wma-4-1024x3|dct-2-512x1")
    return Encoder(
        width=width,
        layers=tuple(
            Layer(operation=part[1], heads=int(part[2]), inner=(int(part[3]),) * int(part[4]))
            for part in layers
        ),
    )


def read_trained(text: str) -> Encoder:
    """Read an encoder as it was trained.

    Raises:
        DataError: It is none.
    """
    width, layers = _parts(text, _TRAINED, "256:4-1024|2")
    return Encoder(
        width=width,
        layers=tuple(
            Layer(
                operation="sdp",
                heads=int(part[1]),
                inner=(4 * width, *([int(part[2])] * 2 if part[2] else [])),
            )
            for part in layers
        ),
    )


def as_trained(text: str) -> str:
    """Return the trained encoder of a written one; a trained one stays.

    Raises:
        DataError: It is neither.
    """
    blank = "".join(text.split()).lower()
    if "-" not in blank or _TRAINED.fullmatch(blank.partition(":")[2].partition("|")[0]):
        read_trained(blank)
        return blank
    width, layers = _parts(blank, _WRITTEN, "256:4-1024|2, or 256:wma-4-1024x3|dct-2-512x1")
    return f"{width}:" + "|".join(
        f"{part[2]}-{part[3]}" if part[4] == "3" else part[2] for part in layers
    )


def written_text(width: object, layers: object, place: str) -> str:
    """Return the text of a configuration of the published file.

    Args:
        width: What it has as ``hidden_size``.
        layers: What it has as ``encoder_layers``.
        place: File and key, for messages.

    Raises:
        DataError: It is none.
    """
    if not isinstance(layers, list):
        raise DataError(f"{place}: expected a list of encoder layers, found {quote(str(layers))}")
    text = f"{width}:" + "|".join(_written_layer(layer, place) for layer in layers)
    try:
        read_written(text)
    except DataError as error:
        raise DataError(f"{place}: {error}") from None
    return text


def trained_layers() -> tuple[str, ...]:
    """Return all layers of a trained encoder."""
    return tuple(
        f"{heads}{columns}" for heads in HEADS for columns in ("", *(f"-{n}" for n in COLUMNS))
    )


def written_layers() -> tuple[str, ...]:
    """Return all layers of a written encoder."""
    return tuple(
        f"{operation}-{heads}-{columns}x{matrices}"
        for operation, heads, columns, matrices in itertools.product(
            OPERATIONS, HEADS, COLUMNS, (1, 3)
        )
    )


def texts(layers: tuple[str, ...]) -> Iterator[str]:
    """Yield every encoder of such layers; none are kept."""
    for width, depth in itertools.product(WIDTHS, DEPTHS):
        for chosen in itertools.product(layers, repeat=depth):
            yield f"{width}:{'|'.join(chosen)}"


def neighbours(text: str, layers: tuple[str, ...]) -> Iterator[str]:
    """Yield the encoders of another width, with one other layer, or with all layers once more.

    One whose second half repeats the first has that half as a neighbour.
    """
    width, _, rest = text.partition(":")
    own = rest.split("|")
    yield from (f"{other}:{rest}" for other in WIDTHS if str(other) != width)
    for number, layer in enumerate(own):
        for other in _near(layer, layers):
            yield f"{width}:{'|'.join([*own[:number], other, *own[number + 1 :]])}"
    half = len(own) // 2
    if len(own) == min(DEPTHS):
        yield f"{text}|{rest}"
    elif own[:half] == own[half:]:
        yield f"{width}:{'|'.join(own[:half])}"


def sample(generator: np.random.Generator, layers: tuple[str, ...]) -> str:
    """Draw one encoder of such layers uniformly."""
    counts = [len(layers) ** depth for depth in DEPTHS]
    depth = int(generator.choice(DEPTHS, p=[count / sum(counts) for count in counts]))
    drawn = [str(layer) for layer in generator.choice(layers, size=depth)]
    return f"{generator.choice(WIDTHS)}:{'|'.join(drawn)}"


def weights(encoder: Encoder) -> int:
    """Return the number of weights of an encoder with its embeddings and without a head."""
    rows = VOCABULARY + POSITIONS + 2 + 2  # segments, normalisation
    project = 0 if encoder.width == EMBEDDING else (EMBEDDING + 1) * encoder.width
    return rows * EMBEDDING + project + weights_of_layers(encoder)


def weights_of_layers(encoder: Encoder) -> int:
    """Return the number of weights of all layers."""
    width, total = encoder.width, 0
    for layer in encoder.layers:
        widths = (width, *layer.inner, width)
        feed_forward = sum((a + 1) * b for a, b in itertools.pairwise(widths))
        total += _weights_of_operation(layer, width) + feed_forward + 2 * width
    return total


def matrices(encoder: Encoder, dataset: Dataset) -> Iterator[tuple[int, int, int]]:
    """Yield rows, columns and number of the weight matrices of an encoder, embeddings left out."""
    width = encoder.width
    if width != EMBEDDING:
        yield width, EMBEDDING, 1
    for layer in encoder.layers:
        yield from _matrices_of_operation(layer, width)
        for before, after in itertools.pairwise((width, *layer.inner, width)):
            yield after, before, 1
    if dataset.loss == "per_token":
        yield width, width, 1
    yield dataset.classes, width, 1


def _matrices_of_operation(layer: Layer, width: int) -> Iterator[tuple[int, int, int]]:
    match layer.operation:
        case "dft" | "dct":
            yield width, width, 1
        case "sdp":
            yield 3 * width, width, 1
            yield width, width, 1
        case "wma":  # queries have two matrices, the second of which attention multiplies
            yield 2 * width, width, 1
            yield width, width, 3
        case convolution:
            kernel, half = int(convolution.removeprefix("dsc")), width // 2
            yield 4 * half, width, 1
            yield 1, kernel, width
            yield half, width, 1
            yield layer.heads // 2 * kernel, half, 1
            yield width, width, 1


def _weights_of_operation(layer: Layer, width: int) -> int:
    """Return the weights of an operation with what is around it, if anything is."""
    square = width * (width + 1)
    match layer.operation:
        case "dft" | "dct":
            return square
        case "sdp":
            own = 3 * square
        case "wma":
            own = 3 * square + width**2
        case convolution:
            kernel, half = int(convolution.removeprefix("dsc")), width // 2
            spans = width * kernel + (width + 1) * half
            own = 4 * (width + 1) * half + spans + (half + 1) * (layer.heads // 2) * kernel
    return own + square + 2 * width


def _near(layer: str, layers: tuple[str, ...]) -> Iterator[str]:
    """Yield the layers that differ in one part."""
    own = _pieces(layer)
    for other in layers:
        if sum(a != b for a, b in zip(own, _pieces(other), strict=True)) == 1:
            yield other


def _pieces(layer: str) -> tuple[str, ...]:
    if written := _WRITTEN.fullmatch(layer):
        return written.groups()
    heads, _, columns = layer.partition("-")
    return (heads, columns)


def _parts(text: str, form: re.Pattern[str], example: str) -> tuple[int, list[re.Match[str]]]:
    width, _, rest = "".join(text.split()).lower().partition(":")
    layers = rest.split("|")
    if width not in map(str, WIDTHS):
        raise DataError(f"encoder {quote(text)}: the width is 128 or 256, as in {example!r}")
    if len(layers) not in DEPTHS:
        raise DataError(f"encoder {quote(text)}: {len(layers)} layers; there are 2 or 4")
    read = [form.fullmatch(layer) for layer in layers]
    found = [match for match in read if match is not None]
    if len(found) < len(layers):
        fault = layers[read.index(None)]
        raise DataError(f"encoder {quote(text)}: {quote(fault)} is no layer, as in {example!r}")
    return int(width), found


def _written_layer(layer: object, place: str) -> str:
    if not isinstance(layer, dict):
        raise DataError(f"{place}: expected an encoder layer, found {quote(str(layer))}")
    kind = (layer.get("operation_type"), layer.get("operation_parameter"))
    names = [name for name, known in OPERATIONS.items() if known == kind]
    if not names:
        raise DataError(f"{place}: {quote(str(kind))} is no operation and its parameter")
    return (
        f"{names[0]}-{layer.get('num_operation_heads')}-{layer.get('feed_forward_dimension')}"
        f"x{layer.get('num_feed_forward')}"
    )
