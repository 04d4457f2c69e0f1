"""The feature map of a network just before its global pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.errors import UnsupportedError
from harness.passes.network_call import call_network, watched_calls

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["feature_map_before_pool"]


def feature_map_before_pool(network: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Run the network and return the input of its last global average pool.

    That is the last call of an ``AdaptiveAvgPool2d`` with one output pixel. A network that pools
    in another way gives the last feature map of more than one pixel that any of its innermost
    modules returns.

    Returns:
        Feature map ``(n, channels, height, width)``.

    Raises:
        UnsupportedError: No innermost module returns a feature map.
    """
    from torch import nn

    pooled: list[torch.Tensor] = []
    latest: list[torch.Tensor] = []

    def see(module: nn.Module, inputs: list[torch.Tensor], output: torch.Tensor) -> None:
        if isinstance(module, nn.AdaptiveAvgPool2d) and output.shape[-2:] == (1, 1):
            pooled[:] = [inputs[0]]
        elif output.dim() == 4 and output.shape[-2:] != (1, 1):
            latest[:] = [output]

    innermost = [module for module in network.modules() if next(module.children(), None) is None]
    with watched_calls(innermost, see):
        call_network(network, images)
    if not pooled and not latest:
        raise UnsupportedError(f"{type(network).__name__} has no feature map of four dimensions")
    return (pooled or latest)[0]
