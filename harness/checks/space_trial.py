"""One space, some of its architectures and their networks, as its rules see them."""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from harness.batches.drawing import BatchRequest, draw_batch
from harness.batches.source import Batch
from harness.core.architecture import Architecture
from harness.core.errors import UsageError
from harness.execution.executor import Executor
from harness.isolation import isolated_generators
from harness.passes.network_call import run_network
from harness.spaces.registry import LoadedSpace

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["SpaceTrial"]

_LISTED = 2000
"""Architectures that are listed at most; a space with fewer is known as a whole."""

_SAMPLES = 6
_DRAWS = 200
_BATCH_SIZE = 4


class SpaceTrial:
    """Some architectures of one space, drawn by its own function.

    Args:
        loaded: The space.
        executor: Where one network is scored as in a run.
    """

    def __init__(self, loaded: LoadedSpace, executor: Executor) -> None:
        self.loaded, self.space, self.executor = loaded, loaded.space, executor

    @cached_property
    def samples(self) -> tuple[Architecture, ...]:
        """Up to six different architectures."""
        drawn = self.drawn(_DRAWS)
        return tuple(islice(dict.fromkeys(drawn), _SAMPLES))

    @cached_property
    def listed(self) -> tuple[Architecture, ...]:
        """The first listed architectures; none where the space lists none."""
        try:
            return tuple(islice(self.space.enumerate(), _LISTED + 1))
        except UsageError:
            return ()

    @property
    def members(self) -> frozenset[Architecture]:
        """All architectures; none where they are too many, or not listed."""
        return frozenset(self.listed) if len(self.listed) <= _LISTED else frozenset()

    @cached_property
    def batch(self) -> Batch:
        """Noise in the shape of the space's own data set."""
        return draw_batch(
            BatchRequest(source="noise", size=_BATCH_SIZE), self.space.dataset, 0
        ).tensors()

    def drawn(self, count: int, seed: int = 0) -> list[Architecture]:
        """Draw architectures, some of which may be equal."""
        import numpy as np

        generator = np.random.default_rng(seed)
        return [self.space.sample(generator) for _ in range(count)]

    def network(self, architecture: Architecture, seed: int = 0) -> nn.Module:
        """Build a network in training mode from a seed."""
        import torch

        with isolated_generators(seed, torch.device("cpu")):
            return self.space.network(architecture, self.space.dataset).train()

    def output(self, network: nn.Module) -> torch.Tensor:
        """Return what a network makes of the batch."""
        import torch

        with torch.no_grad(), isolated_generators(0, torch.device("cpu")):
            return run_network(network, self.batch.inputs)
