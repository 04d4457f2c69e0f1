"""What is checked of the networks of several spaces, each on texts of its own."""

import torch
from torch import Tensor, nn


def assert_layers_are_called_once(network: nn.Module, images: Tensor) -> None:
    """Let hooks see every layer once, and no later layer change what they saw."""
    containers = nn.ModuleDict | nn.ModuleList
    leaves = [
        layer
        for layer in network.modules()
        if not list(layer.children()) and not isinstance(layer, containers)
    ]
    seen = []
    for layer in leaves:
        layer.register_forward_hook(
            lambda module, _inputs, output: seen.append((module, output, output.clone()))
        )
    network(images)
    called = [module for module, _, _ in seen]
    assert len(called) == len(set(called))
    assert set(called) == set(leaves)
    assert all(torch.equal(output, copy) for _, output, copy in seen)
    assert not any(getattr(leaf, "inplace", False) for leaf in leaves)


def assert_same_in_double_precision(network: nn.Module, images: Tensor) -> None:
    logits = network.eval()(images)
    doubled = network.double()(images.double())
    torch.testing.assert_close(doubled.float(), logits, rtol=1e-4, atol=1e-4)
