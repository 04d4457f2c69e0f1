"""What the small copy of NAS-Bench-201 holds and does not say."""

from pathlib import Path

import numpy as np
import pytest

from harness.truth import tasks
from harness.truth.tasks import task
from tests.truth.published_columns import Columns, accuracies, columns, spearman

pytestmark = pytest.mark.shared_data


@pytest.fixture
def file(shared_data: Path) -> Columns:
    return columns("mini-nb201-12-epochs", shared_data)


@pytest.mark.trap("mini-nas-bench-201-is-12-epochs")
def test_networks_were_trained_for_12_epochs(file: Columns, shared_data: Path) -> None:
    best = [float(file[f"{name}-test"].max()) for name in ("cifar10", "cifar100", "imagenet")]
    assert best == pytest.approx([89.16, 61.18, 38.27], abs=0.004)
    assert accuracies("nb201-cifar10-test", shared_data).max() == pytest.approx(94.37, abs=0.004)
    expected = {
        "cifar10": ("cifar10", 0.822, 0.712),
        "cifar100": ("cifar100", 0.823, 0.390),
        "imagenet": ("imagenet16-120", 0.825, 0.278),
    }
    for name, (dataset, everywhere, among_best) in expected.items():
        full = accuracies(f"nb201-{dataset}-validation", shared_data)
        tenth = np.argsort(-full, kind="stable")[:1562]
        short = file[f"{name}-val"]
        found = spearman(short, full), spearman(short[tenth], full[tenth])
        assert found == pytest.approx((everywhere, among_best), abs=2e-3)
    assert {known.epochs for known in tasks("nas-bench-201-12-epochs")} == {12}


@pytest.mark.trap("mini-nas-bench-201-imagenet")
def test_imagenet_is_imagenet16_120(file: Columns, shared_data: Path) -> None:
    full = accuracies("nb201-imagenet16-120-validation", shared_data)
    assert spearman(file["imagenet-val"], full) == pytest.approx(0.825, abs=5e-4)
    assert file["imagenet-val"].max() == pytest.approx(38.67, abs=0.004)
    correct = file["imagenet-val"] * 30
    assert np.abs(correct - correct.round()).max() < 1e-4
    assert task("nb201-12-epochs-imagenet16-120-validation").dataset == "imagenet16-120"


@pytest.mark.trap("mini-nas-bench-201-test-run")
def test_the_test_accuracies_of_cifar10_are_of_another_training(
    file: Columns, shared_data: Path
) -> None:
    full = accuracies("nb201-cifar10-validation", shared_data)
    found = [spearman(file[name], full) for name in ("cifar10-test", "cifar10-val")]
    assert found == pytest.approx([0.912, 0.822], abs=5e-4)
