"""Architectures as logs, numpy 2, JSON and other packages print them: read rightly or refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.errors import DataError
from harness.spaces.literal import read_literal
from harness.spaces.registry import space

NAMES = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
CELL = "|avg_pool_3x3~0|+|skip_connect~0|none~1|+|nor_conv_1x1~0|avg_pool_3x3~1|nor_conv_3x3~2|"
# NASLib: 0 skip, 1 none, 2 conv 3x3, 3 conv 1x1, 4 pool on (0,1) (0,2) (0,3) (1,2) (1,3) (2,3).
IDS = (4, 0, 3, 1, 4, 2)
PAIRS = (
    (("avg_pool_3x3", 0),),
    (("skip_connect", 0), ("none", 1)),
    (("nor_conv_1x1", 0), ("avg_pool_3x3", 1), ("nor_conv_3x3", 2)),
)
BY_EDGE = {
    "0_1": "avg_pool_3x3",
    "0_2": "skip_connect",
    "1_2": "none",
    "0_3": "conv_1x1",
    "1_3": "avg_pool_3x3",
    "2_3": "conv_3x3",
}

MATRIX = [[0, 1, 1, 0], [0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0]]
VERTICES = ["input", "conv3x3-bn-relu", "maxpool3x3", "output"]
VERTEX_CELL = "conv3x3:0|maxpool3x3:01|output:12"

CHOICES = [
    ("sep_conv_3x3", 0), ("sep_conv_3x3", 1), ("skip_connect", 0), ("sep_conv_5x5", 1),
    ("max_pool_3x3", 0), ("dil_conv_3x3", 2), ("avg_pool_3x3", 0), ("dil_conv_5x5", 4),
]  # fmt: skip
PARTS = {
    "normal": CHOICES,
    "normal_concat": [2, 3, 4, 5],
    "reduce": [CHOICES[1], CHOICES[0], *CHOICES[2:]],
    "reduce_concat": [2, 3, 4, 5],
}
GENOTYPE = f"Genotype({', '.join(f'{name}={part}' for name, part in PARTS.items())})"


def in_numpy(value: object) -> str:
    """Write a value as ``str`` does where its numbers are of numpy."""
    match value:
        case int() | float() | bool() | str():
            return repr(np.asarray(value)[()])
        case [*items]:
            written = ", ".join(in_numpy(item) for item in items)
            return f"[{written}]" if isinstance(value, list) else f"({written},)"
        case _:
            raise TypeError(value)


READ = {
    "nas-bench-201": {
        "numpy integers": (in_numpy(IDS), CELL),
        "integers of numpy by its whole name": (in_numpy(IDS).replace("np.", "numpy."), CELL),
        "six ids in square brackets": (str(list(IDS)), CELL),
        "nested ids in round brackets": ("((4,), (1, 0), (2, 4, 3))", CELL),
        "blanks around plus": (CELL.replace("+", " + "), CELL),
        "blanks around everything": (
            CELL.replace("|", " | ").replace("~", " ~ ").replace("+", " + "),
            CELL,
        ),
        "a structure of AutoDL": (f"Structure(4 nodes with {CELL})", CELL),
        "pairs of AutoDL": (str(PAIRS), CELL),
        "pairs in square brackets": (json.dumps(PAIRS), CELL),
        "edges of NNI": (json.dumps(BY_EDGE), CELL),
        "edges in another order": (str(dict(reversed(BY_EDGE.items()))), CELL),
    },
    "nas-bench-101": {
        "numbers of numpy": (in_numpy([MATRIX, VERTICES]), VERTEX_CELL),
        "a matrix of floats": (
            str([[[float(entry) for entry in row] for row in MATRIX], VERTICES]),
            VERTEX_CELL,
        ),
        "a matrix of truth values": (
            str([[[bool(entry) for entry in row] for row in MATRIX], VERTICES]),
            VERTEX_CELL,
        ),
        "truth values of JSON": (
            json.dumps([[[bool(entry) for entry in row] for row in MATRIX], VERTICES]),
            VERTEX_CELL,
        ),
        "a tuple": (str((MATRIX, VERTICES)), VERTEX_CELL),
        "NASLib's numbers in square brackets": (
            str([entry for row in MATRIX for entry in row] + [0, 4, 2, 1]),
            VERTEX_CELL,
        ),
        "a dict of the API": (
            str({"module_adjacency": MATRIX, "module_operations": VERTICES}),
            VERTEX_CELL,
        ),
        "a result of the API": (
            f"{{'module_adjacency': {np.array(MATRIX, dtype=np.int8)!r}, "
            f"'module_operations': {VERTICES}, 'trainable_parameters': 8555530}}",
            VERTEX_CELL,
        ),
    },
    "darts": {
        "a line of a log": (f"genotype = {GENOTYPE}", GENOTYPE),
        "an assignment without blanks": (f"PCDARTS={GENOTYPE}", GENOTYPE),
        "parts in order": (f"Genotype({', '.join(map(str, PARTS.values()))})", GENOTYPE),
        "a tuple of nodes": (GENOTYPE.replace("[2, 3, 4, 5]", "(2, 3, 4, 5)"), GENOTYPE),
        "a list of a range": (GENOTYPE.replace("[2, 3, 4, 5]", "list(range(2, 6))"), GENOTYPE),
        "a dict": (str(PARTS), GENOTYPE),
        "a dict of JSON": (json.dumps(PARTS), GENOTYPE),
        "numbers and names of numpy": (
            f"Genotype({', '.join(f'{name}={in_numpy(part)}' for name, part in PARTS.items())})",
            GENOTYPE,
        ),
    },
    "transnas-bench-101-micro": {
        "numpy integers": (in_numpy((1, 0, 2, 3, 3, 3)), "64-41414-1_02_333"),
        "square brackets": ("[1, 0, 2, 3, 3, 3]", "64-41414-1_02_333"),
    },
    "transnas-bench-101-macro": {
        "numpy integers": (in_numpy((4, 1, 1, 1, 0, 0)), "64-4111-basic"),
        "square brackets": ("[4, 1, 1, 1]", "64-4111-basic"),
    },
    "nas-bench-graph": {
        "numpy integers": (
            f"Arch({in_numpy([0, 0, 1, 2])}, ['gat', 'gcn', 'gin', 'fc'])",
            "Arch([0, 0, 1, 2], ['gat', 'gcn', 'gin', 'fc'])",
        ),
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "usual"),
    [
        pytest.param(name, text, usual, id=f"{name}: {form}")
        for name, forms in READ.items()
        for form, (text, usual) in forms.items()
    ],
)
def test_another_way_to_write_an_architecture_is_read_as_the_usual_one(name, text, usual):
    assert space(name).parse(text) == space(name).parse(usual)


REFUSED = [
    ("nas-bench-201", "[4 0 3 1 4 2]"),
    ("nas-bench-201", "(4.0, 0.0, 3.0, 1.0, 4.0, 2.0)"),
    ("nas-bench-201", "(np.int64(4.5), 0, 3, 1, 4, 2)"),
    ("nas-bench-201", "(np.load('x'), 0, 3, 1, 4, 2)"),
    ("nas-bench-201", "(int(4), 0, 3, 1, 4, 2)"),
    ("nas-bench-201", f"Structure(3 nodes with {CELL})"),
    ("nas-bench-201", f"Structure(4 nodes with {IDS})"),
    ("nas-bench-201", CELL.replace("none", "no ne")),
    ("nas-bench-201", str(PAIRS).replace("('none', 1)", "('none', 0)")),
    ("nas-bench-201", str(PAIRS).replace("('none', 1)", "(1, 'none')")),
    ("nas-bench-201", str(PAIRS).replace("('none', 1)", "('none', 2)")),
    ("nas-bench-201", json.dumps(BY_EDGE).replace("0_1", "1_0")),
    ("nas-bench-201", json.dumps(BY_EDGE).replace("conv_3x3", "conv_7x7")),
    ("nas-bench-201", json.dumps(BY_EDGE)[:-1] + ', "0_1": "none"}'),
    ("nas-bench-201", json.dumps(BY_EDGE)[:-1] + ', "3_4": "none"}'),
    ("nas-bench-101", str([MATRIX, VERTICES]).replace("1", "0.5", 1)),
    ("nas-bench-101", str({"module_adjacency": MATRIX})),
    ("nas-bench-101", str([VERTICES, MATRIX])),
    ("darts", f"{GENOTYPE} = genotype"),
    ("darts", GENOTYPE.replace("[2, 3, 4, 5]", "range(2, 7)")),
    ("darts", GENOTYPE.replace("[2, 3, 4, 5]", "range(10 ** 9)")),
    ("darts", GENOTYPE.replace("Genotype(", f"Genotype({CHOICES}, ")),
    ("darts", GENOTYPE[:-1] + f", normal={CHOICES})"),
    ("transnas-bench-101-macro", "(41, 1, 1)"),
    ("transnas-bench-101-micro", "(1, 0, 2, 3, 3, True)"),
    ("nas-bench-graph", "Arch([0, 0, 1, 2], ['gat', 'gcn', 'gin', 'mlp'])"),
    ("nas-bench-macro", "1201222"),
]


@pytest.mark.parametrize(("name", "text"), REFUSED)
def test_what_has_no_single_meaning_is_refused_in_one_sentence(name, text):
    with pytest.raises(DataError) as caught:
        space(name).parse(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@given(st.tuples(*[st.sampled_from(NAMES)] * 6), st.permutations(range(6)))
def test_a_cell_is_the_same_by_string_by_pairs_and_by_edges(cell, order):
    by_edge = dict(zip(EDGES, cell, strict=True))
    nodes = [[(by_edge[s, t], s) for s in range(t)] for t in (1, 2, 3)]
    string = "+".join("|" + "|".join(f"{op}~{s}" for op, s in node) + "|" for node in nodes)
    parsed = space("nas-bench-201").parse(string)
    edges = [EDGES[place] for place in order]
    by_name = {f"{s}_{t}": by_edge[s, t].removeprefix("nor_") for s, t in edges}
    assert space("nas-bench-201").parse(str(nodes)) == parsed
    assert space("nas-bench-201").parse(json.dumps(by_name)) == parsed


data = st.recursive(
    st.integers(-(2**31), 2**31) | st.booleans() | st.floats(allow_nan=False, allow_infinity=False),
    lambda items: st.lists(items, max_size=4) | st.lists(items, min_size=1, max_size=4).map(tuple),
    max_leaves=12,
)


@given(data)
def test_data_are_read_as_python_and_as_numpy_print_them(value):
    assert read_literal(repr(value)) == value
    assert read_literal(in_numpy(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        *("__import__('os')", "a.b", "x", "1 if 1 else 2", "[i for i in [1]]", "f'{1}'", "1;2"),
        *("{1, 2}.pop()", "array(1)", "range(1, 2, 3)", "list('ab')", "(" * 5000, "**{}"),
        *("np.int64(True)", "np.int64(1, 2)", "np.float64('1')", "numpy.core.int64(1)"),
        *("np.array([1], copy=True)", "np.list([1])"),
    ],
)
def test_what_is_more_than_data_is_never_evaluated(text):
    with pytest.raises(ValueError, match=r"."):
        read_literal(text)
