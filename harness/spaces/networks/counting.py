"""Costs of a network by counting: parameters, multiply-accumulates, FLOPs.

``flops`` has the definition behind the ``flops`` column of NAS-Bench-Suite-Zero (Krishnakumar et
al., NeurIPS 2022), which NASLib takes from the counter of tensorwatch. For one image:

=====================  =========================================================================
convolution            one per multiply-accumulate, and one per output element if it has a bias
batch norm             two per element with affine parameters, otherwise one
ReLU and its kin       one per element
average, max pool      kernel height x kernel width per output element
adaptive pool          (rows + 1) x (columns + 1) of the window, per output element
linear                 one per multiply-accumulate; the bias is free
=====================  =========================================================================

The two ones in the adaptive pool are an error of the original counter; stored values contain it.
Everything else (sums, identity, flatten, other layers) is free. A layer that is called twice
counts twice, where the original counts its last call.

``multiply_accumulates`` counts convolutions and linear layers alone, without biases.
"""

from __future__ import annotations

import inspect
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

__all__ = ["Cost", "count_parameters", "measure", "tensor_arguments"]

_RELUS = (nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.PReLU, nn.ELU)
_POOLS = (nn.AvgPool2d, nn.MaxPool2d)
_ADAPTIVE_POOLS = (nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Costs of one forward pass with one image.

    Attributes:
        parameters: Number of parameters of the network.
        multiply_accumulates: Of convolutions and linear layers.
        flops_by_layer_type: Pairs of class name, e.g. ``"Conv2d"``, and FLOPs, sorted by name.
    """

    parameters: int
    multiply_accumulates: int
    flops_by_layer_type: tuple[tuple[str, int], ...]

    @property
    def flops(self) -> int:
        """FLOPs of all layers, by the definition of this module."""
        return sum(flops for _, flops in self.flops_by_layer_type)


def count_parameters(network: nn.Module) -> int:
    """Count the elements of all parameters, shared ones once."""
    return sum(parameter.numel() for parameter in network.parameters())


def measure(network: nn.Module, shape: tuple[int, ...]) -> Cost:
    """Count costs in one forward pass in evaluation mode; the network is left as it was.

    Args:
        network: Network on any device. On ``meta`` nothing is computed, yet the pass takes longer
            than computing a small network.
        shape: Shape of one sample, e.g. channels, height and width.

    Returns:
        The costs of one image.
    """
    flops: Counter[str] = Counter()
    multiply_accumulates: Counter[str] = Counter()

    def record(
        layer: nn.Module,
        arguments: tuple[object, ...],
        keywords: Mapping[str, object],
        output: Tensor,
    ) -> None:
        image = tensor_arguments(layer, arguments, keywords)[0]
        flops[type(layer).__name__] += _flops(layer, image, output)
        multiply_accumulates[type(layer).__name__] += _multiply_accumulates(layer, output)

    _forward_observed(network, shape, record)
    return Cost(
        parameters=count_parameters(network),
        multiply_accumulates=multiply_accumulates.total(),
        flops_by_layer_type=tuple(sorted((+flops).items())),
    )


_Hook = Callable[[nn.Module, tuple[object, ...], Mapping[str, object], Tensor], None]


def _forward_observed(network: nn.Module, shape: tuple[int, ...], hook: _Hook) -> None:
    counted = (nn.Conv2d, nn.BatchNorm2d, nn.Linear, *_RELUS, *_POOLS, *_ADAPTIVE_POOLS)
    modules = list(network.modules())
    were_training = [module.training for module in modules]
    handles = [
        module.register_forward_hook(hook, with_kwargs=True)
        for module in modules
        if isinstance(module, counted)
    ]
    like = next(network.parameters(), torch.empty(0))
    try:
        network.eval()  # one image has no batch statistics, and running ones must not change
        with torch.no_grad():
            network(like.new_zeros((1, *shape)))
    finally:
        for handle in handles:
            handle.remove()
        for module, was_training in zip(modules, were_training, strict=True):
            module.training = was_training


def _flops(layer: nn.Module, image: Tensor, output: Tensor) -> int:
    match layer:
        case nn.Conv2d():
            bias = output.numel() if layer.bias is not None else 0
            return _multiply_accumulates(layer, output) + bias
        case nn.Linear():
            return _multiply_accumulates(layer, output)
        case nn.BatchNorm2d():
            return image.numel() * (2 if layer.affine else 1)
        case nn.AvgPool2d() | nn.MaxPool2d():
            return output.numel() * _area(layer.kernel_size)
        case nn.AdaptiveAvgPool2d() | nn.AdaptiveMaxPool2d():
            rows = _window_lengths(image.shape[-2], output.shape[-2])
            columns = _window_lengths(image.shape[-1], output.shape[-1])
            windows = sum(length + 1 for length in rows) * sum(length + 1 for length in columns)
            return image.shape[1] * windows
        case _:
            return image.numel()


def _multiply_accumulates(layer: nn.Module, output: Tensor) -> int:
    match layer:
        case nn.Conv2d():
            return output.numel() * layer.weight[0].numel()
        case nn.Linear():
            return output.numel() * layer.in_features
        case _:
            return 0


def _area(kernel_size: int | tuple[int, ...]) -> int:
    return kernel_size**2 if isinstance(kernel_size, int) else math.prod(kernel_size)


def _window_lengths(size: int, windows: int) -> list[int]:
    """Return the lengths of the windows into which an adaptive pool cuts one side."""
    return [
        math.ceil((index + 1) * size / windows) - index * size // windows
        for index in range(windows)
    ]


def tensor_arguments(
    module: nn.Module, arguments: tuple[object, ...], keywords: Mapping[str, object]
) -> list[Tensor]:
    """Return the tensors among the arguments of a call, in the order of `module.forward`.

    Tensors inside of lists, tuples and dictionaries count; positional and keyword arguments alike.
    """
    if len(arguments) == 1 and not keywords and isinstance(arguments[0], Tensor):
        return [arguments[0]]  # by far the most calls
    if not keywords:
        return list(_tensors(arguments))
    signature = inspect.signature(module.forward)
    return list(_tensors(signature.bind(*arguments, **keywords).arguments.values()))


def _tensors(values: Iterable[object]) -> Iterator[Tensor]:
    for value in values:
        match value:
            case Tensor():
                yield value
            case list() | tuple():
                yield from _tensors(value)
            case Mapping():
                yield from _tensors(value.values())
            case _:
                continue
