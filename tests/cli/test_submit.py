"""``harness submit`` as a user types it."""

from pathlib import Path

ARCHIVE = Path(__file__).parents[2] / "results"


def test_a_submission_that_cannot_be_imported_is_refused_with_exit_code_1(harness, tmp_path):
    (tmp_path / "mine.py").write_text("import no_such_package_here\n")
    out = tmp_path / "out"
    done = harness(
        "submit", str(tmp_path / "mine.py"), "--out", str(out), "--results", str(ARCHIVE)
    )
    assert done.returncode == 1
    assert done.stdout.startswith("# mine.py: refused\n\n* Scoring stopped: ")
    assert "no_such_package_here" in done.stdout
    assert (out / "comment.md").read_text() == done.stdout
    again = harness(
        "submit", str(tmp_path / "mine.py"), "--out", str(out), "--results", str(ARCHIVE)
    )
    assert again.returncode == 2
    assert "is not empty; name a new folder with --out" in again.stderr


def test_scores_only_ends_before_anything_is_judged(harness, tmp_path):
    out = tmp_path / "out"
    (tmp_path / "mine.py").write_text("raise RuntimeError('never')\n")
    done = harness("submit", str(tmp_path / "mine.py"), "--scores-only", "--out", str(out))
    assert (done.returncode, done.stdout) == (0, "")
    judged = harness("submit", str(out), "--results", str(ARCHIVE))
    assert judged.returncode == 1
    assert "never" in judged.stdout


def test_a_submission_that_is_not_there_is_a_usage_error(harness, tmp_path):
    out = tmp_path / "out"
    done = harness("submit", "absent.py", "--out", str(out), "--results", str(ARCHIVE))
    assert done.returncode == 2
    assert "there is no submission absent.py" in done.stderr


def test_without_an_archive_nothing_is_scored(harness, tmp_path):
    (tmp_path / "mine.py").write_text("raise RuntimeError('never')\n")
    done = harness("submit", "mine.py")
    assert done.returncode == 3
    assert "there is no archive results/archive, which a submission is ranked among" in done.stderr
    assert not (tmp_path / "submission").exists()
