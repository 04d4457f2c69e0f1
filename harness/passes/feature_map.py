"""The feature map of a network just before its global pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.errors import ContractError

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
        ContractError: No innermost module returns a feature map.
    """
    import torch
    from torch import nn

    pooled: list[torch.Tensor] = []
    latest: list[torch.Tensor] = []

    def watch(module: nn.Module, inputs: tuple[torch.Tensor, ...], output: object) -> None:
        if not isinstance(output, torch.Tensor):
            return
        if isinstance(module, nn.AdaptiveAvgPool2d) and output.shape[-2:] == (1, 1):
            pooled[:] = [inputs[0]]
        elif output.dim() == 4 and output.shape[-2:] != (1, 1):
            latest[:] = [output]

    innermost = [one for one in network.modules() if next(one.children(), None) is None]
    handles = [module.register_forward_hook(watch) for module in innermost]
    try:
        network(images)
    finally:
        for handle in handles:
            handle.remove()
    if not pooled and not latest:
        raise ContractError(f"{type(network).__name__} has no feature map of four dimensions")
    return (pooled or latest)[0]
