"""A device that stands in for a GPU where there is none.

It computes on the processor, so numbers are those of the processor. What it holds networks to is
what only a GPU refuses:

* An operator has all tensors on one device; numbers without dimensions, and indices, may be on any.
* numpy and Python's lists of numbers are had of a copy on the processor.
* Random numbers are drawn on the processor, since a GPU would draw others. Dropout may differ.
* The gradient of a batch norm that has no weight has no sums by channel.

Backward passes run in a thread of the device, as on a GPU. `install` changes torch for good, so
that whoever needs the device is a process of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.utils import _pytree
from torch.utils._python_dispatch import TorchDispatchMode, return_and_correct_aliasing
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

__all__ = ["NAME", "install", "standin_device"]

NAME = "standin"
_ATEN = torch.ops.aten
_OF_ANY_DEVICE = frozenset({_ATEN._to_copy, _ATEN.copy_})
_INDEXED = frozenset({_ATEN.index, _ATEN.index_put, _ATEN.index_put_})
_DROPOUT = frozenset({_ATEN.native_dropout, _ATEN.bernoulli, _ATEN.bernoulli_})


class StandinTensor(Tensor):
    """A tensor of the device, which holds one of the processor."""

    inner: Tensor

    @staticmethod
    def __new__(cls, inner: Tensor) -> StandinTensor:
        return Tensor._make_wrapper_subclass(
            cls,
            inner.size(),
            strides=inner.stride(),
            storage_offset=inner.storage_offset(),
            dtype=inner.dtype,
            device=torch.device(NAME, 0),
        )

    def __init__(self, inner: Tensor) -> None:
        self.inner = inner

    def __repr__(self, *, tensor_contents: object = None) -> str:
        return f"StandinTensor({self.inner})"

    @classmethod
    def __torch_dispatch__(
        cls,
        func: Any,
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        return _compute(func, args, dict(kwargs or {}))


class _Factories(TorchDispatchMode):
    """Sees the calls that make a tensor of the device out of none."""

    def __torch_dispatch__(
        self,
        func: Any,
        types: Sequence[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        return _compute(func, args, dict(kwargs or {}))


def install() -> None:
    """Let torch know the device."""
    _setup_privateuseone_for_python_backend(NAME)
    # A parameter that is moved stays itself, as on a GPU: a network may hold it twice.
    torch.__future__.set_swap_module_params_on_conversion(True)


@contextmanager
def standin_device() -> Iterator[torch.device]:
    """Open a block in which there is the device."""
    before = torch._C._only_lift_cpu_tensors()
    torch._C._set_only_lift_cpu_tensors(True)  # or `torch.tensor` would ask for a backend in C++
    try:
        with _Factories():
            yield torch.device(NAME)
    finally:
        torch._C._set_only_lift_cpu_tensors(before)


def _compute(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    tensors = _tensors((args, kwargs))
    given = any(isinstance(tensor, StandinTensor) for tensor in tensors)
    wanted = kwargs.get("device")
    returned = given if wanted is None else torch.device(wanted).type == NAME
    if not given and not returned:
        return func(*args, **kwargs)
    if returned:
        _refuse_what_a_gpu_does_not_do(func, args)
        if wanted is not None:
            kwargs["device"] = torch.device("cpu")
    if func.overloadpacket not in _OF_ANY_DEVICE:
        _require_one_device(func, args, tensors)
    inner_args, inner_kwargs = _pytree.tree_map_only(
        StandinTensor, lambda tensor: tensor.inner, (args, kwargs)
    )
    output = func(*inner_args, **inner_kwargs)
    if not returned:
        return output
    output = _pytree.tree_map_only(Tensor, StandinTensor, output)
    return return_and_correct_aliasing(func, args, kwargs, output) if given else output


def _tensors(values: object) -> list[Tensor]:
    return [leaf for leaf in _pytree.tree_leaves(values) if isinstance(leaf, Tensor)]


def _require_one_device(func: Any, args: tuple[Any, ...], tensors: Sequence[Tensor]) -> None:
    if func.overloadpacket in _INDEXED:
        tensors = _tensors((args[0], *args[2:]))  # without the indices
    devices = {tensor.device.type for tensor in tensors if tensor.dim()}
    if len(devices) > 1:
        raise RuntimeError(
            f"Expected all tensors to be on the same device, but found at least two devices, "
            f"{' and '.join(sorted(devices))}! ({func})"
        )


def _refuse_what_a_gpu_does_not_do(func: Any, args: tuple[Any, ...]) -> None:
    operator = func.overloadpacket
    if torch.Tag.nondeterministic_seeded in func.tags and operator not in _DROPOUT:
        raise RuntimeError(f"{func} draws on the device, where other numbers are drawn")
    if operator is _ATEN.native_batch_norm_backward and args[2] is None and any(args[9][1:]):
        raise RuntimeError("tensor does not have a device")
