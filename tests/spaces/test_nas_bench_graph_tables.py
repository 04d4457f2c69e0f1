import functools
import importlib.util
import pickle
import struct
from pathlib import Path

import pytest
import torch

from harness.core.architecture import Dataset
from harness.passes.counting import count_parameters
from harness.spaces.nas_bench_graph import SPACE
from tests.spaces.writers import key_nas_bench_graph

SIZES = {
    "cora": (1433, 7),
    "citeseer": (3703, 6),
    "pubmed": (500, 3),
    "cs": (6805, 15),
    "photo": (745, 8),
    "computers": (767, 10),
    "arxiv": (128, 40),
    "proteins": (8, 112),
}


class Numbers(pickle.Unpickler):
    """Knows numpy's scalars alone, and makes floats of them."""

    def find_class(self, module_name, global_name):
        return {
            ("numpy.core.multiarray", "scalar"): lambda _, data: struct.unpack("<d", data)[0],
            ("numpy", "dtype"): Dtype,
        }[module_name, global_name]


class Dtype:
    def __init__(self, *_):
        pass

    def __setstate__(self, state):
        pass


@pytest.fixture(scope="module")
def published():
    package = importlib.util.find_spec("nas_bench_graph")
    if package is None or package.origin is None:
        pytest.skip("the package nas-bench-graph is not installed")
    folder = Path(package.origin).parent / "light"

    @functools.cache
    def table(graph):
        with (folder / f"{graph}.bench").open("rb") as file:
            return Numbers(file).load()

    return table


@pytest.fixture(scope="module")
def members():
    return tuple(SPACE.enumerate())


@pytest.mark.parametrize(
    ("graph", "subset", "size"), [("cora", "all", 26_206), ("proteins", "proteins", 2_021)]
)
def test_the_keys_are_those_of_the_published_tables(published, graph, subset, size):
    ours = {key_nas_bench_graph(architecture) for architecture in SPACE.enumerate(subset)}
    assert len(ours) == size
    assert published(graph).keys() == ours


@pytest.mark.parametrize("name", SIZES)
def test_parameters_equal_the_published_ones(published, members, name):
    # 15 architectures of each graph. Physics is left out: some of its numbers are means over runs
    # of different networks.
    pytest.importorskip("torch_geometric", reason="torch_geometric is not installed")
    features, classes = SIZES[name]
    dataset = Dataset(name=name, shape=(features, 1, 1), classes=classes)
    table = published(name)
    trained = [member for member in members if key_nas_bench_graph(member) in table]
    for row in trained[7 :: len(trained) // 15]:
        with torch.device("meta"):
            network = SPACE.network(row, dataset)
        assert count_parameters(network) == pytest.approx(
            table[key_nas_bench_graph(row)]["para"] * 1e6, abs=1e-3
        )
