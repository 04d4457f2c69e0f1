import hashlib

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import harness
from harness.computation_graphs import SENTENCES
from harness.core.architecture import CellGraph
from harness.core.errors import UnsupportedError
from harness.passes.subject import GRAPH
from harness.plugins.zero_cost.tg_nas import PLUGIN
from harness.spaces.registry import space
from harness.text_graphs.ensemble import SHIPPED, score_cells
from harness.text_graphs.vectors import stored_vectors
from tests.space_files import TEN_SPACES

WEIGHTS_OF_VERSION = {"1": "cb68712cfbb7c121"}
"""First digits of the SHA-256 of the weights: other weights are another version."""


def test_other_weights_are_another_version():
    digest = hashlib.sha256(SHIPPED.read_bytes()).hexdigest()
    assert WEIGHTS_OF_VERSION[PLUGIN.version] == digest[:16]


@pytest.mark.parametrize("name", TEN_SPACES)
def test_one_network_scores_the_cells_of_every_space(name):
    searched = space(name)
    generator = np.random.default_rng(0)
    graphs = [searched.graph(searched.sample(generator)) for _ in range(8)]
    scores = score_cells(graphs)
    assert np.isfinite(scores).all()
    assert len(set(scores.tolist())) > 1


def test_cells_at_once_have_the_scores_that_they_have_alone():
    searched = space("nas-bench-201")
    generator = np.random.default_rng(0)
    cells = [searched.sample(generator) for _ in range(3)]
    together = PLUGIN.score_cells([searched.graph(cell) for cell in cells])
    alone = [PLUGIN.score({GRAPH: searched.graph(cell)}) for cell in cells]
    assert together.tolist() == pytest.approx(alone, rel=1e-12)


class Tokens(nn.Module):
    """Attention over tokens, as no cell of a space has it."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(20, 8)
        self.mixed = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu")
        self.head = nn.Linear(8, 3)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.head(self.mixed(self.embedding(tokens)).mean(dim=1))


class Picky(Tokens):
    def forward(self, tokens: Tensor) -> Tensor:
        return super().forward(tokens if tokens.sum() > 0 else -tokens)


@pytest.mark.parametrize(("network", "status"), [(Tokens(), "scored"), (Picky(), "unsupported")])
def test_a_network_that_is_no_cell_is_read_as_its_traced_operators(network, status):
    tokens, labels = torch.ones(4, 6, dtype=torch.int64), torch.tensor([0, 1, 2, 0])
    frame = harness.frame(harness.score(network, tokens, labels, proxies=["tg_nas"]))
    assert frame["status"].tolist() == [status]
    assert ("cannot be traced" in frame["reason"][0]) is (status == "unsupported")


def test_every_sentence_of_traced_operators_has_a_stored_vector():
    assert set(stored_vectors()) >= SENTENCES


def test_an_operator_without_words_is_unsupported():
    graph = CellGraph(operations=("input", "my_operation", "output"), edges=((0, 1), (1, 2)))
    with pytest.raises(UnsupportedError, match="'my_operation' has no description in words"):
        score_cells([graph])
