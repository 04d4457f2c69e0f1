"""What is taken out of a graph, on graphs small enough to see."""

from hypothesis import given
from hypothesis import strategies as st

from harness.computation_graphs.kinds import Kind
from harness.computation_graphs.operator import Operator, rewire
from harness.computation_graphs.simplification import count_repeats, simplify

SIZE = (8, 8, 4)


def operator(kind: Kind, *inputs: int, weights: int = 0) -> Operator:
    return Operator(kind, inputs, SIZE, SIZE, weights=weights)


def shown(operators: tuple[Operator, ...]) -> list[tuple[str, tuple[int, ...]]]:
    return [(node.kind.name, node.inputs) for node in operators]


def test_a_sum_of_sums_is_one_sum():
    graph = [
        operator(Kind.INPUT),
        operator(Kind.CONVOLUTION, 0, weights=1),
        operator(Kind.CONVOLUTION, 0, weights=2),
        operator(Kind.ADD, 1, 2),
        operator(Kind.ADD, 3, 0),
        operator(Kind.OUTPUT, 4),
    ]
    assert shown(simplify(graph)) == [
        ("INPUT", ()),
        ("CONVOLUTION", (0,)),
        ("CONVOLUTION", (0,)),
        ("ADD", (1, 2, 0)),
        ("OUTPUT", (3,)),
    ]


def test_a_sum_that_another_operator_reads_too_stays():
    graph = [
        operator(Kind.INPUT),
        operator(Kind.CONVOLUTION, 0),
        operator(Kind.ADD, 0, 1),
        operator(Kind.SOFTMAX, 2),
        operator(Kind.ADD, 2, 3),
        operator(Kind.OUTPUT, 4),
    ]
    assert [node.kind for node in simplify(graph)].count(Kind.ADD) == 2


def test_a_sum_of_an_operator_with_itself_is_passed_over():
    graph = [operator(Kind.INPUT), operator(Kind.ADD, 0, 0), operator(Kind.OUTPUT, 1)]
    assert shown(simplify(graph)) == [("INPUT", ()), ("OUTPUT", (0,))]


def test_zeros_and_what_is_computed_of_them_alone_go():
    graph = [
        operator(Kind.INPUT),
        operator(Kind.ZERO, 0),
        operator(Kind.CONVOLUTION, 1),
        operator(Kind.CONVOLUTION, 0, weights=7),
        operator(Kind.ADD, 2, 3),
        operator(Kind.OUTPUT, 4),
    ]
    simple = simplify(graph)
    assert shown(simple) == [("INPUT", ()), ("CONVOLUTION", (0,)), ("OUTPUT", (1,))]
    assert simple[1].weights == 7


def test_a_product_with_zeros_is_zero():
    graph = [
        operator(Kind.INPUT),
        operator(Kind.ZERO, 0),
        operator(Kind.MULTIPLY, 0, 1),
        operator(Kind.OUTPUT, 2),
    ]
    assert shown(simplify(graph)) == [("INPUT", ()), ("OUTPUT", ())]


def test_a_norm_and_an_activation_are_folded_into_the_convolution_before_them():
    graph = [
        operator(Kind.INPUT),
        operator(Kind.CONVOLUTION, 0, weights=5),
        operator(Kind.NORM, 1, weights=8),
        operator(Kind.RELU, 2),
        operator(Kind.OUTPUT, 3),
    ]
    simple = simplify(graph)
    assert shown(simple) == [("INPUT", ()), ("CONVOLUTION", (0,)), ("OUTPUT", (1,))]
    assert (simple[1].normed, simple[1].activation_after, simple[1].weights) == (
        True,
        Kind.RELU,
        13,
    )


def test_an_activation_of_a_sum_is_folded_into_the_convolution_after_it():
    graph = [
        operator(Kind.INPUT),
        operator(Kind.SOFTMAX, 0),
        operator(Kind.ADD, 0, 1),
        operator(Kind.RELU, 2),
        operator(Kind.CONVOLUTION, 3),
        operator(Kind.OUTPUT, 4),
    ]
    simple = simplify(graph)
    assert shown(simple)[3] == ("CONVOLUTION", (2,))
    assert simple[3].activation_before == Kind.RELU


def test_an_activation_that_two_operators_read_stays_where_it_is():
    graph = [
        operator(Kind.INPUT),
        operator(Kind.RELU, 0),
        operator(Kind.CONVOLUTION, 1, weights=1),
        operator(Kind.CONVOLUTION, 1, weights=2),
        operator(Kind.ADD, 2, 3),
        operator(Kind.OUTPUT, 4),
    ]
    assert "RELU" in [name for name, _ in shown(simplify(graph))]


def block(start: int, weights: int = 1) -> list[Operator]:
    """Two branches from the operator before it and their sum."""
    before = start - 1
    return [
        operator(Kind.CONVOLUTION, before, weights=weights),
        operator(Kind.MAX_POOL, before),
        operator(Kind.ADD, start, start + 1),
    ]


@given(st.integers(1, 9))
def test_equal_blocks_in_a_row_are_one_that_is_counted(times: int):
    graph = [operator(Kind.INPUT)]
    for _ in range(times):
        graph += block(len(graph))
    graph.append(operator(Kind.OUTPUT, len(graph) - 1))
    shortened = count_repeats(graph)
    assert [node.kind.name for node in shortened] == [
        "INPUT",
        "CONVOLUTION",
        "MAX_POOL",
        "ADD",
        "OUTPUT",
    ]
    assert {node.times for node in shortened[1:-1]} == {times}


def test_blocks_that_differ_in_one_attribute_stay_apart():
    graph = [operator(Kind.INPUT), *block(1), *block(4, weights=2), operator(Kind.OUTPUT, 6)]
    assert len(count_repeats(graph)) == len(graph)


def test_a_block_that_is_read_from_afar_is_no_repetition():
    # the output reads the first block beside the second
    graph = [operator(Kind.INPUT), *block(1), *block(4), operator(Kind.OUTPUT, 3, 6)]
    assert len(count_repeats(graph)) == len(graph)


def test_taking_an_operator_out_numbers_the_others_anew():
    graph = [
        operator(Kind.INPUT),
        operator(Kind.RELU, 0),
        operator(Kind.TANH, 0),
        operator(Kind.OUTPUT, 1, 2),
    ]
    assert shown(rewire(graph, [0, None, 2, 3])) == [
        ("INPUT", ()),
        ("TANH", (0,)),
        ("OUTPUT", (1,)),
    ]
    assert shown(rewire(graph, [0, 0, 2, 3]))[-1] == ("OUTPUT", (0, 1))
