import hashlib

import numpy as np
import pytest

from harness.passes.subject import GRAPH
from harness.plugins.zero_cost.tg_nas import PLUGIN
from harness.spaces.registry import space, space_names
from harness.text_graphs.ensemble import SHIPPED, score_cells

WEIGHTS_OF_VERSION = {"1": "cb68712cfbb7c121"}
"""First digits of the SHA-256 of the weights: other weights are another version."""


def test_other_weights_are_another_version():
    digest = hashlib.sha256(SHIPPED.read_bytes()).hexdigest()
    assert WEIGHTS_OF_VERSION[PLUGIN.version] == digest[:16]


@pytest.mark.parametrize("name", space_names())
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
