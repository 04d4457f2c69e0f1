"""What NASLib's files hold and do not say."""

import ast
import json
import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from harness.spaces import nas_bench_101, nas_bench_201
from harness.truth import load, source, stored_scores

pytestmark = pytest.mark.shared_data

Accuracies = dict[str, float]
GENNAS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
NASLIB = ("skip_connect", "none", "nor_conv_3x3", "nor_conv_1x1", "avg_pool_3x3")
BY_TARGET = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
BY_SOURCE = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))


def correlation(first: list[float], second: list[float]) -> float:
    return float(spearmanr(first, second)[0])


def agreement(first: Accuracies, second: Accuracies) -> float:
    both = sorted(first.keys() & second.keys())
    return correlation([first[text] for text in both], [second[text] for text in both])


def entries(benchmark: str, folder: Path) -> dict[str, dict[str, float]]:
    path = folder / source(f"naslib-zc-{benchmark}").relative_path
    return json.loads(path.read_text())[benchmark]["cifar10"]


@pytest.fixture(scope="module")
def cifar10(shared_data: Path) -> Accuracies:
    return dict(load("nb201-cifar10-validation", shared_data).values)


@pytest.mark.trap("naslib-nb201-ids")
def test_only_one_reading_of_six_ids_agrees_with_other_publishers(
    cifar10: Accuracies, shared_data: Path
) -> None:
    agreed = {}
    for operations in (NASLIB, GENNAS):
        for order in (BY_SOURCE, BY_TARGET):
            read = {}
            for key, entry in entries("nasbench201", shared_data).items():
                chosen = dict(zip(order, ast.literal_eval(key), strict=True))
                nodes = [
                    "|".join(f"{operations[chosen[node, target]]}~{node}" for node in range(target))
                    for target in (1, 2, 3)
                ]
                text = "+".join(f"|{node}|" for node in nodes)
                read[nas_bench_201.SPACE.parse(text).text] = entry["val_accuracy"]
            agreed[operations, order] = agreement(cifar10, read)
            if (operations, order) == (NASLIB, BY_SOURCE):
                assert read == load("nb201-cifar10-suite-zero", shared_data).values
    assert list(agreed.values()) == pytest.approx([0.990, 0.735, 0.501, 0.434], abs=5e-4)


@pytest.mark.trap("naslib-nb101-ids")
def test_parameters_grow_with_the_operations_that_are_read_as_large(shared_data: Path) -> None:
    medians = {}
    for wanted in (2, 4):
        sizes = defaultdict(list)
        for key, entry in entries("nasbench101", shared_data).items():
            flat = ast.literal_eval(key)
            side = math.isqrt(len(flat))
            while side * side + side != len(flat):
                side -= 1
            if side == 7:
                sizes[flat[side * side :].count(wanted)].append(entry["params"])
        medians[wanted] = [round(float(np.median(sizes[count])), 1) for count in sorted(sizes)]
    assert medians[4] == sorted(medians[4])
    assert medians[2] == sorted(medians[2], reverse=True)
    assert (medians[4][0], medians[4][-1]) == (1.8, 5.5)


PUBLISHED_AND_DISTINCT = {
    "snip": (0.454, 0.045),
    "grad_norm": (0.383, -0.065),
    "fisher": (0.383, -0.096),
    "grasp": (-0.025, 0.292),
    "synflow": (0.648, 0.553),
    "flops": (0.720, 0.637),
}


@pytest.mark.trap("nb101-empty-cells")
def test_correlations_rest_on_copies_of_the_empty_cell(shared_data: Path) -> None:
    values = load("nb101-cifar10-suite-zero", shared_data).values
    scores = stored_scores("nb101-cifar10-suite-zero", data_dir=shared_data)
    space = nas_bench_101.SPACE
    graphs = defaultdict(list)
    for text in values:
        graphs[space.canonical(space.parse(text))].append(text)
    assert (len(values), len(graphs), len(graphs["output:0"])) == (500, 292, 55)
    for proxy, expected in PUBLISHED_AND_DISTINCT.items():
        rows = correlation([scores[proxy][text] for text in values], list(values.values()))
        means = [
            [np.mean([column[text] for text in texts]) for texts in graphs.values()]
            for column in (scores[proxy], values)
        ]
        assert (rows, correlation(*means)) == pytest.approx(expected, abs=5e-4)


def hundredths(task: str, folder: Path) -> int:
    """Return how many values are accuracies of 10,000 images, as far as float32 can tell."""
    percent = np.array(list(load(task, folder).values.values()))
    return int((np.abs(100 * percent - np.round(100 * percent)) < 1e-3).sum())


@pytest.mark.trap("nb301-surrogate")
def test_the_values_of_nas_bench_301_are_no_accuracies_of_images(shared_data: Path) -> None:
    assert hundredths("nb301-cifar10-suite-zero", shared_data) == 2
    assert hundredths("darts-cifar10-validation", shared_data) == 1000


@pytest.mark.trap("transnas-added-tasks-ids")
def test_published_sizes_of_the_added_cells_are_those_of_the_same_cells(shared_data: Path) -> None:
    added = stored_scores("tnb101-micro-svhn-suite-zero", data_dir=shared_data)["params"]
    others = stored_scores("tnb101-micro-class-scene-connected", data_dir=shared_data)["params"]
    assert agreement(added, others) > 0.9995
    # The same ids by the order and meaning of the other TransNAS files: 0 none, 1 skip, 2 and 3
    # convolutions of 1 and 3 pixels, on edges by source node.
    swapped = {}
    for text, size in added.items():
        stem, depth, cell = text.split("-")
        first, second, third = cell.split("_")
        ids = [first, second[0], third[0], second[1], third[1], third[2]]
        written = ["1032"[int(number)] for number in ids]  # what NAS-Bench-201's id would be
        a, b, c, d, e, f = written
        swapped[f"{stem}-{depth}-{a}_{b}{c}_{d}{e}{f}"] = size
    assert agreement(swapped, others) < 0


@pytest.mark.trap("suite-zero-minus-1e8")
def test_scores_of_proxies_that_failed_are_a_number(shared_data: Path) -> None:
    failed = {}
    for dataset in ("cifar10", "svhn"):
        task = f"nb201-{dataset}-suite-zero"
        kept = stored_scores(task, keep_failures=True, data_dir=shared_data)
        left = stored_scores(task, data_dir=shared_data)
        counts = {proxy: list(column.values()).count(-1e8) for proxy, column in kept.items()}
        assert counts == {proxy: len(kept[proxy]) - len(left[proxy]) for proxy in kept}
        failed[dataset] = {proxy: count for proxy, count in counts.items() if count}
    assert failed == {
        "cifar10": {"epe_nas": 7, "jacov": 7},
        "svhn": {"epe_nas": 2, "jacov": 2, "nwot": 2, "zen": 2},
    }


@pytest.mark.trap("nb201-ninapro-scifar100-disagree")
@pytest.mark.parametrize(
    ("dataset", "expected"), [("ninapro", 0.168), ("scifar100", -0.225), ("svhn", 0.895)]
)
def test_two_data_sets_hardly_rank_cells_as_cifar10_does(
    dataset: str, expected: float, cifar10: Accuracies, shared_data: Path
) -> None:
    values = load(f"nb201-{dataset}-suite-zero", shared_data).values
    assert len(values) == 199
    assert agreement(cifar10, values) == pytest.approx(expected, abs=5e-4)
    space = nas_bench_201.SPACE
    lowest = sorted(values, key=lambda text: values[text])[:2]
    if dataset != "svhn":
        assert [space.graph(space.parse(text)).has_path for text in lowest] == [False, False]
