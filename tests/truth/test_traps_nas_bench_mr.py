"""What the files of NAS-Bench-MR hold and do not say."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from harness.spaces.nas_bench_mr_notation import CHOICES, counts, text_of_fields
from harness.truth import load, task
from harness.truth.source import source
from tests.truth.published_columns import columns, spearman

pytestmark = pytest.mark.shared_data

TASKS = {
    "cls-50-1000": "top1",
    "cls-50-100": "top1",
    "cls-10-1000": "top1",
    "cls-10c": "top1",
    "seg": "mIoU",
    "seg-4x": "mIoU",
    "video": "top1",
    "video-p": "top1",
}

Detection = dict[str, float]


@pytest.fixture(scope="module")
def detection(shared_data: Path) -> Detection:
    """Values of 3D detection by architecture, in the order of the file."""
    path = shared_data / source("gennas-ncp-3ddet").relative_path
    pairs = json.loads(path.read_bytes())
    return {text_of_fields(fields, "an entry"): value for fields, value in pairs}


@pytest.fixture(scope="module")
def texts(shared_data: Path) -> list[str]:
    """Architectures in the order of the other files."""
    file = columns("ncp-cls-50-1000", shared_data)
    rows = zip(*(file[name].astype(int) for name in CHOICES.options), strict=True)
    return [
        ",".join(f"{name}={number}" for name, number in zip(CHOICES.options, row, strict=True))
        for row in rows
    ]


@pytest.mark.trap("nbmr-3ddet-order")
def test_3d_detection_has_the_same_networks_in_another_order(
    detection: Detection, texts: list[str], shared_data: Path
) -> None:
    assert detection.keys() == set(texts)
    assert not any(text == other for text, other in zip(detection, texts, strict=True))
    by_row = np.array(list(detection.values()))
    joined = np.array([detection[text] for text in texts])
    others = [columns(f"ncp-{name}", shared_data)[value] for name, value in TASKS.items()]
    assert max(abs(spearman(by_row, other)) for other in others) == pytest.approx(0.048, abs=6e-4)
    found = sorted(spearman(joined, other) for other in others)
    assert [found[0], found[-1]] == pytest.approx([0.060, 0.463], abs=6e-4)


@pytest.mark.trap("nbmr-failed-runs")
def test_two_runs_of_3d_detection_failed(detection: Detection, shared_data: Path) -> None:
    assert sorted(detection.values())[:4] == pytest.approx([0, 0, 0.0728, 12.8669], abs=1e-4)
    truth = load("nbmr-3ddet", shared_data)
    assert min(truth.values.values()) > 0
    assert truth.without_value == task("nbmr-3ddet").without_value == 2


@pytest.mark.trap("nbmr-coarse-accuracies")
def test_ten_classes_are_measured_in_fifths_of_a_percent(shared_data: Path) -> None:
    values = columns("ncp-cls-10-1000", shared_data)["top1"]
    assert len(np.unique(values)) == 58
    assert np.abs(values * 5 - (values * 5).round()).max() < 1e-9


@pytest.mark.trap("nbmr-counts-of-one-network")
def test_all_tasks_have_the_counts_of_one_image_network(
    texts: list[str], shared_data: Path
) -> None:
    known = [counts(text) for text in texts]
    for name in TASKS:
        file = columns(f"ncp-{name}", shared_data)
        assert [parameters / 1e6 for parameters, _ in known] == file["params"].tolist()
        assert [operations / 1e9 for _, operations in known] == file["flops"].tolist()


@pytest.mark.trap("nbmr-published-twice")
def test_both_publishers_have_one_result_for_each_network(
    texts: list[str], shared_data: Path
) -> None:
    for name, value in TASKS.items():
        path = shared_data / source(f"gennas-ncp-{name}").relative_path
        pairs = json.loads(path.read_bytes())
        ours = columns(f"ncp-{name}", shared_data)[value].tolist()
        assert [number for _, number in pairs] == ours
        assert [text_of_fields(fields, "an entry") for fields, _ in pairs] == texts
