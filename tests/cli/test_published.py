import json
from pathlib import Path

import pytest

SMALL = "nb101-cifar10-suite-zero"
OTHER = "nb301-cifar10-suite-zero"


@pytest.fixture
def published(harness, tmp_path, monkeypatch):
    """Run ``harness report --published`` offline, with the given data folder."""
    monkeypatch.setenv("HARNESS_OFFLINE", "1")
    monkeypatch.setenv("HARNESS_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("HARNESS_DATA_DIR", raising=False)
    options = ("--data-dir", str(tmp_path / "data"), "--resamples", "100")
    return lambda *tasks: harness("report", "--published", *tasks, *options)


def test_a_missing_file_is_one_sentence_a_task_and_exit_code_three(published):
    done = published(SMALL, OTHER)
    assert done.returncode == 3
    assert done.stdout == ""
    first, second = (line for line in done.stderr.splitlines() if line)
    assert first.startswith(
        f"error: {SMALL}: source 'naslib-zc-nasbench101' is not on this machine"
    )
    assert second.startswith(f"error: {OTHER}: source 'naslib-zc-nasbench301' is not on this")


def test_a_wrong_task_is_one_sentence_and_exit_code_two(published):
    done = published("nb101-cifar10-suite-zeo")
    assert done.returncode == 2
    assert (
        f"unknown task with stored scores 'nb101-cifar10-suite-zeo'; did you mean {SMALL!r}?"
        in (done.stderr)
    )


@pytest.mark.shared_data
def test_the_other_tasks_are_shown_and_written_all_the_same(published, shared_data: Path, tmp_path):
    path = "automl+NASLib/naslib/data/zc_nasbench101.json"
    (tmp_path / "data" / path).parent.mkdir(parents=True)
    (tmp_path / "data" / path).symlink_to(shared_data / path)
    done = published(OTHER, SMALL)
    assert done.returncode == 3
    assert f"error: {OTHER}: source" in done.stderr
    assert "naslib-zc-nasbench101" in done.stdout
    assert "synflow" in done.stdout
    folder = tmp_path / "results" / "leaderboards" / "stored"
    forms = ("md", "csv", "json", "tex", "html")
    assert {path.name for path in folder.iterdir()} == {f"{SMALL}.{form}" for form in forms}
    table = json.loads((folder / f"{SMALL}.json").read_text())
    assert {row["drawn"] for row in table} == {292}  # networks; the file has 500 rows


@pytest.mark.shared_data
def test_several_tasks_have_one_leaderboard_together_besides_their_own(
    published, shared_data: Path, tmp_path
):
    folder = tmp_path / "data" / "automl+NASLib/naslib/data"
    folder.mkdir(parents=True)
    for name in ("zc_nasbench101.json", "zc_nasbench301.json"):
        (folder / name).symlink_to(shared_data / "automl+NASLib/naslib/data" / name)
    done = published(OTHER, SMALL)
    assert done.returncode == 0, done.stderr
    assert "overall: 2 tasks of 2 spaces" in done.stdout
    assert "wrote 3 leaderboards to results/leaderboards/stored" in done.stderr
    written = {path.stem for path in (tmp_path / "results").rglob("*.json")}
    (together,) = written - {SMALL, OTHER}
    assert together.startswith("2-tasks-")
    page = (tmp_path / "results" / "leaderboards" / "stored" / f"{together}.md").read_text()
    assert page.index("## Standings") < page.index(f"## {OTHER}: ") < page.index(f"## {SMALL}: ")


def test_options_of_a_suite_have_no_part_in_a_report_of_published_scores(harness):
    done = harness("report", "--published", SMALL, "--sample", "6")
    assert done.returncode == 2
    assert "--sample has no part in a report of published scores; leave it out" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "a report needs a suite, or --published for published scores"),
        (("smoke", "gate"), "a report is of one suite, not of smoke, gate"),
        (("smoke", "--resamples", "100"), "--resamples has no part in a report of a suite"),
    ],
)
def test_a_report_is_of_one_suite(harness, arguments, message):
    done = harness("report", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
