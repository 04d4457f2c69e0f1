"""The committed leaderboards of published scores are what their commands give."""

import csv
from pathlib import Path

import pytest

from harness.evaluation import Procedure, load_published, rank_tasks
from harness.reports.leaderboard_tables import leaderboard_data
from harness.truth import Places

FOLDER = Path(__file__).parents[2] / "results/leaderboards/stored"
COMMITTED = {
    "rows": FOLDER / "nas-bench-suite-zero-rows.csv",
    "computation": FOLDER / "nas-bench-suite-zero.csv",
}
TASKS = ("nb201-svhn-suite-zero", "nb101-cifar10-suite-zero", "tnb101-micro-jigsaw-suite-zero")


@pytest.mark.shared_data
@pytest.mark.parametrize("identical", COMMITTED)
@pytest.mark.parametrize("task", TASKS)
def test_the_committed_board_is_generated_again(shared_data, task, identical):
    scores = load_published(task, Places(data_dir=shared_data), identical).among_shared(0.99)
    computed = leaderboard_data(rank_tasks("stored", task, [scores], Procedure())).records
    committed = csv.DictReader(COMMITTED[identical].read_text().splitlines())
    kept = [row for row in committed if row["task"] == task]
    assert [row["plugin"] for row in kept] == [row["plugin"] for row in computed]
    for old, new in zip(kept, computed, strict=True):
        for name in ("spearman", "spearman_low", "spearman_high", "kendall", "best@10"):
            assert float(old[name]) == pytest.approx(new[name], abs=1e-9)
        for name in ("truth", "population_digest", "identical"):
            assert old[name] == new[name]
