"""The committed leaderboard of published scores is what its command gives."""

import csv
from pathlib import Path

import pytest

from harness.evaluation import Procedure, load_published, rank_tasks
from harness.reports.leaderboard_tables import leaderboard_data
from harness.truth import Places

COMMITTED = Path(__file__).parents[2] / "results/leaderboards/stored/nas-bench-suite-zero.csv"
TASKS = ("nb201-svhn-suite-zero", "nb101-cifar10-suite-zero", "tnb101-micro-jigsaw-suite-zero")


@pytest.mark.shared_data
@pytest.mark.parametrize("task", TASKS)
def test_the_committed_board_is_generated_again(shared_data, task):
    scores = load_published(task, Places(data_dir=shared_data)).among_shared(0.99)
    computed = leaderboard_data(rank_tasks("stored", task, [scores], Procedure())).records
    committed = csv.DictReader(COMMITTED.read_text().splitlines())
    kept = [row for row in committed if row["task"] == task]
    assert [row["plugin"] for row in kept] == [row["plugin"] for row in computed]
    for old, new in zip(kept, computed, strict=True):
        for name in ("spearman", "spearman_low", "spearman_high", "kendall", "best@10"):
            assert float(old[name]) == pytest.approx(new[name], abs=1e-9)
        assert (old["truth"], old["population_digest"]) == (new["truth"], new["population_digest"])
