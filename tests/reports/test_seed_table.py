"""The table of proxies over several seeds."""

from __future__ import annotations

from harness.evaluation import Procedure, compare_seeds
from harness.reports.seeds import SeedTable
from tests.score_tables import computed, method

RIGHT = [float(index) for index in range(12)]


def test_a_proxy_without_any_score_says_so_once_and_a_constant_one_why_it_has_no_value() -> None:
    methods = [method("right", RIGHT), method("none", [None] * 12), method("same", [1.0] * 12)]
    rows = [
        row
        for task in ("task-a", "task-b")
        for row in compare_seeds([computed(methods, RIGHT, task)] * 2, Procedure(resamples=50))
    ]
    table = SeedTable(
        suite="s", edition="e", facts="", metric="spearman", against="", rows=tuple(rows)
    ).table
    cells = {(row[0], row[1]): row for row in table.rows}
    for task in ("task-a", "task-b"):
        assert cells[task, "none"][2:] == ("no score: 24 nonfinite", "", None, None, "0/12")
        assert cells[task, "same"][-1] == "12/12"
    assert table.notes == ("none has no score: 24 nonfinite: score is nan.",)
