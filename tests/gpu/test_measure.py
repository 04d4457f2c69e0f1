"""The program that measures GPUs, on the processor and by a clock of the test's own."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.gpu.bench import CHECKOUT, Bench
from tests.gpu.clock import FakeClock
from tests.gpu.costs import events, memory
from tests.gpu.figures import FIGURES, InFlight, Memory, SuiteRun, Workers
from tests.gpu.measure import LIMITS_S, STEPS, Outcome, compute, measure, start_step
from tests.gpu.report import Report
from tests.gpu.throughput import _Pace


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def bench(tmp_path, clock):
    return Bench(device="cpu", small=True, folder=tmp_path, clock=clock)


class Steps:
    """Runs no step, but takes time, writes what is said and ends as is said."""

    def __init__(self, clock, takes_s, **ends):
        self.clock, self.takes_s, self.ends = clock, takes_s, ends
        self.told = {}

    def __call__(self, name, bench, part, limit_s):
        self.told[name] = (limit_s, bench)
        self.clock.now_s += min(self.takes_s, limit_s)
        figures, outcome = self.ends.get(name, (FIGURES[name](), Outcome(status="done")))
        if figures is not None:
            part.write_text(figures.model_dump_json())
        return outcome


def measured(bench, launch, *names, seconds=440.0):
    saved = []
    report = measure(
        names or tuple(STEPS),
        bench,
        launch,
        seconds=seconds,
        save=lambda state: saved.append(state.model_dump_json()),
    )
    return report, [Report.model_validate_json(text) for text in saved]


def test_there_are_figures_and_a_limit_for_every_step():
    assert list(STEPS) == list(FIGURES) == list(LIMITS_S)


def test_the_file_is_whole_before_the_first_step_and_after_each(bench, clock):
    launch = Steps(clock, 10.0)
    report, saved = measured(bench, launch, "golden", "memory")
    assert [len(state.steps) for state in saved] == [0, 1, 2]
    assert [state.missing for state in saved] == [["golden", "memory"], ["memory"], []]
    assert [step.seconds for step in report.steps] == [10.0, 10.0]
    assert report.seconds == 20.0
    assert saved[-1] == report


def test_the_form_of_the_file(bench, clock):
    seen = Memory(asked_bytes=4, seen_bytes=4)
    cut = (seen, Outcome(status="cut", reason="cut after 45 s"))
    _, saved = measured(bench, Steps(clock, 60.0, memory=cut), "memory")
    assert json.loads(saved[-1].model_dump_json()) == {
        "version": 1,
        "device": "cpu",
        "small": True,
        "seconds": 45.0,
        "missing": [],
        "steps": [
            {
                "name": "memory",
                "status": "cut",
                "seconds": 45.0,
                "limit_s": 45.0,
                "reason": "cut after 45 s",
                "figures": {
                    "asked_bytes": 4,
                    "seen_bytes": 4,
                    "peaks": [],
                    "resident_bytes": 0,
                },
                "checks": [
                    {"what": "a tensor of known size is the peak", "found": 4.0, "holds": True}
                ],
            }
        ],
    }


def test_all_steps_together_keep_to_their_time_and_the_last_are_missing(bench, clock):
    launch = Steps(clock, 1e9)
    report, _ = measured(bench, launch)
    limits = {name: limit for name, (limit, _) in launch.told.items()}
    assert sum(limits.values()) <= 440.0
    assert limits["ranking"] == LIMITS_S["ranking"]
    assert report.missing == [name for name in STEPS if name not in limits]
    assert report.seconds == sum(limits.values()) > 435.0


def test_limits_of_steps_scale_with_the_time_of_all(bench, clock):
    launch = Steps(clock, 1.0)
    measured(bench, launch, "golden", seconds=880.0)
    assert launch.told["golden"][0] == 2 * LIMITS_S["golden"]


def test_a_step_that_fails_has_the_figures_that_it_had_and_the_next_runs(bench, clock):
    failed = Outcome(status="failed", reason="exit code 1: RuntimeError")
    launch = Steps(clock, 1.0, golden=(None, failed), memory=(Memory(asked_bytes=3), failed))
    report, _ = measured(bench, launch, "golden", "memory", "events")
    assert [step.status for step in report.steps] == ["failed", "failed", "done"]
    assert report.steps[0].figures == FIGURES["golden"]()
    assert report.steps[1].figures == Memory(asked_bytes=3)


def test_the_run_has_as_many_workers_as_scored_most_a_second(bench, clock):
    paces = [(1, 2.0), (8, 9.0), (16, 7.0)]
    known = InFlight(
        workers=[Workers(workers=n, cells=9, whole_s=9.0, per_s=pace) for n, pace in paces]
    )
    launch = Steps(clock, 1.0, in_flight=(known, Outcome(status="cut")))
    measured(bench, launch, "in_flight", "run")
    assert launch.told["run"][1].workers == 8


def test_the_pace_leaves_out_what_warms_the_workers_up(bench, clock):
    pace = _Pace(bench, 2)
    for done, second in [(0, 5), (1, 9), (3, 11), (4, 12), (5, 12.5), (10, 15)]:
        clock.now_s = second
        pace.see(done, 10)
    assert pace.figures() == Workers(workers=2, cells=10, whole_s=15.0, per_s=(10 - 4) / 3.0)


def test_a_run_too_short_for_a_pace_has_none(bench, clock):
    pace = _Pace(bench, 2)
    pace.see(0, 4)
    pace.see(4, 4)
    assert pace.figures().per_s is None


@pytest.mark.slow
def test_steps_measure_by_the_clock_that_they_are_given(bench, clock, tmp_path):
    clock.tick_s = 0.5
    *_, last = events(bench)
    assert (last.networks, last.whole_s) == (2, 2 * 0.5)
    names = {piece.name for piece in last.pieces}
    assert {"backward", "curvature", "data_free_flow", "score:grasp"} <= names
    assert all(piece.gpu_s is None and piece.calls == 2 for piece in last.pieces)


@pytest.mark.slow
def test_a_step_keeps_what_it_has_after_each_piece(bench, tmp_path, monkeypatch):
    part, kept = tmp_path / "memory.json", []

    def observed(told):
        for figures in memory(told):
            kept.append(len(Memory.model_validate_json(part.read_text()).peaks) if kept else 0)
            yield figures

    monkeypatch.setitem(STEPS, "memory", observed)
    compute("memory", bench, part)
    assert kept == [0, 0, 1, 2]
    last = Memory.model_validate_json(part.read_text())
    assert [peak.images for peak in last.peaks] == [8, 16, 32]
    assert last.resident_bytes > 2**26  # torch alone is more


def test_a_step_of_its_own_process_ends_in_time_with_all_that_it_started(bench, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    told = Bench(device="cpu", small=True, folder=folder, clock=time.monotonic)
    part = tmp_path / "run.json"
    outcome = start_step("run", told, part, 0.2)
    assert outcome == Outcome(status="cut", reason="cut after 0 s")
    assert not part.exists() or not SuiteRun.model_validate_json(part.read_text()).finished
    assert not [line for line in _commands() if str(folder) in line]


def _commands():
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield place.read_bytes().decode(errors="replace")
        except OSError:
            continue


@pytest.mark.slow
def test_a_step_that_raises_has_failed_and_says_why(tmp_path):
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device, on which the step does not fail")
    folder = tmp_path / "golden"
    folder.mkdir()
    told = Bench(device="cuda", small=True, folder=folder, clock=time.monotonic)
    outcome = start_step("golden", told, tmp_path / "golden.json", 300.0)
    assert outcome.status == "failed"
    assert outcome.reason.startswith("exit code 1: ")
    assert "CUDA" in outcome.reason or "NVIDIA" in outcome.reason
    assert (tmp_path / "log.txt").read_text().startswith("== golden\n")


@pytest.mark.slow
@pytest.mark.parametrize("with_wheels", [False, True], ids=["as it is", "with wheels"])
def test_the_script_writes_the_file_where_it_is_told(tmp_path, with_wheels):
    wheels = ""
    if with_wheels:
        wheels = "wheels"  # of nothing: all that is required is installed
        (tmp_path / wheels).mkdir()
    command = [CHECKOUT / "tests/gpu/run.sh", wheels, "out", "--device", "cpu", "--small"]
    environment = {
        **{name: text for name, text in os.environ.items() if name != "PYTHONPATH"},
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    done = subprocess.run(
        [*command, "--seconds", "6000", "--steps", "machine"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report = Report.model_validate_json((tmp_path / "out" / "report.json").read_text())
    assert [(step.name, step.status) for step in report.steps] == [("machine", "done")]
    assert "ok doctor finds no fault" in done.stdout
