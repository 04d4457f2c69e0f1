"""Global state that a plugin must leave as it found it, and the shared network likewise."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from harness.isolation import isolated_generators, one_thread, process_guard

if TYPE_CHECKING:
    from torch import nn

__all__ = ["changed_names", "describe_disturbance", "known_state", "network_state"]


@contextmanager
def known_state() -> Iterator[None]:
    """Put global state into a form that no plugin leaves by chance; restore the caller's after."""
    import torch

    before = process_guard().state()
    try:
        with isolated_generators(8731, torch.device("cpu")), one_thread():
            yield
    finally:
        before.put_back()


def network_state(network: nn.Module) -> dict[str, str]:
    """Describe a network's parameters, buffers, modes, gradients and hooks."""
    tensors = {
        f"tensor {name!r}": _digest((str(tensor.dtype), tensor.detach().cpu().numpy().tobytes()))
        for name, tensor in network.state_dict(keep_vars=True).items()
    }
    gradients = {
        f"gradient of {name!r}": str(parameter.grad is not None)
        for name, parameter in network.named_parameters()
    }
    modules = {
        f"module {name!r}": str(
            (
                module.training,
                len(module._forward_hooks),
                len(module._backward_hooks),
                "forward" in vars(module),
            )
        )
        for name, module in network.named_modules()
    }
    return tensors | gradients | modules


def changed_names(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Return the names of what differs."""
    return [name for name in before | after if before.get(name) != after.get(name)]


def describe_disturbance(act: Callable[[], object]) -> str:
    """Say what of the global state an action leaves changed, or nothing."""
    before = process_guard().state()
    act()
    changes = before.put_back()
    return f"it changes {', '.join(changes)}" if changes else ""


def _digest(content: object) -> str:
    return hashlib.sha256(pickle.dumps(content)).hexdigest()
