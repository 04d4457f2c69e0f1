"""The networks of NAS-Bench-Graph (Qin et al., NeurIPS 2022), of torch_geometric's layers.

Skeleton: on some graphs a linear layer before the four operations; an operation that reads the
graph's own features takes them as they are, any other normalises them over the nodes and applies a
ReLU first; the outputs that no operation reads, concatenated; ReLU; linear, on some graphs two. The
width and the linear layers of each graph follow from the numbers of parameters that the benchmark
publishes; the networks have just as many.

Deviations: there is no dropout, whose rate is not published with the tables. The attention has four
heads, as in the authors' code; the published package says two, which costs the same. On proteins,
where the authors switch off the normalisation inside ``gcn``, it is on as everywhere.

The benchmark makes a batch norm for every operation, also for those that read the features
themselves; it is here, too, and without use.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from types import ModuleType

import torch
from torch import Tensor, nn

from harness.core.architecture import Dataset
from harness.core.errors import DataError, UsageError, unknown_name
from harness.spaces.nas_bench_graph_topology import Tree, leaves

__all__ = ["Cell", "Network", "build"]

_HEADS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Skeleton:
    """Width of the hidden layers; whether a linear layer comes before and another one after."""

    width: int
    before: bool
    after: bool


_SKELETONS = {
    "cora": _Skeleton(width=256, before=False, after=True),
    "citeseer": _Skeleton(width=256, before=False, after=True),
    "pubmed": _Skeleton(width=128, before=False, after=False),
    "cs": _Skeleton(width=128, before=True, after=False),
    "physics": _Skeleton(width=256, before=True, after=False),
    "photo": _Skeleton(width=128, before=False, after=False),
    "computers": _Skeleton(width=64, before=True, after=True),
    "arxiv": _Skeleton(width=128, before=False, after=True),
    "proteins": _Skeleton(width=256, before=True, after=True),
}


def build(tree: Tree, dataset: Dataset) -> Network:
    """Build the network for one of the nine graphs.

    Args:
        tree: The architecture.
        dataset: Its name is the graph, `channels` the number of features of a node; height and
            width do not count.

    Returns:
        A module from features ``(nodes, channels)`` and edges ``(2, edges)`` to logits ``(nodes,
        classes)``.

    Raises:
        UsageError: torch_geometric is not installed or the graph is none of the nine.
    """
    if dataset.name not in _SKELETONS:
        raise unknown_name("graph", dataset.name, _SKELETONS)
    return Network(tree, dataset, _SKELETONS[dataset.name])


class Network(nn.Module):
    """Linear layers around the searched cell."""

    def __init__(self, tree: Tree, dataset: Dataset, skeleton: _Skeleton) -> None:
        super().__init__()
        width = skeleton.width
        self.before = nn.Linear(dataset.channels, width) if skeleton.before else None
        self.cell = Cell(
            tree,
            width if skeleton.before else dataset.channels,
            width,
            original=not skeleton.before,
        )
        gathered = len(leaves(tree.links)) * width
        outputs = [width, dataset.classes] if skeleton.after else [dataset.classes]
        inputs = [gathered, *outputs[:-1]]
        self.after = nn.Sequential(
            nn.ReLU(), *(nn.Linear(a, b) for a, b in zip(inputs, outputs, strict=True))
        )

    def forward(self, features: Tensor, edges: Tensor) -> Tensor:
        """Classify the nodes of a graph.

        Args:
            features: Of the nodes, ``(nodes, channels)``.
            edges: Source and target of each edge, ``(2, edges)``, int64.
        """
        hidden = features if self.before is None else self.before(features)
        logits: Tensor = self.after(self.cell(hidden, edges))
        return logits


class Cell(nn.Module):
    """The four operations; `original` says that the cell's input are the graph's own features."""

    is_cell = True

    def __init__(self, tree: Tree, channels: int, width: int, *, original: bool) -> None:
        super().__init__()
        layers = _layers()
        self._links = tree.links
        self._leaves = leaves(tree.links)
        self._original = [original]
        self.operations = nn.ModuleDict()
        for node, (name, read) in enumerate(zip(tree.operations, tree.links, strict=True), start=1):
            self._original.append(self._original[read] and name == "skip")
            if name != "skip":
                size = channels if self._original[read] else width
                module = _operation(layers, name, size, width)
                self.operations[f"operation_{node}"] = module
        self.norms = nn.ModuleList(nn.BatchNorm1d(width) for _ in tree.links)
        self.relus = nn.ModuleList(nn.ReLU() for _ in tree.links)

    def forward(self, features: Tensor, edges: Tensor) -> Tensor:
        """Compute ``(nodes, leaves x width)`` from features ``(nodes, channels)``."""
        states = [features]
        for node, read in enumerate(self._links, start=1):
            state = states[read]
            if not self._original[read]:
                state = self.relus[node - 1](self.norms[node - 1](state))
            label = f"operation_{node}"
            if label in self.operations:
                module = self.operations[label]
                state = module(state) if isinstance(module, nn.Linear) else module(state, edges)
            states.append(state)
        return torch.cat([states[leaf] for leaf in self._leaves], dim=1)


def _layers() -> ModuleType:
    try:
        return importlib.import_module("torch_geometric.nn")
    except ModuleNotFoundError as error:
        raise UsageError(
            "networks of NAS-Bench-Graph need torch_geometric; pip install torch_geometric"
        ) from error


def _operation(layers: ModuleType, name: str, source: int, target: int) -> nn.Module:
    module: nn.Module
    match name:
        case "gat":
            module = layers.GATConv(source, target // _HEADS, _HEADS)
        case "gcn":
            module = layers.GCNConv(source, target)
        case "gin":
            module = layers.GINConv(nn.Linear(source, target))
        case "cheb":
            module = layers.ChebConv(source, target, K=2)
        case "sage":
            module = layers.SAGEConv(source, target)
        case "arma":
            module = layers.ARMAConv(source, target)
        case "graph":
            module = layers.GraphConv(source, target)
        case "fc":
            module = nn.Linear(source, target)
        case _:
            raise DataError(f"unknown NAS-Bench-Graph operation {name!r}")
    return module
