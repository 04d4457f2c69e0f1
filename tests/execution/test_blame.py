import signal

import pytest

from harness.core.architecture import Architecture
from harness.core.outcome import FailureKind
from harness.execution.blame import Attempt, Ending, Loss, next_attempts, verdict
from harness.execution.scoring import Assignment
from harness.execution.work import Limits

CELL = Architecture(space="nas-bench-201", text="cell")
KILLED = Loss(ending=Ending.DIED, exit_code=-signal.SIGKILL)
SEGFAULT = Loss(ending=Ending.DIED, exit_code=-signal.SIGSEGV)
TIMEOUT, MEMORY = Loss(ending=Ending.TIMEOUT), Loss(ending=Ending.MEMORY)


def attempt(*plugins, **rest):
    return Attempt(assignment=Assignment(architecture=CELL, plugins=plugins), **rest)


@pytest.mark.parametrize("loss", [SEGFAULT, TIMEOUT, MEMORY])
def test_several_plugins_are_asked_one_by_one_in_fresh_processes(loss):
    asked = next_attempts(attempt("a", "b"), loss)
    assert asked == (attempt("a", fresh=True), attempt("b", fresh=True))


@pytest.mark.parametrize("loss", [SEGFAULT, MEMORY])
def test_one_plugin_is_asked_in_a_fresh_process_before_it_is_blamed(loss):
    assert next_attempts(attempt("a"), loss) == (attempt("a", fresh=True),)
    assert next_attempts(attempt("a", fresh=True), loss) == ()


def test_one_plugin_that_hangs_is_not_asked_again():
    assert next_attempts(attempt("a"), TIMEOUT) == ()


def test_a_worker_killed_from_outside_is_forgiven_twice():
    first = next_attempts(attempt("a"), KILLED)
    second = next_attempts(first[0], KILLED)
    assert (first, second) == (
        (attempt("a", fresh=True, kills=1),),
        (attempt("a", fresh=True, kills=2),),
    )
    assert next_attempts(second[0], KILLED) == ()


def test_several_plugins_stay_together_while_kills_are_forgiven():
    assert next_attempts(attempt("a", "b"), KILLED) == (attempt("a", "b", fresh=True, kills=1),)


@pytest.mark.parametrize(
    ("loss", "kind", "reason"),
    [
        (TIMEOUT, FailureKind.TIMEOUT, "no score after 3 s; its worker was stopped"),
        (
            MEMORY,
            FailureKind.OUT_OF_MEMORY,
            "used more than 1.50 GiB of memory; its worker was stopped",  # 1.5 * 2**30 bytes
        ),
        (SEGFAULT, FailureKind.CRASHED, "the worker process died (exit code -11)"),
    ],
)
def test_the_verdict_says_what_happened(loss, kind, reason):
    failure = verdict(loss, Limits(timeout_s=3, memory_bytes=3 * 2**29))
    assert (failure.kind, failure.reason) == (kind, reason)
