"""A computation graph in numbers that mean the same in every space.

They are to traced networks what GRAF (Kadlecová et al., ICML 2024) is to cells: counts, lengths of
paths and degrees, with sizes beside them, since traced operators have sizes. An operator that
stands for c equal ones in a row counts c times.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from harness.computation_graphs.graph import ComputationGraph
from harness.computation_graphs.kinds import Kind

__all__ = ["features_of"]

_KERNELS = (1, 3, 5, 7)
_HALVINGS = 5
"""Resolutions: that of the input, half of it, and so on; the last holds all that are smaller."""


def features_of(graph: ComputationGraph) -> Mapping[str, float]:
    """Describe a network by the same numbers whatever space it is of.

    Returns:
        By name: of all operators, of every kind and of every resolution how many there are and the
        logarithm of their weights (base 2, of one more); logarithms of multiply-accumulates and of
        the numbers that operators put out; widths; sizes of windows; lengths of the longest and the
        shortest path in operators and in operators with weights, the logarithm of the number of
        paths, joins and edges. All are finite.
    """
    counts = graph.column("count").astype(np.float64)
    weights = graph.column("weights") * counts
    weighted = graph.column("weights") > 0
    return (
        _sizes(graph, counts, weights)
        | _kinds(graph, counts, weights)
        | _resolutions(graph, counts, weights)
        | _widths(graph, counts * weighted)
        | _windows(graph, counts * weighted)
        | _paths(graph, counts, counts * weighted)
    )


def _log(value: float) -> float:
    return float(np.log2(1.0 + value))


def _pixels(graph: ComputationGraph) -> NDArray[np.float64]:
    """Return the positions that each operator computes, shape ``(n,)``, at least 1."""
    height, width = graph.column("height_out"), graph.column("width_out")
    return np.maximum(height, 1).astype(np.float64) * np.maximum(width, 1)


def _sizes(
    graph: ComputationGraph, counts: NDArray[np.float64], weights: NDArray[np.float64]
) -> dict[str, float]:
    pixels = _pixels(graph)
    outputs = pixels * np.maximum(graph.column("channels_out"), 1) * counts
    each = np.log2(1.0 + graph.column("weights"))
    return {
        "operators": float(counts.sum()),
        "layers": float(counts[weights > 0].sum()),
        "log weights": _log(weights.sum()),
        "log macs": _log((weights * pixels).sum()),
        "log outputs": _log(outputs.sum()),
        "sum of log weights": float((each * counts).sum()),
    }


def _kinds(
    graph: ComputationGraph, counts: NDArray[np.float64], weights: NDArray[np.float64]
) -> dict[str, float]:
    number = np.bincount(graph.kinds, counts, minlength=len(Kind))
    held = np.bincount(graph.kinds, weights, minlength=len(Kind))
    activated = (graph.column("activation_before") > 0) | (graph.column("activation_after") > 0)
    features = {f"{kind.name.lower()} operators": float(number[kind]) for kind in Kind}
    features |= {f"log {kind.name.lower()} weights": _log(held[kind]) for kind in Kind}
    features["activated"] = float(counts[activated].sum())
    features["normed"] = float((counts * graph.column("normed")).sum())
    return features


def _resolutions(
    graph: ComputationGraph, counts: NDArray[np.float64], weights: NDArray[np.float64]
) -> dict[str, float]:
    height = np.maximum(graph.column("height_out"), 1)
    first = max(int(graph.column("height_in")[0]), 1)
    halvings = np.clip(np.round(np.log2(first / height)), 0, _HALVINGS - 1).astype(np.int64)
    features = {}
    for resolution in range(_HALVINGS):
        own = halvings == resolution
        features[f"layers at 1/{2**resolution}"] = float(counts[own & (weights > 0)].sum())
        features[f"log weights at 1/{2**resolution}"] = _log(weights[own].sum())
    return features


def _widths(graph: ComputationGraph, layers: NDArray[np.float64]) -> dict[str, float]:
    widths = np.log2(np.maximum(graph.column("channels_out"), 1))
    groups = np.log2(np.maximum(graph.column("groups"), 1))
    own, total = widths[layers > 0], max(layers.sum(), 1.0)
    return {
        "mean log width": float((widths * layers).sum() / total),
        "largest log width": float(own.max(initial=0.0)),
        "smallest log width": float(own.min()) if own.size else 0.0,
        "mean log groups": float((groups * layers).sum() / total),
    }


def _windows(graph: ComputationGraph, layers: NDArray[np.float64]) -> dict[str, float]:
    height, width = graph.column("kernel_height"), graph.column("kernel_width")
    area = height * width
    features = {
        f"layers of kernel {size}": float(layers[(height == size) & (width == size)].sum())
        for size in _KERNELS
    }
    return features | {"mean window": float((area * layers).sum() / max(layers.sum(), 1.0))}


def _paths(
    graph: ComputationGraph, counts: NDArray[np.float64], layers: NDArray[np.float64]
) -> dict[str, float]:
    inputs = np.bincount(graph.edges[:, 1], minlength=graph.n)
    return {
        "longest path": _reach(graph, counts, longest=True),
        "shortest path": _reach(graph, counts, longest=False),
        "most layers on a path": _reach(graph, layers, longest=True),
        "fewest layers on a path": _reach(graph, layers, longest=False),
        "log paths": _log_paths(graph),
        "joins": float(counts[inputs > 1].sum()),
        "edges per operator": len(graph.edges) / graph.n,
    }


def _reach(graph: ComputationGraph, lengths: NDArray[np.float64], *, longest: bool) -> float:
    """Return the length of a path from the first operator to the last."""
    sign = 1.0 if longest else -1.0
    reached = np.full(graph.n, -np.inf)
    reached[0] = 0.0
    for source, target in _by_target(graph):
        reached[target] = max(reached[target], reached[source] + sign * lengths[target])
    return float(sign * reached[-1]) if np.isfinite(reached[-1]) else 0.0


def _log_paths(graph: ComputationGraph) -> float:
    """Return the logarithm, base 2, of the number of paths; a sum of logarithms never overflows."""
    logs = np.full(graph.n, -np.inf)
    logs[0] = 0.0
    for source, target in _by_target(graph):
        logs[target] = np.logaddexp2(logs[target], logs[source])
    return float(logs[-1]) if np.isfinite(logs[-1]) else 0.0


def _by_target(graph: ComputationGraph) -> list[tuple[int, int]]:
    """Return the edges so that all that lead to an operator stand before those that leave it."""
    order = np.argsort(graph.edges[:, 1], kind="stable")
    return [(int(source), int(target)) for source, target in graph.edges[order]]
