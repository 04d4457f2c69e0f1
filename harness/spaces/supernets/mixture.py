"""Mixtures: the modules of a supernet that hold several operations and add up what they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from harness.core.errors import UsageError
from harness.spaces.supernets.supernet import Removal, State

__all__ = ["FreshNorms", "Mixture", "MixtureOfInputs", "Nothing", "Witnessed", "hold"]


class Nothing(nn.Module):
    """Zeros, at the resolution that a stride leaves."""

    def __init__(self, stride: int = 1) -> None:
        super().__init__()
        self._stride = stride

    def forward(self, images: Tensor) -> Tensor:
        """Return zeros for feature maps ``(n, channels, height, width)``."""
        return images[:, :, :: self._stride, :: self._stride] * 0


class Witnessed(nn.Module):
    """A module beside a ReLU that sees the same input and whose output nobody uses.

    The release of Zero-Cost-PT hooks every module with ReLU in the name of its class, and so the
    container of ReLU, convolution and batch norm too: what enters it is counted twice, and counted
    as it was before the operation was masked. The second ReLU brings that about.
    """

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.witness = nn.ReLU()
        self.inner = inner

    def forward(self, images: Tensor, *, blocked: bool = False) -> Tensor:
        """Compute the inner module, on zeros where it is blocked."""
        self.witness(images)
        output: Tensor = self.inner(images * 0 if blocked else images)
        return output


class Mixture(nn.Module):
    """The options of one choice, all of the same input.

    Args:
        choice: Name of the choice.
        options: A module for each option.
        removal: How an option is taken away.
    """

    def __init__(self, choice: str, options: Mapping[str, nn.Module], removal: Removal) -> None:
        super().__init__()
        self.choice = choice
        self._everything = {_key(name): option for name, option in options.items()}
        self._weights = dict.fromkeys(self._everything, 1.0)
        self._removal = removal
        self.options = nn.ModuleDict(self._everything)

    def hold(self, weights: Mapping[str, float]) -> None:
        """Take away the options that have no weight here, and give the others theirs."""
        self._weights = {_key(name): weight for name, weight in weights.items()}
        if self._removal is Removal.DELETED:
            self.options = nn.ModuleDict({name: self._everything[name] for name in self._weights})

    def forward(self, images: Tensor) -> Tensor:
        """Return the weighted sum of the options on ``(n, channels, height, width)``."""
        return self._sum(dict.fromkeys(self.options, images))

    def _sum(self, inputs: Mapping[str, Tensor]) -> Tensor:
        total: Tensor | None = None
        for name, module in self.options.items():
            if len(self.options) > 1 and isinstance(module, Nothing):
                continue
            weight = self._weights.get(name, 0.0)
            term = self._output(module, inputs[name], blocked=not weight)
            if total is None:
                total = term if weight == 1 else term * weight
            else:
                total = torch.add(total, term, alpha=weight)
        if total is None:
            raise UsageError(f"nothing is left of {self.choice}; keep at least one option")
        return total

    def _output(self, module: nn.Module, images: Tensor, *, blocked: bool) -> Tensor:
        output: Tensor
        if isinstance(module, Witnessed):
            output = module(images, blocked=blocked)
        else:
            output = module(images * 0 if blocked else images)
        return output


class MixtureOfInputs(Mixture):
    """The options of one choice, each with an input of its own."""

    def forward(self, images: Sequence[Tensor]) -> Tensor:  # type: ignore[override]
        """Return the weighted sum; inputs are named by their numbers."""
        return self._sum({name: images[int(name[1:])] for name in self.options})


class FreshNorms(nn.Module):
    """A network whose batch norms keep the statistics that they start with, mean 0, variance 1."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def train(self, mode: bool = True) -> FreshNorms:
        """Set the mode of everything but batch norms, which stay in evaluation mode."""
        super().train(mode)
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
        return self

    def forward(self, images: Tensor) -> Tensor:
        """Compute the network."""
        output: Tensor = self.network(images)
        return output


def hold(network: nn.Module, state: State) -> None:
    """Make a supernet's network have the operations of a state, and no others."""
    for module in network.modules():  # lazily: what comes back is visited too
        if isinstance(module, Mixture) and module.choice in state.weights:
            module.hold(state.weights[module.choice])


def _key(option: str) -> str:
    """Return a name for a sub-module: inputs are numbers, which are no names."""
    return f"_{option}"
