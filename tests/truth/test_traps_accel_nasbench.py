"""What Accel-NASBench's archive holds and does not say."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.spaces.mnasnet_notation import counts, text_of_fields
from harness.truth import load, task
from harness.truth.file_formats import tar_members
from harness.truth.source import source
from tests.truth.published_columns import spearman

pytestmark = pytest.mark.shared_data

Results = dict[int, dict[str, Any]]


@pytest.fixture(scope="module")
def results(shared_data: Path) -> Results:
    """All results by their numbers."""
    path = shared_data / source("accel-nasbench-results").relative_path
    return {
        int(name.rpartition("_")[2].removesuffix(".json")): json.loads(member)
        for name, member in tar_members(path.read_bytes(), str(path))
    }


@pytest.mark.trap("accel-disturbed-times")
def test_twenty_trainings_took_longer_than_any_network_needs(
    results: Results, shared_data: Path
) -> None:
    times = sorted(result["metrics"]["train_time"] for result in results.values())
    assert len(times) == 5138
    assert times[-21] == pytest.approx(3755.4, abs=0.1)
    assert [times[-20], times[-1]] == pytest.approx([4160.3, 31079.1], abs=0.1)
    assert task("accel-train-time").disturbed_above == 4000
    truth = load("accel-train-time", shared_data)
    assert sum(value > 4000 for value in truth.values.values()) == 20
    ratios = [max(pair) / min(pair) for pair in truth.runs.values()]
    assert max(ratios) == pytest.approx(1.588, abs=1e-3)


@pytest.mark.trap("accel-trained-twice")
def test_thirteen_architectures_are_there_twice(results: Results, shared_data: Path) -> None:
    numbers = defaultdict(list)
    for number, result in sorted(results.items()):
        numbers[text_of_fields(result["architecture"], "a result")].append(number)
    assert len(numbers) == 5125
    pairs = sorted(found for found in numbers.values() if len(found) > 1)
    first = [*range(9), *range(10, 14)]
    assert pairs == [[number, again] for number, again in zip(first, range(443, 456), strict=True)]
    top1 = [[results[number]["metrics"]["val_top1"] for number in pair] for pair in pairs]
    apart = sorted(abs(one - other) for one, other in top1)
    assert apart[-2:] == pytest.approx([0.312, 1.276], abs=1e-3)
    truth = load("accel-imagenet-validation", shared_data)
    assert sorted(truth.runs.values()) == sorted(map(tuple, top1))
    assert truth.noise_ceiling == pytest.approx(spearman(*np.array(top1).T))
    assert truth.noise_ceiling == pytest.approx(0.896, abs=1e-3)


@pytest.mark.trap("accel-not-measured")
def test_null_is_what_was_not_measured(results: Results) -> None:
    missing: Counter[str] = Counter()
    deviations: Counter[str] = Counter()
    for result in results.values():
        for column, fields in result["platform_perf"].items():
            kind = column.partition("_")[0]
            missing[column] += fields[f"{kind}_mean"] is None
            deviations[column] += fields[f"{kind}_std"] is not None
    boards = [name for name in missing if name.endswith(("zcu102", "vck190"))]
    assert {name: count for name, count in missing.items() if name not in boards} == {
        "throughput_a100": 0,
        "throughput_3090": 3,
        "throughput_tpuv2": 37,
        "throughput_tpuv3": 44,
    }
    assert [missing[name] for name in boards] == [2] * 4
    assert [deviations[name] for name in boards] == [0] * 4
    assert task("accel-tpuv3-throughput").without_value == 44


@pytest.mark.trap("accel-macs-count-norms")
def test_counts_are_the_published_ones_of_all_results(results: Results) -> None:
    for result in results.values():
        parameters, operations = counts(text_of_fields(result["architecture"], "a result"))
        published = result["model_info"]
        assert (parameters / 1e6, operations / 1e6) == (published["params"], published["macs"])
