"""What the files of ViT-Bench-101 hold and do not say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.core.errors import DataError
from harness.truth import load, task
from harness.truth.locate import content
from harness.truth.places import Places
from harness.truth.readers.vit_bench_csv import read
from harness.truth.source import source
from harness.truth.unit import Unit
from tests.truth.published_columns import columns, spearman

pytestmark = pytest.mark.shared_data

FIRST, SECOND, PIT = "vit-bench-autoformer", "vit-bench-autoformer-second", "vit-bench-pit"


@pytest.mark.trap("vit-bench-inherited-on-wrong-rows")
def test_a_column_on_wrong_rows_is_refused_whoever_asks(shared_data: Path) -> None:
    file = columns(SECOND, shared_data)
    is_wide, is_low = file["hidden_dim"] == 240, file["imagenet_super_acc"] < 73
    assert [is_wide.sum(), (is_wide & is_low).sum(), (~is_wide & is_low).sum()] == [40, 10, 23]
    verified = content(source(SECOND), Places.from_environment(shared_data))
    arguments = {"space": "autoformer-tiny", "column": "imagenet_super_acc"}
    with pytest.raises(DataError, match="10 of 40 of width 240 and 23 of 60 others are below 73"):
        read(verified, arguments, Unit.PERCENT)
    others = read(verified, arguments | {"column": "c100_kd_acc"}, Unit.PERCENT)
    assert len(others.values) == 100
    assert others.values.keys().isdisjoint(load("autoformer-cifar100-plain", shared_data).values)


@pytest.mark.trap("vit-bench-three-truths")
def test_plain_training_distillation_and_inheritance_rank_in_different_ways(
    shared_data: Path,
) -> None:
    found = {
        name: [
            spearman(file[f"{data}_base_acc"], file[f"{data}_kd_acc"])
            for data in ("c100", "flower", "chaoyang")
        ]
        for name in (FIRST, PIT)
        for file in [columns(name, shared_data)]
    }
    assert found[FIRST] == pytest.approx([-0.384, 0.407, -0.117], abs=6e-4)
    assert found[PIT] == pytest.approx([0.940, 0.954, 0.693], abs=6e-4)
    metrics = {
        task(f"autoformer-{name}").metric
        for name in ("cifar100-plain", "cifar100-distilled", "imagenet-inherited")
    }
    assert len(metrics) == 3


@pytest.mark.trap("vit-bench-inherited-follows-width")
def test_inherited_accuracies_are_two_groups_made_by_the_width(shared_data: Path) -> None:
    truth = load("autoformer-imagenet-inherited", shared_data).values
    wide = [value for text, value in truth.items() if text.startswith("240|")]
    others = [value for text, value in truth.items() if not text.startswith("240|")]
    assert (len(wide), len(others)) == (38, 62)
    assert [min(wide), max(wide)] == pytest.approx([70.748, 71.744], abs=1e-3)
    assert [min(others), max(others)] == pytest.approx([74.606, 75.510], abs=1e-3)


@pytest.mark.trap("vit-bench-outlier")
def test_one_distilled_network_is_far_below_all_others(shared_data: Path) -> None:
    values = np.sort(columns(FIRST, shared_data)["flower_kd_acc"])
    assert values[:2] == pytest.approx([48.5607, 65.7017])
