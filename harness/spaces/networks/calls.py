"""What a hook of a module may read of one call, however the arguments were given."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping

from torch import Tensor, nn

__all__ = ["tensor_arguments"]


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
