"""What NCP's table of NAS-Bench-201 holds and does not say."""

from pathlib import Path

import numpy as np
import pytest

from harness.spaces import nas_bench_201
from harness.spaces.datasets import DATASETS
from harness.truth.task import Split
from harness.truth.tasks import task
from tests.truth.published_columns import Columns, accuracies, columns, spearman

pytestmark = pytest.mark.shared_data


@pytest.fixture
def file(shared_data: Path) -> Columns:
    return columns("ncp-nas-bench-201", shared_data)


@pytest.mark.trap("ncp-costs-of-cifar-100")
def test_flops_and_parameters_are_those_of_cifar_100(file: Columns) -> None:
    ranges = [(file[name].min(), file[name].max()) for name in ("Flops", "Params")]
    assert ranges == [(7.79, 220.13), (0.079, 1.537)]
    assert [len(np.unique(file[name])) for name in ("Flops", "Params")] == [28, 28]
    smallest = nas_bench_201.SPACE.parse("(1, 1, 1, 1, 1, 1)")
    sizes = {
        name: sum(
            parameter.numel()
            for parameter in nas_bench_201.SPACE.network(smallest, DATASETS[name]).parameters()
        )
        for name in ("cifar100", "imagenet16-120")
    }
    assert sizes == {"cifar100": 79_156, "imagenet16-120": 80_456}
    assert round(sizes["cifar100"] / 1e6, 3) == file["Params"].min()


@pytest.mark.trap("ncp-split")
def test_accuracies_are_those_of_one_run_on_validation_images(
    file: Columns, shared_data: Path
) -> None:
    correct = file["Acc"] * 30
    assert np.abs(correct - correct.round()).max() < 2e-5
    one_run = accuracies("nb201-imagenet16-120-validation-naslib", shared_data)
    assert int((np.abs(file["Acc"] - one_run) < 1e-6).sum()) == 7890
    means = accuracies("nb201-imagenet16-120-validation", shared_data)
    found = [spearman(file["Acc"], values) for values in (one_run, means)]
    assert found == pytest.approx([0.994, 0.991], abs=5e-4)
    assert task("nb201-imagenet16-120-validation-ncp").split is Split.VALIDATION
