import pytest

from harness.core.errors import DataError
from harness.spaces import published as notation
from harness.spaces.published import integers, literal, text_of


def test_a_transnas_cell_has_the_same_text_in_both_kinds_of_ids() -> None:
    # (0,1) conv3x3, (0,2) none, (1,2) skip, (0,3) conv1x1, (1,3) none, (2,3) skip.
    text = "64-41414-3_01_201"
    assert notation.transnas_micro_from_ids((3, 0, 1, 2, 0, 1), "file") == text
    # Ids 0 skip, 1 none, 2 conv3x3, 3 conv1x1 on (0,1) (0,2) (0,3) (1,2) (1,3) (2,3).
    assert notation.transnas_micro_from_nas_bench_201_ids((2, 1, 3, 0, 1, 0), "file") == text


def test_the_three_added_data_sets_have_the_other_ids() -> None:
    for dataset in ("svhn", "ninapro", "scifar100"):
        read = text_of("transbench101_micro", dataset)
        assert read is notation.transnas_micro_from_nas_bench_201_ids
    assert text_of("transbench101_micro", "jigsaw") is notation.transnas_micro_from_ids
    assert text_of("nasbench201", "svhn") is text_of("nasbench201", "cifar10")


def test_zeros_at_the_end_of_macro_modules_are_padding() -> None:
    assert notation.transnas_macro_from_ids((4, 1, 1, 1, 0, 0), "file") == "64-4111-basic"
    with pytest.raises(DataError, match="file: "):
        notation.transnas_macro_from_ids((4, 0, 1, 1, 1, 1), "file")


def test_compact_and_printed_genotypes_agree() -> None:
    # Ids: 0 max pool, 1 avg pool, 2 skip, 3 sep3, 4 sep5, 5 dil3, 6 dil5.
    cell = ((1, 2), (0, 3), (0, 0), (2, 1), (0, 4), (3, 5), (4, 6), (0, 2))
    names = (
        "[('sep_conv_3x3', 0), ('skip_connect', 1), ('max_pool_3x3', 0), ('avg_pool_3x3', 2), "
        "('sep_conv_5x5', 0), ('dil_conv_3x3', 3), ('skip_connect', 0), ('dil_conv_5x5', 4)]"
    )
    printed = f"Genotype(normal={names}, normal_concat=[2, 3, 4, 5], reduce={names}, "
    printed += "reduce_concat=[2, 3, 4, 5])"
    text = notation.darts_from_genotype(printed, "file")
    assert notation.darts_from_pairs((cell, cell), "file") == text
    assert text.startswith("normal=|sep_conv_3x3~0|skip_connect~1|+|max_pool_3x3~0|avg_pool_3x3~2|")


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "Genotype(normal=__import__('os'), normal_concat=[], reduce=[], reduce_concat=[])",
        "Genotype(*[1], normal=[], normal_concat=[], reduce=[], reduce_concat=[])",
        "(" * 3000,
        "Genotype" * 1000,
    ],
)
def test_a_genotype_that_is_more_than_data_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="file: "):
        notation.darts_from_genotype(text, "file")


@pytest.mark.parametrize("cells", [None, 5, ["ab", "cd"], [[(0, 1.5)], []], [[5], [6]]])
def test_cells_that_are_no_pairs_of_integers_are_refused(cells: object) -> None:
    with pytest.raises(DataError, match="file: "):
        notation.darts_from_pairs(cells, "file")


def test_nas_bench_101_ids_and_matrix_give_the_same_text() -> None:
    matrix = [[0, 1, 1], [0, 0, 1], [0, 0, 0]]
    text = notation.nas_bench_101_from_matrix(matrix, ["input", "maxpool3x3", "output"], "file")
    assert text == "maxpool3x3:0|output:01"
    assert notation.nas_bench_101_from_ids((0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 2, 1), "file") == text


@pytest.mark.parametrize(
    "flat",
    [(0, 1), (0, 1, 0), (0, 1, 0, 0, 1, 0), (0, 2, 0, 0, 0, 1), (1, 0, 0, 0, 0, 1), "0", None],
)
def test_a_flat_cell_that_is_none_is_refused(flat: object) -> None:
    with pytest.raises(DataError, match="file: "):
        notation.nas_bench_101_from_ids(flat, "file")


@pytest.mark.parametrize("operations", [None, "input", ["input", 3, "output"], [[], {}]])
def test_operations_that_are_no_names_are_refused(operations: object) -> None:
    with pytest.raises(DataError, match="file: "):
        notation.nas_bench_101_from_matrix([[0, 1], [0, 0]], operations, "file")


def test_a_graph_key_is_links_and_digits_to_the_base_of_ten() -> None:
    # 6 = links 0112; digits 1 gcn, 2 gin, 7 fc, 3 cheb.
    assert notation.nas_bench_graph_from_key(61273, "file") == "0112:gcn-gin-fc-cheb"
    assert notation.nas_bench_graph_from_key(0, "file") == "0000:gat-gat-gat-gat"


@pytest.mark.parametrize("key", [9, 90000, -1, True, "0", 1.0])
def test_a_graph_key_of_no_architecture_is_refused(key: object) -> None:
    with pytest.raises(DataError, match="file: "):
        notation.nas_bench_graph_from_key(key, "file")


@pytest.mark.parametrize("value", ["abc", 3, None, [1, True], [1, 2.0], {1: 2}])
def test_what_is_no_list_of_integers_is_refused(value: object) -> None:
    with pytest.raises(DataError, match="file: expected"):
        integers(value, "file")


def test_a_literal_is_not_evaluated() -> None:
    with pytest.raises(DataError, match="is no Python literal"):
        literal("__import__('os').getcwd()", "file")
    with pytest.raises(DataError, match="expected a short text"):
        literal("1" * 5000, "file")
