"""A plugin that fails on everything: the boards are written, and the exit code is 1."""

import pytest

from harness.cli.output import refuse
from harness.core.errors import ContractError
from tests.cli.test_predict import write_task
from tests.plugin_files import plugin_source

ONLY = ("--only", "--plugin", "params", "--plugin", "bad.py", "--sample", "4")
PREDICTOR = """
from harness.encodings import encoding
from harness.predictor import Predictor

def fit(labelled, seed):
    raise RuntimeError("no tree | no forest")

PLUGIN = Predictor(
    name="bad", version="1", summary="", encoding=encoding("counts"), fit=fit,
    in_unit=True,
)
"""


def test_a_run_and_its_seeds_end_with_the_reason_after_the_boards_are_written(harness, tmp_path):
    (tmp_path / "bad.py").write_text(plugin_source("raise KeyError('no such layer')", "bad"))
    done = harness("run", "smoke", *ONLY, "--workers", "0")
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("error: bad failed on all 4 architectures (4 raised: KeyError: 'no such")
    assert "bad 0/4, 4 raised: KeyError: 'no such layer'" in done.stdout
    boards = list((tmp_path / "results" / "leaderboards" / "smoke").iterdir())
    assert {board.suffix for board in boards} >= {".md", ".csv", ".json", ".tex", ".html"}
    shown = harness("report", "smoke", *ONLY)
    assert (shown.returncode, shown.stdout) == (0, done.stdout)
    seeds = harness("run", "smoke", *ONLY, "--workers", "0", "--seeds", "2")
    assert seeds.returncode == 1
    assert "\tbad\tno score: 8 raised\t\t\t\t0/4\n" in seeds.stdout
    assert "bad has no score: 8 raised: KeyError: 'no such layer'" in seeds.stderr


def test_a_predictor_that_failed_on_every_fit_ends_the_same_way(harness, tmp_path):
    task = write_task(tmp_path, "one", 0)
    (tmp_path / "bad.py").write_text(PREDICTOR)
    asked = ("--labels", "8", "--repeats", "2", "--plugin", "bad.py", "--plugin", "ridge-onehot")
    done = harness("predict", task, *asked)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("error: bad failed on all 2 fits (RuntimeError: no tree | no forest);")
    (page,) = (tmp_path / "results" / "predictors" / "one").glob("*.md")
    measured, picks = page.read_text().split("## Picks and calibration")
    rows = [line for line in measured.splitlines() if line.startswith("| bad ")]
    assert len([line for line in picks.splitlines() if line.startswith("| bad ")]) == 1
    assert all("RuntimeError: no tree \\| no forest" in row for row in rows)


def test_everything_that_failed_is_in_one_sentence():
    with pytest.raises(ContractError, match=r"^a failed \(why\); b failed \(because\); everything"):
        refuse({"a failed": "why", "b failed": "because"})


def test_without_a_failure_nothing_is_refused():
    refuse({})
