import csv
import json

import pytest

QUICK = ("run", "smoke", "--sample", "12", "--workers", "0", "--only")
PARAMS = ("--plugin", "params")
PLUGINS = ("--plugin", "epe_nas", "--plugin", "params", "--against", "params")


def test_seeds_are_scored_once_and_their_spread_is_shown(harness, tmp_path):
    done = harness(*QUICK, *PLUGINS, "--seeds", "3")
    assert done.returncode == 0, done.stderr
    assert "seed 2: 24 scores computed, 0 reused" in done.stderr
    heads, *rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert heads[2] == "mean spearman"
    assert heads[6] == "ahead of params"
    (task,) = {row[0] for row in rows if row[0].endswith("baseline")}
    deviations = {row[1]: float(row[4]) for row in rows if row[0] == task}
    assert deviations["params"] == 0.0
    assert deviations["epe_nas"] > 0.0

    again = harness(*QUICK, *PLUGINS, "--seeds", "2", "--seed", "1")
    assert "seed 2: 0 scores computed, 24 reused" in again.stderr

    stem = tmp_path / "results" / "leaderboards" / "smoke" / "no-unreachable-12-seed0-seeds"
    written = json.loads(stem.with_name(f"{stem.name}0to2-spearman.json").read_text())
    assert len(written) == len(rows)
    params = next(row for row in written if row["plugin"] == "params")
    each = [float(value) for value in params["each"].split()]
    assert each == [params["mean"]] * 3
    assert params["lead"] is None
    with stem.with_name(f"{stem.name}1to2-spearman.csv").open() as file:
        assert {row["seeds"] for row in csv.DictReader(file)} == {"2"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--plugin", "params", "--against", "parms", "--seeds", "2"),
            "unknown plugin 'parms' in --against",
        ),
        (("--plugin", "params", "--metric", "spearmn", "--seeds", "2"), "did you mean 'spearman'?"),
        (("--plugin", "params", "--against", "params"), "--against has no part in a run without"),
        (
            (*PARAMS, "--seeds", "2", "--metric", "ndcg", "--metric", "kendall"),
            "--metric names ndcg, kendall; a run with --seeds averages one metric",
        ),
        ((*PARAMS, "--seeds", "1"), "should be greater than or equal to 2"),
        (("--seeds", "2"), "--only needs at least one --plugin"),
        ((*PARAMS, "--seeds", "2", "--shard", "1/2"), "--shard has no part in a run"),
    ],
)
def test_a_wrong_option_is_refused_before_anything_is_scored(harness, tmp_path, arguments, message):
    done = harness(*QUICK, *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert not (tmp_path / "results").exists()
