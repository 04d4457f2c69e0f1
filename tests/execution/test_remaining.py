import pytest

from harness.core.cost import Cost
from harness.core.outcome import Scored
from harness.execution.remaining import Estimator, Remaining
from harness.records.record import PluginScore, ScoreRecord

# One forward pass of 2 s and two plugins of 1 s each: 4 s of processor time for two scores.
FORWARD, OWN = Cost(wall_s=2.0, cpu_s=2.0), Cost(wall_s=1.0, cpu_s=1.0)
SCORE = PluginScore.of(Scored(components={"score": 1.0}), OWN, ("forward",))
RECORD = ScoreRecord(
    architecture="a", environment="e", passes={"forward": FORWARD}, scores={"p": SCORE, "q": SCORE}
)


def test_what_is_left_follows_from_the_pace_after_the_first_record():
    # Of ten scores two came at 100 s, where starting ended, and two more at 103 s: 1.5 s a score.
    moments = iter([100.0, 103.0])
    estimator = Estimator(scores=10, now=lambda: next(moments))
    estimator.add(RECORD)
    estimator.add(RECORD)
    left = estimator.remaining()
    assert (left.scores, left.wall_s, left.cpu_s) == (6, 9.0, 12.0)


def test_nothing_is_foretold_before_there_is_a_pace():
    left = Estimator(scores=10, now=lambda: 0.0).remaining()
    assert left == Remaining(scores=10, wall_s=0.0, cpu_s=0.0)


@pytest.mark.parametrize(
    ("seconds", "said"), [(45.0, "45 s"), (720.0, "12 min"), (12600.0, "3.5 h")]
)
def test_times_are_said_in_the_unit_that_a_person_would_use(seconds, said):
    left = Remaining(scores=1, wall_s=seconds, cpu_s=0.0)
    assert str(left) == f"{said} left, 0 s of processor time"
