"""Swaps the layers in while a network runs, and steers the backward passes through them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from harness.passes.second_order.batch_norm import batch_norm
from harness.passes.second_order.convolution import Geometry, Setting, Wanted, convolve

__all__ = ["Recorder"]


class Recorder(TorchFunctionMode):
    """While open, two-dimensional convolutions and batch norms become those of this package.

    Everything else, and every form that these two do not cover, stays torch's own, which can be
    differentiated twice as well. The network itself is not touched.

    Attributes:
        scale: A one that is a factor on each of the `scaled` weights. The derivative with respect
            to it is the derivative in the direction of these weights.
        scaled: Weights among the given ones that went through a swapped convolution.
    """

    def __init__(self, weights: Iterable[Tensor]) -> None:
        super().__init__()
        self._weights = {id(weight): weight for weight in weights}
        self._setting = Setting()
        like = torch.ones(()) if not self._weights else next(iter(self._weights.values()))
        self.scale = like.new_ones(()).requires_grad_()
        self.scaled: dict[int, Tensor] = {}

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        """Compute one call of torch made by the network."""
        if func is torch.conv2d:
            return self._conv2d(*args, **(kwargs or {}))  # type: ignore[arg-type]
        if func is functional.batch_norm:
            return self._batch_norm(*args, **(kwargs or {}))  # type: ignore[arg-type]
        return func(*args, **(kwargs or {}))

    @contextmanager
    def inputs_only(self) -> Iterator[None]:
        """Open a block whose backward passes spend nothing on gradients of weights."""
        with self._wanting(Wanted.INPUTS):
            yield

    @contextmanager
    def scale_only(self, *, last: bool = False) -> Iterator[None]:
        """Open a block whose backward passes compute the gradient of `scale`, not of weights.

        Args:
            last: Whether nothing differentiates the gradient again after the first of them, so
                that maps are freed on the way.
        """
        self._setting.keeps = not last
        try:
            with self._wanting(Wanted.SCALE):
                yield
        finally:
            self._setting.keeps = True

    @contextmanager
    def _wanting(self, wanted: Wanted) -> Iterator[None]:
        before, self._setting.wanted = self._setting.wanted, wanted
        try:
            yield
        finally:
            self._setting.wanted = before

    def _conv2d(
        self,
        input: Tensor,
        weight: Tensor,
        bias: Tensor | None = None,
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int] | str = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
    ) -> Tensor:
        if isinstance(padding, str) or input.dim() != 4:
            return torch.conv2d(input, weight, bias, stride, padding, dilation, groups)
        geometry = Geometry(
            stride=_pair(stride), padding=_pair(padding), dilation=_pair(dilation), groups=groups
        )
        known = self._weights.get(id(weight))
        if known is not None:
            self.scaled[id(weight)] = known
        scale = None if known is None else self.scale
        return convolve(input, weight, bias, geometry, scale=scale, setting=self._setting)

    def _batch_norm(
        self,
        input: Tensor,
        running_mean: Tensor | None,
        running_var: Tensor | None,
        weight: Tensor | None = None,
        bias: Tensor | None = None,
        training: bool = False,
        momentum: float = 0.1,
        eps: float = 1e-5,
    ) -> Tensor:
        if not training or input.dim() != 4:
            return functional.batch_norm(
                input, running_mean, running_var, weight, bias, training, momentum, eps
            )
        statistics = (running_mean, running_var)
        return batch_norm(
            input, statistics, weight, bias, momentum=momentum, epsilon=eps, setting=self._setting
        )


def _pair(value: int | Sequence[int]) -> tuple[int, int]:
    if isinstance(value, int):
        return value, value
    return value[0], value[-1]
