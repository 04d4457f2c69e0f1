"""The parts that predictors are made of, by hand."""

import sys

import numpy as np
import pytest
import torch

from harness.core.architecture import CellGraph
from harness.core.errors import InfrastructureError
from harness.encodings import Features
from harness.plugins.graph_networks import pairwise, squared
from harness.plugins.predictors.ensemble import mean_of
from harness.plugins.predictors.flan import gated_flows
from harness.plugins.predictors.nn_former import sibling_encoder
from harness.plugins.predictors.random_forest import deviations_of_trees, random_forest
from harness.plugins.predictors.xgboost import boosted_trees
from harness.plugins.preparation import learn_narrowing
from harness.plugins.stacks import Member, stack_of
from harness.plugins.weisfeiler_lehman import cosines, label_counts
from harness.predictor import Inputs, Labelled, Predictions, inputs_of

CHAIN = CellGraph(operations=("input", "a", "b", "output"), edges=((0, 1), (1, 2), (2, 3)))
TURNED = CellGraph(operations=("input", "b", "a", "output"), edges=((0, 1), (1, 2), (2, 3)))


def test_graphs_of_the_same_operations_in_another_order_differ_after_one_round():
    assert cosines([CHAIN], [TURNED], 0) == pytest.approx(1.0)
    # nodes that see other neighbours have other labels: of 8 counts on each side, the four
    # of round 0 are shared, and none of round 1
    assert cosines([CHAIN], [TURNED], 1) == pytest.approx(4 / 8)


def test_the_numbering_of_nodes_does_not_matter_to_the_kernel():
    first = CellGraph(
        operations=("input", "a", "b", "output"), edges=((0, 1), (0, 2), (1, 3), (2, 3))
    )
    second = CellGraph(
        operations=("input", "b", "a", "output"), edges=((0, 1), (0, 2), (1, 3), (2, 3))
    )
    assert cosines([first], [second], 3) == pytest.approx(1.0)


def test_the_operation_none_is_taken_out_of_the_graph():
    cut = CellGraph(operations=("input", "none", "output"), edges=((0, 1), (1, 2), (0, 2)))
    direct = CellGraph(operations=("input", "output"), edges=((0, 1),))
    assert label_counts(cut, 2) == label_counts(direct, 2)


def test_a_kernel_matrix_has_ones_on_its_diagonal_and_is_symmetric():
    graphs = [CHAIN, TURNED]
    similarities = cosines(graphs, graphs, 2)
    assert np.diag(similarities) == pytest.approx([1, 1])
    assert np.array_equal(similarities, similarities.T)


def tensors(graphs, most=5):
    """Return graphs of operations by number and edges, padded as networks get them."""
    labels, edges = (
        torch.zeros(len(graphs), most, dtype=torch.int64),
        torch.zeros(len(graphs), most, most),
    )
    for row, (operations, links) in enumerate(graphs):
        labels[row, : len(operations)] = torch.tensor(operations)
        for source, target in links:
            edges[row, source, target] = 1
    return labels, edges


def untrained(build, *sizes):
    torch.manual_seed(0)
    return build(*sizes).eval()


FORK = ([1, 2, 3, 4], [(0, 1), (0, 2), (1, 3), (2, 3)])
FORK_TURNED = ([1, 3, 2, 4], FORK[1])
FORK_BACKWARDS = ([1, 2, 3, 4], [(target, source) for source, target in FORK[1]])
FORK_OTHER = ([1, 2, 5, 4], FORK[1])


@pytest.mark.parametrize("numbers", [0, 2])
def test_networks_see_graphs_and_neither_the_order_of_nodes_nor_absent_ones(numbers):
    network = untrained(gated_flows, 6, 5, 2) if numbers else untrained(sibling_encoder, 6, 5)
    given = [torch.ones(4, numbers)] if numbers else []
    fork, turned, backwards, other = network(
        *tensors([FORK, FORK_TURNED, FORK_BACKWARDS, FORK_OTHER]), *given
    ).tolist()
    assert turned == pytest.approx(fork, abs=1e-5)
    assert abs(backwards - fork) > 1e-3
    assert abs(other - fork) > 1e-3
    given = [part[:1] for part in given]
    assert network(*tensors([FORK], most=9), *given).item() == pytest.approx(fork, abs=1e-5)


def test_a_network_with_numbers_reads_them():
    network = untrained(gated_flows, 6, 5, 2)
    low, high = network(*tensors([FORK, FORK]), torch.tensor([[0.0, 0.0], [0.0, 3.0]])).tolist()
    assert low != pytest.approx(high, abs=1e-3)


@pytest.mark.parametrize("numbers", [0, 2])
def test_networks_read_what_describes_present_nodes(numbers):
    build, sizes = (gated_flows, (6, 5, 2)) if numbers else (sibling_encoder, (6, 5))
    network = untrained(build, *sizes, 8, 3)
    given = [torch.ones(3, numbers)] if numbers else []
    described = torch.zeros(3, 5, 3)
    described[1, 2] = 1.0  # a node of the fork
    described[2, 4] = 1.0  # an absent one
    plain, of_node, of_absent = network(*tensors([FORK] * 3), *given, described).tolist()
    assert abs(of_node - plain) > 1e-4
    assert of_absent == pytest.approx(plain, abs=1e-6)


def test_attention_sees_siblings_and_not_what_is_two_edges_away():
    network = untrained(sibling_encoder, 6, 5)
    seen = []
    network.layers[0].joining.register_forward_hook(lambda *call: seen.append(call[-1]))
    line = [(0, 1), (1, 2), (2, 3), (3, 4)]
    graphs = [FORK, FORK_OTHER, ([1, 2, 3, 2, 4], line), ([1, 2, 3, 5, 4], line)]
    network(*tensors(graphs))
    fork, fork_other, chain, chain_other = seen[0]
    # node 1 has no edge to node 2 of the fork, which another operation has, but a parent with it
    assert not torch.allclose(fork[1], fork_other[1], atol=1e-4)
    # and is two edges from node 3 of the line
    assert torch.allclose(chain[1], chain_other[1], atol=1e-6)
    assert not torch.allclose(chain[2], chain_other[2], atol=1e-4)


def test_the_feed_forward_part_passes_features_along_edges_both_ways():
    network = untrained(sibling_encoder, 6, 5)
    seen = []
    for layer in network.layers:
        torch.nn.init.zeros_(layer.joining.weight)  # nothing comes through attention
    network.layers[0].register_forward_hook(lambda *call: seen.append(call[-1]))
    line = [(0, 1), (1, 2), (2, 3), (3, 4)]
    network(*tensors([([1, 2, 3, 2, 4], line), ([1, 2, 5, 2, 4], line)]))
    first, second = seen[0]
    changed = [not torch.allclose(first[node], second[node], atol=1e-5) for node in range(5)]
    assert changed == [False, True, True, True, False]


def test_the_pairwise_loss_is_the_mean_over_ordered_pairs():
    # one pair, the second better, and its output lower by 1: log(1 + e)
    loss = pairwise(torch.tensor([1.0, 0.0]), torch.tensor([0.0, 5.0]))
    assert float(loss) == pytest.approx(np.log(1 + np.e))


def test_the_pairwise_loss_sees_nothing_but_order():
    outputs, targets = torch.tensor([0.3, -1.0, 2.0]), torch.tensor([1.0, 2.0, 3.0])
    assert pairwise(outputs, targets) == pairwise(outputs, targets**3)


def test_equal_targets_have_no_pairs_and_no_loss():
    assert float(pairwise(torch.tensor([1.0, 2.0]), torch.zeros(2))) == 0.0


def test_the_squared_loss_is_the_mean_of_squares():
    # (1 + 9) / 2
    assert float(squared(torch.tensor([1.0, 3.0]), torch.zeros(2))) == 5.0


def test_without_xgboost_one_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "xgboost", None)
    with pytest.raises(InfrastructureError, match=r"pip install 'nas-proxy-harness\[predictors\]'"):
        boosted_trees(np.zeros((10, 1)), np.arange(10.0), 0)


def test_the_unit_of_labels_changes_nothing_of_boosted_trees():
    generator = np.random.default_rng(0)
    features = generator.normal(size=(40, 3))
    labels = features[:, 0] + generator.normal(scale=0.1, size=40)
    shares = labels * 2.0**-12
    predicted = boosted_trees(features, labels, 0).predict(features)
    assert np.ptp(predicted) > 1
    assert boosted_trees(features, shares, 0).predict(features).tolist() == (
        (predicted * 2.0**-12).tolist()
    )


def test_the_unit_of_labels_changes_nothing_of_a_forest():
    # In seconds for nanoseconds: scikit-learn splits no node with a variance below 2.2e-16.
    generator = np.random.default_rng(0)
    features = generator.normal(size=(40, 3))
    labels = features[:, 0] + generator.normal(scale=0.1, size=40)
    forest, small = (
        random_forest(features, labels, 0),
        random_forest(features, labels * 2.0**-30, 0),
    )
    predicted, deviations = forest.predict(features), deviations_of_trees(forest, features)
    assert np.ptp(predicted) > 1
    assert small.predict(features).tolist() == (predicted * 2.0**-30).tolist()
    assert deviations_of_trees(small, features).tolist() == (deviations * 2.0**-30).tolist()


def test_boosted_trees_see_gaps_as_gaps():
    draw = Features(columns=("a",), values=np.array([[1.0], [np.nan]]))
    assert np.isnan(learn_narrowing(draw)(draw)).tolist() == [[False], [True]]


@pytest.fixture
def labelled(whole_of_201) -> Labelled:
    inputs = whole_of_201
    values = inputs.features.values[:, 0] + np.arange(inputs.n) / 1000
    none = inputs.rows(np.arange(0))
    return Labelled(inputs=inputs, labels=values, unlabelled=none)


@pytest.fixture(scope="module")
def whole_of_201() -> Inputs:
    from harness.encodings import encoding, subjects_of
    from harness.spaces.registry import space

    where, generator = space("nas-bench-201"), np.random.default_rng(0)
    cells = [where.sample(generator) for _ in range(40)]
    return inputs_of(subjects_of(where.name, cells), encoding("counts"))


def knows(labelled: Labelled, seed: int):
    return lambda inputs: inputs.features.values[:, 0]


def guesses(labelled: Labelled, seed: int):
    return lambda inputs: np.random.default_rng(1).normal(size=inputs.n)


def test_a_stack_follows_the_member_that_is_right_on_held_out_labels(labelled):
    stack = stack_of(
        Member(name="knows", fit=knows, in_unit=True),
        Member(name="guesses", fit=guesses, in_unit=False),
    )
    predicted = stack(labelled, 0)(labelled.inputs)
    assert np.corrcoef(predicted, labelled.labels)[0, 1] > 0.9


def test_a_member_predicts_its_held_out_labels_without_having_seen_them(labelled):
    seen = []

    def fit(part: Labelled, seed: int):
        seen.append(part.inputs.n)
        return lambda inputs: np.zeros(inputs.n)

    stack_of(Member(name="only", fit=fit, in_unit=False))(labelled, 0)
    # three folds of 40: two thirds each, and the whole draw at the end
    assert sorted(seen) == [26, 27, 27, 40]


def says(value, deviation):
    def fit(labelled: Labelled, seed: int):
        return lambda inputs: Predictions(
            values=np.full(inputs.n, value), deviations=np.full(inputs.n, deviation)
        )

    return fit


def test_an_ensemble_is_as_unsure_as_its_members_are_and_differ(labelled):
    fit = mean_of({"low": says(0.0, 1.0), "high": says(2.0, 3.0)})
    predicted = fit(labelled, 0)(labelled.inputs)
    assert predicted.values == pytest.approx(np.full(40, 1.0))
    # (1 + 9) / 2 of the members, and 1 between them
    assert predicted.deviations == pytest.approx(np.full(40, np.sqrt(6.0)))


def test_members_of_an_ensemble_draw_from_seeds_of_their_own(labelled):
    seeds = []

    def fit(part: Labelled, seed: int):
        seeds.append(seed)
        return says(0.0, 1.0)(part, seed)

    mean_of({"first": fit, "second": fit})(labelled, 3)
    assert len(set(seeds)) == 2
