"""Writers of notations that spaces read and never print; published files hold them."""

from __future__ import annotations

import json

from harness.core.architecture import Architecture
from harness.spaces import darts, nas_bench_101, nas_bench_201, nas_bench_graph
from harness.spaces.darts_topology import NODES, OPERATIONS
from harness.spaces.nas_bench_graph_topology import LINKS
from harness.spaces.nas_bench_graph_topology import OPERATIONS as GRAPH_OPERATIONS

_EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
_NASLIB_201 = ("skip_connect", "none", "nor_conv_3x3", "nor_conv_1x1", "avg_pool_3x3")
_NESTED_201 = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
_NASLIB_101 = ("input", "output", "maxpool3x3", "conv1x1-bn-relu", "conv3x3-bn-relu")


def naslib_nas_bench_201(architecture: Architecture) -> str:
    """Write NASLib's tuple, e.g. ``(4, 0, 3, 1, 4, 3)``."""
    named = dict(zip(_EDGES, nas_bench_201.operations(architecture), strict=True))
    return str(tuple(_NASLIB_201.index(named[edge]) for edge in sorted(_EDGES)))


def nested_nas_bench_201(architecture: Architecture) -> str:
    """Write nested lists, e.g. ``[[4],[1,0],[2,4,2]]``."""
    ids = [_NESTED_201.index(name) for name in nas_bench_201.operations(architecture)]
    return json.dumps([ids[:1], ids[1:3], ids[3:]], separators=(",", ":"))


def naslib_nas_bench_101(architecture: Architecture) -> str:
    """Write NASLib's tuple: the matrix row by row, then the numbers of the operations."""
    matrix, names = json.loads(matrix_nas_bench_101(architecture))
    entries = [entry for row in matrix for entry in row]
    return str((*entries, *(_NASLIB_101.index(name) for name in names)))


def matrix_nas_bench_101(architecture: Architecture) -> str:
    """Write ``[matrix, names]`` as JSON."""
    cell = nas_bench_101.cell(architecture)
    vertices = range(cell.output + 1)
    edges = set(cell.edges)
    matrix = [[int((source, target) in edges) for target in vertices] for source in vertices]
    return json.dumps([matrix, ["input", *cell.operations, "output"]])


def genotype_literal(architecture: Architecture) -> str:
    """Write ``Genotype(normal=[('sep_conv_3x3', 0), ...], ...)``."""
    cells, nodes = darts.genotype(architecture), list(NODES)
    return (
        f"Genotype(normal={list(cells.normal)}, normal_concat={nodes}, "
        f"reduce={list(cells.reduce)}, reduce_concat={nodes})"
    )


def naslib_darts(architecture: Architecture) -> str:
    """Write NASLib's pairs, ``(((0, 3), (1, 3), ...), ((0, 2), ...))``."""
    genotype = darts.genotype(architecture)
    return str(
        tuple(
            tuple((source, OPERATIONS.index(name)) for name, source in cell)
            for cell in (genotype.normal, genotype.reduce)
        )
    )


def key_nas_bench_graph(architecture: Architecture) -> int:
    """Return the benchmark's key: shape and four operations as digits."""
    tree = nas_bench_graph.tree(architecture)
    numbers = [GRAPH_OPERATIONS.index(name) for name in tree.operations]
    return int("".join(map(str, [LINKS.index(tree.links), *numbers])))
