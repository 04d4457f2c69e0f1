import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import in_own_process
from tests.plugin_files import COUNT_CONVOLUTIONS, plugin_source

VISIBLE = (
    *("run", "score", "report", "compare", "predict", "rank", "combine", "search", "tune"),
    *("operations", "check", "gate", "cost", "submit", "list", "new", "archive", "site", "data"),
    "doctor",
)
SMALL = ("smoke", "--sample", "6", "--workers", "0", "--only", "--plugin")


def test_the_version_is_that_of_the_distribution(harness):
    from importlib.metadata import version

    assert harness("--version").stdout == f"harness {version('nas-proxy-harness')}\n"


def test_help_shows_every_command_in_the_order_of_need_and_starts_at_once(tmp_path):
    before = os.times()
    done = in_own_process(tmp_path, "--help")
    after = os.times()
    shown = re.findall(r"^  (\w+)  ", done.stdout.partition("Commands:")[2], re.MULTILINE)
    assert tuple(shown) == VISIBLE
    # Time on a processor, which hardly depends on what else a machine does: 0.3 s.
    spent = after.children_user - before.children_user
    assert spent + after.children_system - before.children_system < 1.0


def test_importing_the_package_loads_neither_torch_nor_pandas():
    code = "import sys, harness; print({'torch', 'pandas', 'numba'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize("what", ["plugins", "suites", "tasks", "passes", "metrics", "batches"])
def test_lists_go_to_standard_output_as_tab_separated_rows(harness, what):
    done = harness("list", what)
    assert done.returncode == 0
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert len(rows) > 3
    assert len({len(row) for row in rows}) == 1


def test_a_plugin_of_one_file_appears_on_the_leaderboard(harness, convolutions, tmp_path):
    done = harness("run", *SMALL, convolutions, "--plugin", "grad_norm")
    assert done.returncode == 0, done.stderr
    assert "12 scores computed, 0 reused" in done.stderr
    assert re.search(r"^ *convolutions .* 6/6 ", done.stdout, re.MULTILINE)
    (table,) = (tmp_path / "results" / "leaderboards" / "smoke").glob("*.json")
    assert {row["plugin"] for row in json.loads(table.read_text())} == {
        "convolutions",
        "grad_norm",
    }


def test_the_same_records_give_the_same_bytes(harness, convolutions, tmp_path):
    def leaderboards():
        folder = tmp_path / "results" / "leaderboards" / "smoke"
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    assert harness("run", *SMALL, convolutions).returncode == 0
    first = leaderboards()
    again = harness("run", *SMALL, convolutions)
    assert "0 scores computed, 6 reused" in again.stderr
    assert leaderboards() == first
    report = [*SMALL[:3], *SMALL[5:], convolutions]
    assert harness("report", *report).returncode == 0
    assert leaderboards() == first


def test_a_report_leaves_out_of_what_nothing_is_stored_and_names_it(harness, tmp_path):
    assert harness("run", *SMALL, "params", "--plugin", "flops").returncode == 0
    done = harness("report", "smoke", "--sample", "6", "--plugin", "macs")
    assert done.returncode == 0
    assert "undefined" not in done.stdout
    assert re.findall(r"^ *(\w+) .* 6/6 ", done.stdout, re.MULTILINE) == ["params", "flops"]
    assert (
        "warning: nothing is stored in results of random, grad_norm, synflow, nwot, macs; they are "
        "left out\n" in done.stderr
    )


def test_a_report_says_of_an_edited_plugin_that_its_scores_are_of_other_code(
    harness, convolutions, tmp_path
):
    assert harness("run", *SMALL, "params", "--plugin", convolutions).returncode == 0
    path = tmp_path / convolutions
    path.write_text(path.read_text().replace('version="1"', 'version="2"'))
    words = ("report", "smoke", "--sample", "6", "--plugin", convolutions)
    told = (
        "; stored scores of convolutions are of another version or other code, and do not count\n"
    )
    assert told in harness(*words).stderr
    alone = harness(*words, "--only")
    assert alone.returncode == 3
    assert "6 architectures and 1 plugin of suite smoke" in alone.stderr
    assert alone.stderr.endswith(told)


def test_a_report_of_nothing_is_refused_and_writes_nothing(harness, tmp_path):
    done = harness("report", "smoke", "--results", "empty")
    assert done.returncode == 3
    assert done.stdout == ""
    (line,) = [line for line in done.stderr.splitlines() if line]
    assert line.startswith("error: nothing is stored in empty for the ")
    assert "run harness run smoke first" in line
    assert not (tmp_path / "empty").exists()


@pytest.mark.shared_data
def test_columns_of_a_space_are_no_scores_to_report(harness, shared_data, tmp_path):
    done = harness("report", "pit", "--results", "empty")
    assert done.returncode == 3
    assert "nothing is stored in empty for the 100 architectures" in done.stderr
    assert not (tmp_path / "empty").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("run", "nb201-quik"), 2, r"unknown suite 'nb201-quik'; did you mean 'nb201-quick'\?"),
        (("run", "no.toml"), 2, r"there is no suite file no\.toml"),
        (("run", "smoke", "--plugin", "synflo"), 2, r"unknown proxy 'synflo' .*'synflow'\?"),
        (("run", "smoke", "--plugin", "gone.py"), 2, r"there is no plugin file gone\.py"),
        (("run", "smoke", "--batch", "noize"), 2, r"unknown batch source 'noize'; did you mean"),
        (("run", "smoke", "--batch", "noise:x"), 2, r"the size after the colon is a number"),
        (("run", "smoke", "--sample", "99999"), 2, r"cannot draw 99999 architectures"),
        (("run", "smoke", "--device", "tpu"), 2, r"unknown device 'tpu'; known: auto, cpu, cuda"),
        (("run", "smoke", "--only"), 2, r"--only needs at least one --plugin"),
        (("check", "synflo"), 2, r"unknown plugin 'synflo'; did you mean 'synflow'\?"),
    ],
)
def test_a_wrong_name_is_one_sentence_and_exit_code_two(harness, arguments, code, message):
    done = harness(*arguments)
    assert done.returncode == code
    assert re.search(message, done.stderr), done.stderr
    assert "Traceback" not in done.stderr


def test_a_plugin_file_with_a_syntax_error_is_named_with_its_line(harness, tmp_path):
    (tmp_path / "bad.py").write_text("def score(:\n")
    done = harness("run", "smoke", "--plugin", "bad.py")
    assert done.returncode == 1
    assert "bad.py:1: syntax error" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_suite_with_an_unknown_key_names_file_and_key(harness, tmp_path):
    text = 'name="s"\nsummary="s"\nspace="nas-bench-201"\ndataset="cifar10"\ntasks=["t"]\n'
    (tmp_path / "s.toml").write_text(text + "[population]\nsampel = 3\n")
    done = harness("run", "s.toml")
    assert done.returncode == 2
    assert "unknown key 'sampel' in s.toml [population]; did you mean 'sample'?" in done.stderr


def test_a_suite_that_is_not_toml_is_one_sentence(harness, tmp_path):
    (tmp_path / "s.toml").write_text("= 1")
    done = harness("run", "s.toml")
    assert done.returncode == 3
    assert "s.toml cannot be read as TOML" in done.stderr


def test_a_results_folder_that_cannot_be_written_is_one_sentence(harness, convolutions, tmp_path):
    (tmp_path / "taken").write_text("")
    done = harness("run", *SMALL, convolutions, "--results", "taken")
    assert done.returncode == 3
    assert "cannot write to the results folder taken" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_board_that_cannot_be_written_is_shown_all_the_same(harness, convolutions, tmp_path):
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "leaderboards").write_text("a file where the folder should be")
    alone = ("smoke", "--sample", "6", "--only", "--plugin", convolutions)
    for command in (("run", *alone, "--workers", "0"), ("report", *alone)):
        done = harness(*command)
        assert done.returncode == 3
        assert "kendall" in done.stdout
        assert done.stderr.count("error: cannot write results/leaderboards/smoke/") == 1
        assert "wrote" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("run", "smoke", "--results", ""), "--results"),
        (("run", "smoke", "--results="), "--results"),
        (("report", ""), "argument 2"),
        (("data", "compare", "mine.csv", ""), "argument 4"),
        (("tune", "nb201-cifar10-test", "--plugin", "", "--labels", "20"), "--plugin"),
    ],
)
def test_an_empty_text_of_an_unset_variable_is_refused(harness, tmp_path, arguments, what):
    done = harness(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: {what} is an empty text; give a value, or leave it out\n"
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_record_stops_the_report_with_its_line(harness, convolutions, tmp_path):
    assert harness("run", *SMALL, convolutions).returncode == 0
    (log,) = (tmp_path / "results" / "runs").glob("*/scores.jsonl")
    lines = log.read_text().splitlines(keepends=True)
    log.write_text(lines[0].replace("|", "!", 1) + "".join(lines[1:]))
    done = harness("run", *SMALL, convolutions)
    assert done.returncode == 3
    assert "scores.jsonl:1: the record is damaged" in done.stderr


def test_a_record_cut_short_is_scored_again(harness, convolutions, tmp_path):
    assert harness("run", *SMALL, convolutions).returncode == 0
    (log,) = (tmp_path / "results" / "runs").glob("*/scores.jsonl")
    log.write_bytes(log.read_bytes()[:-30])
    done = harness("run", *SMALL, convolutions)
    assert done.returncode == 0
    assert "is incomplete" in done.stderr
    assert "1 scores computed, 5 reused" in done.stderr


def test_check_passes_a_good_plugin_and_names_the_rule_that_a_bad_one_breaks(harness, tmp_path):
    (tmp_path / "good.py").write_text(COUNT_CONVOLUTIONS)
    assert harness("check", "good.py").returncode == 0
    body = "import numpy, time\nnumpy.setbufsize(4096)\nreturn time.perf_counter()"
    (tmp_path / "bad.py").write_text(plugin_source(body))
    done = harness("check", "bad.py")
    assert done.returncode == 1
    assert re.search(r"broken\tis pure\t", done.stdout)
    assert re.search(r"broken\tleaves global state alone\tit changes numpy\.getbuf", done.stdout)


def test_doctor_tells_what_is_there(harness):
    done = harness("doctor")
    assert done.returncode == 0, done.stdout
    assert re.search(r"good\tground truth analog-nasbench\t", done.stdout)


def slow_run(folder: Path, workers: int) -> list[str]:
    """Return the command that asks a plugin for twelve scores, each of which takes 0.4 s."""
    slow = plugin_source("import time\ntime.sleep(0.4)\nreturn len(seen[GRAPH].edges)", name="slow")
    (folder / "slow.py").write_text(slow)
    command = [sys.executable, "-m", "harness", "run", "smoke", "--sample", "12"]
    return [*command, "--workers", str(workers), "--only", "--plugin", "slow.py"]


def started(command: list[str], folder: Path) -> tuple[subprocess.Popen[str], Path]:
    """Start a run; return it with its scores as soon as there is one."""
    # A shell that starts jobs in the background lets them ignore Ctrl-C, and tests with them.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        running = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, before)
    logs: list[Path] = []
    while not any(path.stat().st_size for path in logs):
        time.sleep(0.1)
        logs = list((folder / "results").glob("runs/*/scores.jsonl"))
        assert running.poll() is None
    return running, logs[0]


@pytest.mark.skipif(os.name != "posix", reason="kills by POSIX signal")
@pytest.mark.parametrize("workers", [0, 1])
def test_ctrl_c_says_that_what_was_scored_is_stored(tmp_path, workers):
    running, _ = started(slow_run(tmp_path, workers), tmp_path)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert said.splitlines()[-1] == (
        "stopped; what was stored so far is kept, and the same command goes on from there"
    )


@pytest.mark.skipif(os.name != "posix", reason="kills by POSIX signal")
def test_a_killed_run_goes_on_where_it_stopped(tmp_path):
    command = slow_run(tmp_path, workers=1)
    running, log = started(command, tmp_path)
    running.kill()
    running.communicate()
    stored = log.read_bytes().count(b"\n")
    assert 0 < stored < 12
    done = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True)
    assert f"{12 - stored} scores computed, {stored} reused" in done.stderr
    names = [json.loads(line)["architecture"] for line in log.read_text().splitlines()]
    assert len(names) == len(set(names)) == 12
