"""Texts of the two spaces of ViT-Bench-101, which their files, networks and readers share.

AutoFormer-tiny
    ``192|4x3.5|3x4|...``: the width, then heads and ratio of the feed-forward part for each of 12
    to 14 layers.

PiT
    ``base_dim=16,mlp_ratio=6,depth=2-8-4,num_heads=2-4-4``: the width of a head, the ratio, and
    layers and heads of the three stages. ViT-Bench-101's program draws depth and heads from ten
    triples each, which are the options here; its configuration allows 27 of each.

Closed forms count the parameters and multiply-accumulates of plain networks, with one class token;
those trained with distillation have a second token and a second head.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from harness.core.errors import DataError
from harness.spaces.choices import Choices
from harness.spaces.literal import quote

if TYPE_CHECKING:
    import numpy as np

    from harness.core.architecture import Dataset

__all__ = [
    "PATCH",
    "PIT",
    "AutoFormer",
    "Counts",
    "Pit",
    "autoformer",
    "autoformer_counts",
    "autoformer_from_fields",
    "autoformer_matrices",
    "autoformer_neighbours",
    "autoformer_sample",
    "autoformer_size",
    "autoformer_texts",
    "pit",
    "pit_counts",
    "pit_from_fields",
]

PATCH: Final = 16
"""Side of a patch of the image in pixels."""

_WIDTHS = (192, 216, 240)
_DEPTHS = (12, 13, 14)
_LAYERS = tuple(f"{heads}x{ratio}" for heads in (3, 4) for ratio in ("3.5", "4"))

PIT: Final = Choices(
    base_dim=(16, 24, 32, 40),
    mlp_ratio=(2, 4, 6, 8),
    depth=(
        *("1-6-6", "1-8-4", "2-4-6", "2-6-4", "2-6-6"),
        *("2-8-2", "2-8-4", "3-4-6", "3-6-4", "3-8-2"),
    ),
    num_heads=(
        *("2-2-2", "2-2-4", "2-2-8", "2-4-4", "2-4-8"),
        *("2-8-8", "4-4-4", "4-4-8", "4-8-8", "8-8-8"),
    ),
)
"""The four choices of a PiT."""

_PIT_STRIDE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoFormer:
    """A network of AutoFormer-tiny.

    Attributes:
        width: Numbers of a token.
        heads: Heads of each layer.
        ratios: Ratio of the inner width of the feed-forward part to the width, of each layer.
    """

    width: int
    heads: tuple[int, ...]
    ratios: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pit:
    """A pooling-based vision transformer of three stages.

    Attributes:
        widths: Numbers of a token in each stage.
        depths: Layers of each stage.
        heads: Heads of the layers of each stage.
        ratio: Ratio of the inner width of the feed-forward parts to the width.
    """

    widths: tuple[int, ...]
    depths: tuple[int, ...]
    heads: tuple[int, ...]
    ratio: int

    @property
    def stride(self) -> int:
        """Pixels from one patch to the next."""
        return _PIT_STRIDE


@dataclass(slots=True)
class Counts:
    """Parameters and multiply-accumulates, those of attention included."""

    parameters: int = 0
    operations: int = 0

    def linear(self, entering: int, leaving: int, tokens: int) -> None:
        """Count a linear layer with bias."""
        self.parameters += (entering + 1) * leaving
        self.operations += entering * leaving * tokens

    def layer(self, width: int, inner: int, tokens: int) -> None:
        """Count a layer of attention and feed-forward part with their normalisations."""
        self.parameters += 4 * width
        self.linear(width, 4 * width, tokens)  # query, key, value and projection
        self.operations += 2 * tokens**2 * width
        self.linear(width, inner, tokens)
        self.linear(inner, width, tokens)


def autoformer(text: str) -> AutoFormer:
    """Read a text of AutoFormer-tiny.

    Raises:
        DataError: It is none.
    """
    width, *layers = (part.strip() for part in text.split("|"))
    if width not in map(str, _WIDTHS) or len(layers) not in _DEPTHS:
        raise _no_autoformer(text, f"{quote(width)} and {len(layers)} layers")
    if wrong := [layer for layer in layers if layer not in _LAYERS]:
        raise _no_autoformer(text, quote(wrong[0]))
    pairs = [layer.split("x") for layer in layers]
    return AutoFormer(
        width=int(width),
        heads=tuple(int(heads) for heads, _ in pairs),
        ratios=tuple(float(ratio) for _, ratio in pairs),
    )


def _no_autoformer(text: str, fault: str) -> DataError:
    return DataError(
        f"{quote(text)} is no network of AutoFormer-tiny ({fault}); expected a width of 192, 216 "
        f"or 240 and 12 to 14 layers, each one of {', '.join(_LAYERS)}, e.g. '192|3x4|4x3.5|...'"
    )


def autoformer_from_fields(fields: Mapping[str, object], where: str) -> str:
    """Return the text of an architecture with the fields of ViT-Bench-101.

    Args:
        fields: ``hidden_dim``, ``depth``, ``num_heads`` and ``mlp_ratio``, unchecked.
        where: Place, for messages.

    Raises:
        DataError: It is none.
    """
    heads, ratios = (_numbers(fields.get(name), where) for name in ("num_heads", "mlp_ratio"))
    if len(heads) != len(ratios) or fields.get("depth") != len(heads):
        raise DataError(
            f"{where}: depth is {quote(fields.get('depth'))}, with {len(heads)} numbers of heads "
            f"and {len(ratios)} ratios"
        )
    layers = (f"{head}x{ratio:g}" for head, ratio in zip(heads, ratios, strict=True))
    text = "|".join([str(fields.get("hidden_dim")), *layers])
    try:
        autoformer(text)
    except DataError as error:
        raise DataError(f"{where}: {error}") from None
    return text


def autoformer_texts() -> Iterator[str]:
    """Yield the networks of AutoFormer-tiny, a thousand million of them."""
    for width, depth in itertools.product(_WIDTHS, _DEPTHS):
        for layers in itertools.product(_LAYERS, repeat=depth):
            yield "|".join([str(width), *layers])


def autoformer_size() -> int:
    """Return the number of networks of AutoFormer-tiny."""
    return len(_WIDTHS) * sum(int(len(_LAYERS) ** depth) for depth in _DEPTHS)


def autoformer_matrices(text: str, dataset: Dataset) -> Iterator[tuple[int, int, int]]:
    """Yield rows, columns and number of the weight matrices of an AutoFormer."""
    known = autoformer(text)
    width = known.width
    yield width, dataset.channels * PATCH**2, 1
    for ratio in known.ratios:
        yield 3 * width, width, 1
        yield width, width, 1
        yield int(width * ratio), width, 1
        yield width, int(width * ratio), 1
    yield dataset.classes, width, 1


def autoformer_sample(generator: np.random.Generator) -> str:
    """Draw a width, a depth, and then the layers, as ViT-Bench-101 draws: not uniform."""
    width = _WIDTHS[generator.integers(len(_WIDTHS))]
    depth = _DEPTHS[generator.integers(len(_DEPTHS))]
    layers = generator.integers(len(_LAYERS), size=depth)
    return "|".join([str(width), *(_LAYERS[number] for number in layers)])


def autoformer_neighbours(text: str) -> Iterator[str]:
    """Yield the networks with another width, one other layer, or the last layer more or less."""
    width, *layers = text.split("|")
    for other in map(str, _WIDTHS):
        if other != width:
            yield "|".join([other, *layers])
    for place, layer in enumerate(layers):
        for option in _LAYERS:
            if option != layer:
                yield "|".join([width, *layers[:place], option, *layers[place + 1 :]])
    if len(layers) > min(_DEPTHS):
        yield "|".join([width, *layers[:-1]])
    if len(layers) < max(_DEPTHS):
        yield from (f"{text}|{option}" for option in _LAYERS)


def autoformer_counts(text: str, side: int = 224, classes: int = 100) -> Counts:
    """Return parameters and operations of a network on square images."""
    known = autoformer(text)
    width, patches = known.width, (side // PATCH) ** 2
    counts = Counts()
    counts.linear(3 * PATCH**2, width, patches)
    counts.parameters += (1 + patches + 1) * width  # class token and places
    for ratio in known.ratios:
        counts.layer(width, int(width * ratio), patches + 1)
    counts.parameters += 2 * width
    counts.linear(width, classes, 1)
    return counts


def pit(text: str) -> Pit:
    """Read a text of PiT.

    Raises:
        DataError: It is none.
    """
    chosen = PIT.values(text)
    heads, depths = (
        tuple(int(part) for part in str(chosen[name]).split("-")) for name in ("num_heads", "depth")
    )
    return Pit(
        widths=tuple(int(str(chosen["base_dim"])) * number for number in heads),
        depths=depths,
        heads=heads,
        ratio=int(str(chosen["mlp_ratio"])),
    )


def pit_from_fields(fields: Mapping[str, object], where: str) -> str:
    """Return the text of an architecture with the fields of ViT-Bench-101.

    Args:
        fields: ``base_dim``, ``mlp_ratio``, ``depth`` and ``num_heads``, unchecked.
        where: Place, for messages.

    Raises:
        DataError: It is none.
    """
    stages = {
        name: "-".join(f"{number:g}" for number in _numbers(fields.get(name), where))
        for name in ("depth", "num_heads")
    }
    single = {name: str(fields.get(name)) for name in ("base_dim", "mlp_ratio")}
    try:
        return PIT.text({**single, **stages})
    except DataError as error:
        raise DataError(f"{where}: {error}") from None


def pit_counts(text: str, side: int = 224, classes: int = 100) -> Counts:
    """Return parameters and operations of a network on square images."""
    known, counts = pit(text), Counts()
    side = (side - PATCH) // _PIT_STRIDE + 1
    counts.linear(3 * PATCH**2, known.widths[0], side**2)
    counts.parameters += known.widths[0] * (side**2 + 1)  # places and class token
    for stage, (width, depth) in enumerate(zip(known.widths, known.depths, strict=True)):
        if stage:
            side = -(-side // 2)
            counts.linear(3**2, width, side**2)  # each channel alone makes some of the next ones
            counts.linear(known.widths[stage - 1], width, 1)  # the class token
        for _ in range(depth):
            counts.layer(width, width * known.ratio, side**2 + 1)
    counts.parameters += 2 * known.widths[-1]
    counts.linear(known.widths[-1], classes, 1)
    return counts


def _numbers(value: object, where: str) -> Sequence[int | float]:
    if not isinstance(value, list) or not all(type(part) in (int, float) for part in value):
        raise DataError(f"{where}: expected a list of numbers, found {quote(value)}")
    if not all(math.isfinite(part) for part in value):
        raise DataError(f"{where}: {quote(value)} has a number that is not finite")
    return value
