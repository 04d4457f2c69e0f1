"""Everything that a pass might leave changed in a network."""

from __future__ import annotations

import torch
from torch import nn


def state(network: nn.Module) -> list[object]:
    """Return tensors by identity and by value, modes and hooks."""
    tensors = [
        *network.named_parameters(remove_duplicate=False),
        *network.named_buffers(remove_duplicate=False),
        *((name, it) for m in network.modules() for name, it in vars(m).items()
          if isinstance(it, torch.Tensor)),
    ]  # fmt: skip
    return [
        [
            (name, id(it), it.dtype, it.requires_grad, it.grad, it.detach().double().tolist())
            for name, it in tensors
        ],
        [
            (id(module), module.training, len(module._forward_hooks), len(module._backward_hooks),
             len(module._forward_pre_hooks), len(module._forward_hooks_with_kwargs))
            for module in network.modules()
        ],
    ]  # fmt: skip
