"""A grammar of small convolutional networks, written with neural-pipeline-search (NePS) 0.17.

A block is a convolution, two blocks in a row, or two blocks side by side, so it may be nested::

    block -> convolution | chain(block, block) | sum(block, block)

The text of a network is its derivation: which option NePS took at each choice, in its order, e.g.
``1-0-2-0-1``. NePS resolves the same derivation to the same network again. Derivations are cut off
at a depth of four, where a block is a convolution.

Needs ``pip install neural-pipeline-search==0.17.0``.
"""

from __future__ import annotations

from collections.abc import Callable

import neps
import numpy as np
from neps.space.neps_spaces.neps_space import convert_operation_to_callable, resolve
from torch import nn

from harness.core.architecture import Dataset
from harness.space import SearchSpace

WIDTH, DEEPEST = 16, 4
BLOCKS = 3  # number of options of a block, the first of which is a convolution


class Sum(nn.Module):
    """Two blocks side by side."""

    def __init__(self, left: nn.Module, right: nn.Module) -> None:
        super().__init__()
        self.left, self.right = left, right

    def forward(self, x):  # noqa: ANN001, ANN201
        """Return the sum of both outputs."""
        return self.left(x) + self.right(x)


def convolution(kernel: int, groups: int, activation: nn.Module) -> nn.Module:
    """Return a convolution with batch norm and activation."""
    layer = nn.Conv2d(WIDTH, WIDTH, kernel, padding=kernel // 2, groups=groups, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(WIDTH), activation)


def grammar(classes: int, channels: int) -> neps.PipelineSpace:
    """Return the productions; every use of a name draws anew, so all of them say `resample`."""
    pair = (neps.ByName("block").resample(), neps.ByName("block").resample())

    class Grammar(neps.PipelineSpace):
        """NePS reads the class attributes, and starts at `network`."""

        activation = neps.Categorical(
            (neps.Operation(nn.ReLU).resample(), neps.Operation(nn.GELU).resample())
        )
        kernel = neps.Categorical((1, 3, 5))
        groups = neps.Categorical((1, 4))
        layer = neps.Operation(
            convolution, args=(kernel.resample(), groups.resample(), activation.resample())
        )
        block = neps.Categorical(
            (
                layer.resample(),
                neps.Operation(nn.Sequential, args=pair).resample(),
                neps.Operation(Sum, args=pair).resample(),
            )
        )
        network = neps.Operation(
            nn.Sequential,
            args=(
                neps.Operation(nn.Conv2d, args=(channels, WIDTH, 3)),
                block.resample(),
                neps.Operation(nn.AdaptiveAvgPool2d, args=(1,)),
                neps.Operation(nn.Flatten),
                neps.Operation(nn.Linear, args=(WIDTH, classes)),
            ),
        )

    return Grammar()


class Derivation:
    """Answers NePS at each choice, and writes down what it answered.

    Args:
        choose: Maps the number of options to the option taken.
    """

    def __init__(self, choose: Callable[[int], int]) -> None:
        self._choose = choose
        self.taken: list[int] = []
        self.options: list[int] = []

    def __call__(self, *, domain_obj: neps.Categorical, current_path: str) -> int:
        """Choose an option; only what the network uses is part of its text."""
        options = domain_obj.choices
        nested = current_path.count("resampled_operation")
        is_block = len(options) == BLOCKS and not isinstance(options[0], int)
        if not current_path.startswith("Resolvable.network") or (is_block and nested >= DEEPEST):
            return 0
        self.taken.append(self._choose(len(options)))
        self.options.append(len(options))
        return self.taken[-1]

    @property
    def text(self) -> str:
        """What was taken."""
        return "-".join(map(str, self.taken))


def _resolved(
    choose: Callable[[int], int], classes: int = 10, channels: int = 3
) -> tuple[neps.Operation, Derivation]:
    derivation = Derivation(choose)
    try:
        resolved, _ = resolve(grammar(classes, channels), domain_sampler=derivation)
    except ValueError as error:  # NePS says only where it was
        raise ValueError(str(error.__cause__ or error)) from error
    return resolved.network, derivation


def _reader(text: str) -> Callable[[int], int]:
    """Return a function that takes the options of a text one by one."""
    numbers = iter(text.split("-"))

    def choose(options: int) -> int:
        number = next(numbers, "")
        if not number.isdecimal() or int(number) >= options:
            raise ValueError(f"the derivation {text!r} has {number!r} where 0 to {options - 1} fit")
        return int(number)

    return choose


def parse(text: str) -> str:
    """Return the derivation in NePS's own length."""
    _, derivation = _resolved(_reader(text.strip()))
    if derivation.text != text.strip():
        raise ValueError(f"the derivation {text!r} goes on after {derivation.text!r}")
    return derivation.text


def sample(generator: np.random.Generator) -> str:
    """Draw at each choice uniformly, as NePS's random search does: small networks most often."""
    _, derivation = _resolved(lambda options: int(generator.integers(options)))
    return derivation.text


def build(text: str, dataset: Dataset) -> nn.Module:
    """Build the network of a derivation with fresh weights."""
    operation, _ = _resolved(_reader(text), dataset.classes, dataset.channels)
    return convert_operation_to_callable(operation)


SPACE = SearchSpace(
    name="neps-grammar",
    summary="Nested chains and sums of convolutions, a grammar of neural-pipeline-search.",
    network=build,
    parse=parse,
    sample=sample,
    uniform=False,
)
