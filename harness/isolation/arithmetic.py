"""How a GPU computes: to the precision of its numbers, and in one order."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import torch

__all__ = ["reproducible_arithmetic"]

_Setting: TypeAlias = tuple[object, str, object]
"""An object, the name of its attribute, and a value of that."""


@contextmanager
def reproducible_arithmetic(device: torch.device) -> Iterator[None]:
    """Let a GPU compute in a block to the precision of its numbers, and in one order.

    As torch comes, convolutions on recent GPUs round their float32 factors to 10 bits (TF32), which
    shifts scores by about a thousandth; and some operators add up in whatever order threads finish.
    Those of which torch has no other form stay as they are, without its warning. What was set
    before is set again after the block. On a processor nothing is to be done.

    Args:
        device: What computes.
    """
    if device.type != "cuda":
        yield
        return
    import torch

    debug_mode = torch.get_deterministic_debug_mode()
    exact = _exact_settings()
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in exact]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="(?s).*(deterministic|TF32|tf32)")
        _set(exact)
        torch.set_deterministic_debug_mode("warn")
        try:
            yield
        finally:
            torch.set_deterministic_debug_mode(debug_mode)
            _set(before)


def _exact_settings() -> list[_Setting]:
    from torch.backends import cuda, cudnn
    from torch.utils import deterministic

    settings: list[_Setting] = [
        (cudnn, "benchmark", False),
        (cudnn, "deterministic", True),
        # Or every new tensor would be filled with NaN first, to show who reads what was not set.
        (deterministic, "fill_uninitialized_memory", False),
    ]
    if hasattr(cudnn, "conv"):  # torch 2.9 and later
        kinds = (cudnn.conv, cudnn.rnn, cuda.matmul)
        return [*settings, *((kind, "fp32_precision", "ieee") for kind in kinds)]
    return [*settings, (cudnn, "allow_tf32", False), (cuda.matmul, "allow_tf32", False)]


def _set(settings: Sequence[_Setting]) -> None:
    from torch.backends import cudnn

    if hasattr(cudnn, "conv"):
        # The older switch first: it sets these too, and torch cannot read it where it contradicts.
        precisions = {id(owner): value for owner, _, value in settings}
        cudnn.allow_tf32 = precisions[id(cudnn.conv)] == "tf32"
    for owner, name, value in settings:
        setattr(owner, name, value)
