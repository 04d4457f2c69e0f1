"""Global state that a plugin must leave as it found it, and the shared network likewise."""

from __future__ import annotations

import hashlib
import pickle
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

__all__ = ["changed", "disturbed", "global_state", "known_state", "network_state"]


def global_state() -> dict[str, str]:
    """Describe everything global that a proxy could disturb."""
    import numpy as np
    import torch

    return {
        "Python's random generator": _digest(random.getstate()),
        "numpy's global generator": _digest(np.random.get_state(legacy=False)),  # noqa: NPY002
        "torch's generator": _digest(torch.get_rng_state().numpy().tobytes()),
        "torch's default type": str(torch.get_default_dtype()),
        "torch's gradient mode": str(torch.is_grad_enabled()),
        "torch's number of threads": str(torch.get_num_threads()),
        "torch's deterministic mode": str(torch.are_deterministic_algorithms_enabled()),
    }


@contextmanager
def known_state() -> Iterator[None]:
    """Put global state into a form that no plugin leaves by chance; restore the caller's after."""
    import numpy as np
    import torch

    threads, gradients = torch.get_num_threads(), torch.is_grad_enabled()
    default, torch_state = torch.get_default_dtype(), torch.get_rng_state()
    python_state, numpy_state = random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        random.seed("the contract kit")
        np.random.seed(8731)  # noqa: NPY002 - the global generator is what is watched
        torch.set_num_threads(1)
        yield
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)  # noqa: NPY002
        torch.set_rng_state(torch_state)
        torch.set_default_dtype(default)
        torch.set_grad_enabled(gradients)
        torch.set_num_threads(threads)


def network_state(network: nn.Module) -> dict[str, str]:
    """Describe a network's parameters, buffers, modes, gradients and hooks."""
    tensors = {
        f"tensor {name!r}": _digest((str(one.dtype), one.detach().cpu().numpy().tobytes()))
        for name, one in network.state_dict(keep_vars=True).items()
    }
    gradients = {
        f"gradient of {name!r}": str(one.grad is not None)
        for name, one in network.named_parameters()
    }
    modules = {
        f"module {name!r}": str(
            (
                one.training,
                len(one._forward_hooks),
                len(one._backward_hooks),
                "forward" in vars(one),
            )
        )
        for name, one in network.named_modules()
    }
    return tensors | gradients | modules


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Return the names of what differs."""
    return [name for name in before | after if before.get(name) != after.get(name)]


def disturbed(act: Callable[[], object]) -> str:
    """Say what of the global state an action leaves changed, or nothing."""
    before = global_state()
    act()
    differs = changed(before, global_state())
    return f"it changes {', '.join(differs)}" if differs else ""


def _digest(content: object) -> str:
    return hashlib.sha256(pickle.dumps(content)).hexdigest()
