import pytest

import harness
from harness.core.errors import UsageError

TASKS = [f"{space}-ninapro-suite-zero" for space in ("nb201", "nb301", "tnb101-micro")]


@pytest.mark.shared_data
def test_published_scores_are_combined_and_written(shared_data, tmp_path):
    done = harness.combine(published=TASKS, resamples=100, results=tmp_path)
    rows = {row.name: row for row in done.rows}
    assert {table.task for table in done.tables} == set(TASKS)
    assert rows["synflow"].values.keys() == set(TASKS)
    assert rows["nested"].is_rule
    page, _, _, pairs = (path.read_text() for path in done.files)
    assert [path.suffix for path in done.files] == [".md", ".csv", ".json", ".csv"]
    assert "| nested | rule | 3 |" in page
    assert len(repr(done)) < 500
    head, first, *_ = pairs.splitlines()
    assert head == "task,first,second,networks,difference,difference_low,difference_high"
    assert first.startswith("nb201-ninapro-suite-zero,epe_nas,fisher,")


def test_what_was_not_run_is_not_combined(tmp_path):
    with pytest.raises(UsageError, match=r"nothing is stored .* of suite smoke; run harness run"):
        harness.combine("smoke", results=tmp_path)


@pytest.mark.shared_data
def test_a_task_is_judged_once(shared_data, tmp_path):
    with pytest.raises(UsageError, match=r"nb201-ninapro-suite-zero stands 2 times"):
        harness.combine(published=[TASKS[0], TASKS[0]], results=tmp_path)
