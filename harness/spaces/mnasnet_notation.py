"""Texts of the MnasNet space of Accel-NASBench, which its file and its networks share.

A network is seven blocks of one to four layers. Accel-NASBench writes ``block0_e``, ``block0_k``,
``block0_l`` and ``block0_se`` for expansion, kernel, number of layers and squeeze-and-excitation of
the first block; a text has ``e0=6,k0=3,l0=1,se0=0`` for it, and so on to ``se6``.

`counts` has the parameters and the multiply-accumulates of a network in closed form, in the
definition of the published columns: thop counts four operations for each value that a batch norm
gives and one for each that a global average takes in or gives, and neither activations nor the
biases and products of squeeze-and-excitation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.core.errors import DataError
from harness.spaces.choices import Choices
from harness.spaces.literal import quote

if TYPE_CHECKING:
    from harness.core.architecture import Dataset

__all__ = [
    "CHOICES",
    "HEAD",
    "LARGEST",
    "STEM",
    "Layer",
    "counts",
    "layers",
    "matrices",
    "text_of_fields",
]

STEM: Final = 32
"""Channels of the first convolution."""

HEAD: Final = 1280
"""Channels of the last convolution."""

_CHANNELS = (16, 24, 40, 80, 112, 192, 320)
_STRIDES = (1, 2, 2, 2, 1, 2, 1)
_BLOCKS = len(_CHANNELS)
_MOST_LAYERS = (3, 3, 3, 3, 3, 4, 3)
_LETTERS = ("e", "k", "l", "se")

CHOICES: Final = Choices(
    **{
        f"{letter}{block}": options
        for block, most in enumerate(_MOST_LAYERS)
        for letter, options in zip(
            _LETTERS, ((1, 4, 6), (3, 5), tuple(range(1, most + 1)), (0, 1)), strict=True
        )
    }
)
"""The 28 choices of a network."""

LARGEST: Final = CHOICES.text(
    {name: max(map(int, options)) for name, options in CHOICES.options.items()}  # type: ignore[arg-type]
)
"""The network with the most of everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One inverted residual.

    Attributes:
        channels_in: Channels that enter.
        expanded: Channels of its depthwise convolution.
        channels_out: Channels that leave.
        kernel: Side of the depthwise convolution.
        stride: Stride of the depthwise convolution.
        squeezed: Channels of its squeeze-and-excitation; 0 without.
    """

    channels_in: int
    expanded: int
    channels_out: int
    kernel: int
    stride: int
    squeezed: int


def layers(text: str) -> Iterator[Layer]:
    """Yield the layers of a network.

    Raises:
        DataError: The text is none of the space.
    """
    chosen = {name: int(str(option)) for name, option in CHOICES.values(text).items()}
    channels = STEM
    for block, (width, stride) in enumerate(zip(_CHANNELS, _STRIDES, strict=True)):
        expansion, kernel, depth, squeezes = (chosen[f"{letter}{block}"] for letter in _LETTERS)
        for number in range(depth):
            yield Layer(
                channels_in=channels,
                expanded=channels * expansion,
                channels_out=width,
                kernel=kernel,
                stride=1 if number else stride,
                squeezed=channels // 4 if squeezes else 0,
            )
            channels = width


def counts(text: str, side: int = 224, classes: int = 1000) -> tuple[int, int]:
    """Return parameters, and multiply-accumulates as Accel-NASBench counts them.

    Args:
        text: The network.
        side: Height and width of its images.
        classes: Outputs.

    Raises:
        DataError: The text is none of the space.
    """
    side = -(-side // 2)
    parameters, operations = (3 * 9 + 2) * STEM, (3 * 9 + 4) * STEM * side**2
    for layer in layers(text):
        wide = layer.expanded
        if wide != layer.channels_in:
            parameters += (layer.channels_in + 2) * wide
            operations += (layer.channels_in + 4) * wide * side**2
        side = -(-side // layer.stride)
        parameters += (layer.kernel**2 + 2) * wide + (wide + 2) * layer.channels_out
        operations += (layer.kernel**2 + 4) * wide * side**2
        operations += (wide + 4) * layer.channels_out * side**2
        if layer.squeezed:
            parameters += 2 * wide * layer.squeezed + wide + layer.squeezed
            operations += 2 * wide * layer.squeezed + wide * (side**2 + 1)
    parameters += (_CHANNELS[-1] + 2) * HEAD + (HEAD + 1) * classes
    operations += (_CHANNELS[-1] + 4) * HEAD * side**2 + HEAD * (side**2 + 1 + classes)
    return parameters, operations


def matrices(text: str, dataset: Dataset) -> Iterator[tuple[int, int, int]]:
    """Yield rows, columns and number of the weight matrices of a network."""
    yield STEM, 9 * dataset.channels, 1
    for layer in layers(text):
        wide = layer.expanded
        if wide != layer.channels_in:
            yield wide, layer.channels_in, 1
        yield 1, layer.kernel**2, wide
        if layer.squeezed:
            yield layer.squeezed, wide, 2  # there and back
        yield layer.channels_out, wide, 1
    yield HEAD, _CHANNELS[-1], 1
    yield dataset.classes, HEAD, 1


def text_of_fields(fields: object, where: str) -> str:
    """Return the text of an architecture as Accel-NASBench writes it, unchecked.

    Raises:
        DataError: A field is missing or unknown, or has no such value.
    """
    known = {f"block{block}_{letter}": letter for block in range(_BLOCKS) for letter in _LETTERS}
    if not isinstance(fields, Mapping) or set(fields) != set(known):
        raise DataError(
            f"{where}: expected the {len(known)} fields block0_e to block{_BLOCKS - 1}_se, found "
            f"{quote(fields)}"
        )
    for name, letter in known.items():
        if type(fields[name]) is not (bool if letter == "se" else int):
            raise DataError(f"{where}: {name} is {quote(fields[name])}")
    options = {f"{letter}{name[5]}": int(fields[name]) for name, letter in known.items()}
    try:
        return CHOICES.text(options)
    except DataError as error:
        raise DataError(f"{where}: {error}") from None
