"""Texts of NAS-Bench-MR (Ding et al., ICLR 2022), which its file, networks and readers share.

A network is a stem of two convolutions and modules of one to four parallel branches, each of half
the resolution of the one before. A stage is a module that is repeated: of stage 3, say, the text
has ``s3_modules=2``, and blocks and channels of each branch, ``s3_blocks0=1`` to
``s3_channels2=64``; these are the names of NCP's table. NCP and GenNAS also write a network as
``input_channel``, ``inverted_residual_setting`` (one ``[branches, blocks, channels]`` a module) and
``last_channel``.

`counts` has parameters and operations in closed form, as in the published columns: of the network
that classifies images of 128 x 128 pixels into 50 classes, whatever the task. A
multiply-accumulate counts one, a value that a batch norm gives two, and the bias of a class one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from harness.core.errors import DataError
from harness.spaces.choices import Choices
from harness.spaces.literal import quote

__all__ = [
    "CHOICES",
    "Convolution",
    "MultiResolution",
    "convolutions",
    "counts",
    "resolution",
    "text_of_fields",
]

_STAGES = 4
_REPEATS = (1, 2, 3, 4)
_CHANNELS = tuple(range(8, 129, 8))
_FIELDS = ("input_channel", "inverted_residual_setting", "last_channel")


def _choices() -> Iterator[tuple[str, tuple[int, ...]]]:
    yield from (("input0", _CHANNELS), ("input1", _CHANNELS))
    for stage in range(1, _STAGES + 1):
        yield f"s{stage}_modules", _REPEATS
        yield from ((f"s{stage}_blocks{branch}", _REPEATS) for branch in range(stage))
        yield from ((f"s{stage}_channels{branch}", _CHANNELS) for branch in range(stage))
    yield "last_channel", _CHANNELS


CHOICES: Final = Choices(**dict(_choices()))
"""The 27 choices of a network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiResolution:
    """A network.

    Attributes:
        stem: Channels of the two convolutions of the stem.
        modules: Blocks and channels of each branch, of each module.
        head: Channels of the last convolution.
    """

    stem: tuple[int, int]
    modules: tuple[tuple[tuple[int, int], ...], ...]
    head: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Convolution:
    """A convolution with batch norm that fuses branches.

    Attributes:
        source: Branch that it reads; of a new branch the one before it, after fusion.
        target: Branch that it writes to.
        kernel: Its side.
        stride: Its stride.
    """

    source: int
    target: int
    kernel: int
    stride: int


def resolution(text: str) -> MultiResolution:
    """Read a text.

    Raises:
        DataError: It is none of the space.
    """
    chosen = {name: int(str(option)) for name, option in CHOICES.values(text).items()}
    modules: list[tuple[tuple[int, int], ...]] = []
    for stage in range(1, _STAGES + 1):
        branches = tuple(
            (chosen[f"s{stage}_blocks{branch}"], chosen[f"s{stage}_channels{branch}"])
            for branch in range(stage)
        )
        modules += [branches] * chosen[f"s{stage}_modules"]
    return MultiResolution(
        stem=(chosen["input0"], chosen["input1"]),
        modules=tuple(modules),
        head=chosen["last_channel"],
    )


def convolutions(before: int, after: int) -> Iterator[Convolution]:
    """Yield the convolutions between modules of so many branches, those of new branches last.

    Branches exchange with their neighbours: from a finer one by stride 2, from a coarser one by 1x1
    and upsampling, and by 3x3 with themselves.
    """
    for target, source in itertools.product(range(min(before, after)), range(before)):
        if abs(target - source) <= 1:
            yield Convolution(
                source=source,
                target=target,
                kernel=1 if source > target else 3,
                stride=2 if source < target else 1,
            )
    for target in range(before, after):
        yield Convolution(source=target - 1, target=target, kernel=3, stride=2)


def counts(text: str, side: int = 128, classes: int = 50) -> tuple[int, int]:
    """Return parameters, and operations as NAS-Bench-MR counts them.

    Raises:
        DataError: The text is none of the space.
    """
    network = resolution(text)
    sides = [-(-side // 2)]
    while len(sides) <= _STAGES:
        sides.append(-(-sides[-1] // 2))
    layers = [(3, network.stem[0], 3, sides[0]), (network.stem[0], network.stem[1], 3, sides[1])]
    sides, channels = sides[1:], [network.stem[1]]
    for module in network.modules:
        widths = [width for _, width in module]
        for step in convolutions(len(channels), len(module)):
            is_new = step.target >= len(channels)
            entering = widths[step.source] if is_new else channels[step.source]
            place = max(step.source, step.target)
            layers.append((entering, widths[step.target], step.kernel, sides[place]))
        for branch, (blocks, width) in enumerate(module):
            layers += [(width, width, 3, sides[branch])] * (2 * blocks)
        channels = widths
    layers.append((sum(channels), network.head, 1, sides[-1]))
    parameters = sum(
        (entering * kernel**2 + 2) * leaving for entering, leaving, kernel, _ in layers
    )
    operations = sum(
        (entering * kernel**2 + 2) * leaving * length**2
        for entering, leaving, kernel, length in layers
    )
    head = (network.head + 1) * classes
    return parameters + head, operations + head


def text_of_fields(fields: object, where: str) -> str:
    """Return the text of a network as NCP and GenNAS write it, unchecked.

    Raises:
        DataError: It is none, or one whose modules of as many branches differ.
    """
    if not isinstance(fields, dict) or set(fields) != set(_FIELDS):
        raise DataError(f"{where}: expected {', '.join(_FIELDS)}, found {quote(fields)}")
    stem, modules, head = (fields[name] for name in _FIELDS)
    if not isinstance(stem, list) or len(stem) != 2 or not isinstance(modules, list):
        raise DataError(f"{where}: expected two channels and a list of modules: {quote(fields)}")
    options: dict[str, object] = {"input0": stem[0], "input1": stem[1], "last_channel": head}
    count, first = 0, None
    for number, module in enumerate(modules):
        count = count + 1 if first is not None and module == first else 1
        stage = _branches(module, f"{where}, module {number}")
        if count == 1 and f"s{stage}_modules" in options:
            raise DataError(f"{where}: modules of {stage} branches differ, {quote(module)}")
        first = module
        options[f"s{stage}_modules"] = count
        for name, values in (("blocks", module[1]), ("channels", module[2])):
            options |= {f"s{stage}_{name}{branch}": value for branch, value in enumerate(values)}
    if wrong := [value for value in options.values() if type(value) is not int]:
        raise DataError(f"{where}: expected whole numbers, found {quote(wrong[0])}")
    try:
        return CHOICES.text({name: int(str(value)) for name, value in options.items()})
    except DataError as error:
        raise DataError(f"{where}: {error}") from None


def _branches(module: object, where: str) -> int:
    """Return the number of branches of ``[branches, [blocks], [channels]]``."""
    match module:
        case [int(branches), list(blocks), list(channels)] if (
            1 <= branches <= _STAGES and len(blocks) == len(channels) == branches
        ):
            return branches
        case _:
            raise DataError(
                f"{where}: expected [branches, [blocks], [channels]], found {quote(module)}"
            )
