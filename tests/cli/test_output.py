"""What a command tells of its progress where nobody watches it on a terminal."""

import pytest

from harness.api.results import Step
from harness.cli import output
from harness.execution.remaining import Remaining


@pytest.fixture
def clock(monkeypatch):
    """Seconds that a test sets."""
    now = [0.0]
    monkeypatch.setattr(output.time, "monotonic", lambda: now[0])
    return now


def test_a_line_a_minute_tells_of_every_kind_of_step(clock, capsys):
    with output.shown_progress() as progress:
        for second in range(0, 180, 10):
            clock[0] = float(second)
            progress(Step(what="scoring operations", done=second, total=180))
    assert capsys.readouterr().err.splitlines() == [
        "scoring operations: 60 of 180",
        "scoring operations: 120 of 180",
    ]


def test_a_run_tells_what_remains_and_not_also_without(clock, capsys):
    left = Remaining(scores=9, wall_s=90.0, cpu_s=60.0)
    with output.shown_progress() as progress:
        for second in (10.0, 70.0, 100.0):
            clock[0] = second
            progress(Step(what="scoring smoke", done=3, total=12))
            progress(Step(what="scoring smoke", done=3, total=12, remaining=left))
    assert capsys.readouterr().err == f"scoring smoke: 3 of 12 architectures; {left}\n"
