import numpy as np
import pytest

from harness.core.errors import UsageError
from harness.encodings import NO_SCORES, ScoreTable, encoding, subjects_of
from harness.encodings.kinds import join_subjects, kind_of
from harness.spaces.registry import space
from tests.space_files import TEN_SPACES


def drawn(name: str, n: int = 3, scores: ScoreTable = NO_SCORES):
    where, generator = space(name), np.random.default_rng(0)
    return subjects_of(name, [where.sample(generator) for _ in range(n)], scores)


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("nor_conv_3x3", "conv"),
        ("conv3x3-bn-relu", "conv"),
        ("sep_conv_5x5", "conv"),
        ("nor_conv_1x1", "conv1x1"),
        ("conv1x1-bn-relu", "conv1x1"),
        ("maxpool3x3", "pool"),
        ("avg_pool_3x3", "pool"),
        ("skip_connect", "skip"),
        ("identity", "skip"),
        ("none", "none"),
        ("gcn", "other"),
        ("output", "output"),
    ],
)
def test_names_of_all_spaces_become_kinds(operation: str, kind: str):
    assert kind_of(operation) == kind


@pytest.mark.parametrize("name", [name for name in TEN_SPACES if "graph" not in name])
def test_no_operation_of_a_convolutional_space_is_of_an_unknown_kind(name: str):
    for graph in drawn(name, 20).graphs:
        assert "other" not in {kind_of(operation) for operation in graph.operations}


def test_spaces_that_are_joined_share_their_columns():
    both = join_subjects(drawn("nas-bench-101"), drawn("darts"))
    features = encoding("counts").encode(both)
    assert set(features.columns) <= {f"cell.{kind}" for kind in
                                  ("conv", "conv1x1", "pool", "skip", "none", "edges")}  # fmt: skip
    assert both.n == 6


def test_tasks_of_one_space_keep_their_own_operations_and_cells():
    both = join_subjects(drawn("darts"), drawn("darts"))
    assert set(both.cells) == {"normal", "reduce"}
    assert "sep_conv_3x3" in {name for graph in both.graphs for name in graph.operations}


def test_of_zero_cost_scores_those_that_both_have_are_kept():
    first = ScoreTable(proxies=("a", "b"), values=np.array([[1.0, 2.0]]))
    second = ScoreTable(proxies=("b", "c"), values=np.array([[3.0, 4.0]]))
    both = join_subjects(drawn("nas-bench-101", 1, first), drawn("nas-bench-201", 1, second))
    assert both.scores.proxies == ("b",)
    assert both.scores.values.tolist() == [[2.0], [3.0]]


def test_no_proxy_in_common_is_said():
    first = ScoreTable(proxies=("a",), values=np.array([[1.0]]))
    second = ScoreTable(proxies=("b",), values=np.array([[3.0]]))
    with pytest.raises(
        UsageError, match="the two tasks have no zero-cost proxy in common: a and b"
    ):
        join_subjects(drawn("nas-bench-101", 1, first), drawn("nas-bench-201", 1, second))
