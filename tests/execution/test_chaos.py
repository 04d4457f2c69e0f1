"""Runs that are disturbed at random lose, double and change nothing; see `tests.execution.chaos`.

``HARNESS_CHAOS_RUNS=200 pytest tests/execution/test_chaos.py`` disturbs as many as you like.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("distributed")

EXECUTORS = ("local", "dask")

RUNS = os.environ.get("HARNESS_CHAOS_RUNS", "4")
SEED = os.environ.get("HARNESS_CHAOS_SEED", "0")


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks its processes")
def test_no_score_is_lost_doubled_or_wrong_when_runs_are_disturbed(tmp_path):
    command = [sys.executable, "-m", "tests.execution.chaos"]
    options = ["--runs", RUNS, "--seed", SEED, "--folder", str(tmp_path / "chaos")]
    done = subprocess.run(
        [*command, *options],
        check=False,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    tally = json.loads(done.stdout.splitlines()[-1])
    assert tally["runs"] == int(RUNS)
    assert (tally["lost"], tally["duplicated"], tally["wrong"]) == (0, 0, 0), tally
    assert tally["untidy"] == []
    killed = [f"{where}: {who} killed" for where in EXECUTORS for who in ("worker", "driver")]
    assert set(tally["disturbed"]) >= set(killed)
    assert sum(tally["amid"].values()) > 0
