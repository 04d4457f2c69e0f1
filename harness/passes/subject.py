"""The bare subject as passes: cell graph, images, labels, network."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from harness.computation_graphs import cell_of
from harness.core.architecture import CellGraph
from harness.core.errors import DataError, UnsupportedError
from harness.isolation import isolated_generators
from harness.passes.network_call import plain_network
from harness.passes.network_errors import require_real
from harness.passes.observation import Pass, PassContext

if TYPE_CHECKING:
    import torch
    from torch import nn

    from harness.batches.source import Inputs

__all__ = ["BUILD", "GRAPH", "INPUTS", "LABELS", "NETWORK"]


def _graph(context: PassContext) -> CellGraph:
    subject = context.subject
    try:
        return subject.space.graph(subject.architecture)
    except UnsupportedError:
        with isolated_generators(context.seed, subject.device):
            network = subject.space.network(subject.architecture, subject.dataset)
    try:
        return cell_of(plain_network(network), subject.batch.inputs)
    except DataError as error:
        raise UnsupportedError(str(error)) from error


def _inputs(context: PassContext) -> Inputs:
    context.images = context.subject.batch.size
    return context.subject.batch.inputs


def _labels(context: PassContext) -> torch.Tensor:
    labels = context.subject.batch.labels
    if labels is None:
        raise UnsupportedError("the batch has no labels")
    context.labels = len(labels)
    return labels


def _build(context: PassContext) -> Callable[[], nn.Module]:
    subject = context.subject

    def build() -> nn.Module:
        with isolated_generators(context.seed, subject.device):
            network = subject.space.network(subject.architecture, subject.dataset)
        if subject.real:
            require_real(network)
        return plain_network(network).to(subject.device).train()

    return build


def _network(context: PassContext) -> nn.Module:
    return context[BUILD]()


GRAPH = Pass(name="graph", compute=_graph)
"""The cell as a `CellGraph`; costs no network in a space whose architectures are cells.

Of a network that is no cell, the operators of one forward pass without numbers.

Shape: a `CellGraph`: an operation a node, and pairs of nodes. Unit: none.
"""

INPUTS = Pass(name="inputs", compute=_inputs)
"""A copy of the inputs of the batch; of images float32, normalised.

Of networks that take several inputs, a tuple of tensors, or tensors by name; token ids are int64.

Shape: tensor ``(n, ...)``, e.g. ``(n, channels, height, width)``. Unit: normalised pixels: mean 0
and deviation 1 by channel; token ids.
"""

LABELS = Pass(name="labels", compute=_labels)
"""A copy of the labels of the batch; a batch without labels is unsupported.

Shape: tensor ``(n, ...)``; int64 ``(n,)`` for classes of images. Unit: index of the class; of a
regression that of its values.
"""

BUILD = Pass(name="build", compute=_build)
"""A function that builds the network anew, in training mode, each time with the same weights.

For proxies that change what they look at; the weights are those of `NETWORK`. Of a network that
was given to ``torch.compile``, it is the one inside.

Shape: function without arguments that returns an ``nn.Module``. Unit: none.
"""

NETWORK = Pass(name="network", compute=_network, requires=(BUILD,))
"""The untrained network in training mode, initialised from the run's seed and the architecture.

Shared: whoever reads it leaves parameters, buffers, mode and hooks as they were found.

Shape: an ``nn.Module``. Unit: none.
"""
