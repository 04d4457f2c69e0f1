import itertools
import time

import pytest

from harness.core.errors import InfrastructureError
from harness.core.outcome import Failed, FailureKind, Scored
from harness.execution.blame import Attempt
from harness.execution.worker import Worker, process_context
from harness.execution.worker_pool import AwakeClock, WorkerPool
from tests.execution.works import work_of

GROW = "import torch\nhoard = torch.ones(2**28)\nimport time; time.sleep(60)\nreturn 1.0"  # 1 GiB
LEAK = (
    "import sys, torch\nhoard = sys.__dict__.setdefault('hoard', [])\n"
    "hoard.append(torch.ones(2**25))\nreturn float(len(hoard) * 0 + 1)"  # 128 MiB an architecture
)


@pytest.fixture
def pool_of():
    started = []

    def make(work, workers=1):
        started.append(WorkerPool(work, workers))
        return started[-1]

    yield make
    for pool in started:
        pool.stop()


def outcomes(records):
    return [score.result() for record in records for score in record.scores.values()]


def test_a_worker_that_is_killed_costs_no_score(load_plugin, pool_of, tmp_path):
    body = (
        f"import os, signal, pathlib\nmark = pathlib.Path({str(tmp_path / 'killed')!r})\n"
        "if not mark.exists(): mark.touch(); os.kill(os.getpid(), signal.SIGKILL)\nreturn 1.0"
    )
    work, assignments = work_of([load_plugin(body)], 3)
    records = list(pool_of(work).score(assignments))
    assert outcomes(records) == [Scored(components={"score": 1.0})] * 3
    assert len({record.architecture for record in records}) == 3


def test_a_plugin_that_always_gets_its_worker_killed_fails_in_the_end(load_plugin, pool_of):
    body = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    work, assignments = work_of([load_plugin(body)], 1)
    (outcome,) = outcomes(pool_of(work).score(assignments))
    assert outcome == Failed(
        kind=FailureKind.CRASHED, reason="the worker process died (exit code -9)"
    )


def test_a_plugin_that_swells_is_stopped_and_fails_alone(load_plugin, pool_of):
    bad, good = load_plugin(GROW, "bad"), load_plugin("return 1.0", "good")
    work, assignments = work_of([bad, good], 1, memory_bytes=2**30)
    scored = outcomes(pool_of(work).score(assignments))
    assert sorted(type(outcome).__name__ for outcome in scored) == ["Failed", "Scored"]
    (failed,) = (outcome for outcome in scored if isinstance(outcome, Failed))
    assert failed.kind is FailureKind.OUT_OF_MEMORY


def test_what_leaks_over_architectures_costs_a_process_but_no_score(load_plugin, pool_of):
    # Eight times 128 MiB pass the limit; one in a fresh process does not.
    work, assignments = work_of([load_plugin(LEAK)], 8, memory_bytes=900 * 2**20)
    scored = outcomes(pool_of(work).score(assignments))
    assert scored == [Scored(components={"score": 1.0})] * 8


def test_a_plugin_that_no_worker_can_load_is_one_sentence(load_plugin, pool_of, tmp_path):
    plugin = load_plugin("return 1.0")
    work, assignments = work_of([plugin], 1)
    (tmp_path / "mine.py").write_text("raise OSError('gone')")
    with pytest.raises(InfrastructureError, match=r"cannot be started .*gone.*--workers 0"):
        list(pool_of(work).score(assignments))


def test_a_plugin_that_is_edited_while_it_runs_is_noticed(write_plugin, load_plugin, pool_of):
    work, assignments = work_of([load_plugin("return 1.0")], 1)
    write_plugin("return 2.0")
    with pytest.raises(InfrastructureError, match=r"loads mine as .* but mine:1:\w+ was asked for"):
        list(pool_of(work).score(assignments))


def test_a_hung_worker_ends_with_the_process_that_asked(load_plugin):
    work, (first, *_) = work_of([load_plugin("import time; time.sleep(600)")], 1)
    worker = Worker(process_context(), work)
    worker.ask(Attempt(assignment=first))
    worker.connection.poll(60)
    worker.answer()  # word that it is ready
    worker.connection.close()
    assert worker.exit_code == 0


def test_a_night_between_two_looks_is_no_timeout(load_plugin):
    # Each worker takes 0.6 s of the 30 s allowed; eight hours pass at the fifth look.
    work, assignments = work_of([load_plugin("import time; time.sleep(0.6); return 1.0")], 2)
    looks = itertools.count()
    clock = AwakeClock(now=lambda: time.monotonic() + (28800 if next(looks) > 5 else 0))
    pool = WorkerPool(work, 1, clock)
    try:
        assert outcomes(pool.score(assignments)) == [Scored(components={"score": 1.0})] * 2
    finally:
        pool.stop()


def test_time_between_looks_counts():
    moments = iter([10.0, 10.25, 10.75])
    clock = AwakeClock(now=lambda: next(moments))
    assert [clock.elapsed_s(), clock.elapsed_s()] == [0.25, 0.5]


def test_a_night_of_sleep_counts_as_a_moment():
    # Eight hours pass between two looks that are a quarter of a second apart otherwise.
    moments = iter([0.0, 0.25, 28800.25, 28800.5])
    clock = AwakeClock(now=lambda: next(moments))
    assert sum(clock.elapsed_s() for _ in range(3)) == pytest.approx(0.25 + 2.0 + 0.25)
