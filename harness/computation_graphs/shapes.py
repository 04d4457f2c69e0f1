"""Which shapes an operator gives for which shapes, without numbers and each worked out once.

What torch needs to infer a shape takes longer than most small operators; a network asks for the
same few dozen again and again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Mapping
from typing import NamedTuple, cast

import torch
from torch import Tensor

__all__ = ["tensors", "without_values"]

_MOST = 65_536

# Tuples of types: a union is built anew whenever it is asked, and an abstract class asked last.
_ATOMS = (int, float, str, type(None), torch.dtype, torch.device)
_SEQUENCES = (list, tuple)


class _Shape(NamedTuple):
    """Stands for a tensor."""

    sides: tuple[int, ...]
    dtype: torch.dtype


def tensors(value: object) -> list[Tensor]:
    """Return the tensors of arguments or results, however they are nested."""
    collected: list[Tensor] = []
    _collect(value, collected)
    return collected


def _collect(value: object, collected: list[Tensor]) -> None:
    if isinstance(value, Tensor):
        collected.append(value)
    elif isinstance(value, _ATOMS):
        return
    elif isinstance(value, _SEQUENCES):
        for part in value:
            _collect(part, collected)
    elif isinstance(value, Mapping):
        for part in value.values():
            _collect(part, collected)


def without_values(
    function: Callable[..., object], args: tuple[object, ...], named: Mapping[str, object]
) -> object:
    """Return what an operator would return, on the device that stores nothing.

    Args:
        function: An operator that writes to none of its arguments.
        args: Its arguments; tensors may be on different devices.
        named: Its arguments by name; a device among them is not heeded.
    """
    kept = tuple((name, _question(value)) for name, value in named.items() if name != "device")
    return _filled(_asked(function, cast("tuple[Hashable, ...]", _question(args)), kept))


@functools.lru_cache(maxsize=_MOST)
def _asked(
    function: Callable[..., object],
    args: tuple[Hashable, ...],
    named: tuple[tuple[str, Hashable], ...],
) -> Hashable:
    given = [_filled(argument) for argument in args]
    return _question(function(*given, **{name: _filled(value) for name, value in named}))


def _question(value: object) -> Hashable:
    if isinstance(value, Tensor):
        return _Shape(tuple(value.shape), value.dtype)
    if isinstance(value, _SEQUENCES):
        return tuple([_question(part) for part in value])
    return value


def _filled(value: Hashable) -> object:
    if isinstance(value, _Shape):
        return torch.empty(value.sides, dtype=value.dtype, device="meta")
    if isinstance(value, tuple):
        return tuple(_filled(part) for part in value)
    return value
