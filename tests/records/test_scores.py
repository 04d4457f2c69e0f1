"""Scores in columns say what a plain dict of what was added would say."""

import math
from collections import Counter
from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from harness.core.cost import Cost, sum_of
from harness.core.outcome import Failed, FailureKind, Outcome, Scored, Skipped
from harness.records.columns import ABSENT, FAILED, SCORED, SKIPPED
from harness.records.growing_block import GrowingBlock
from harness.records.record import PluginScore, ScoreRecord
from harness.records.scores import Scores
from tests.stored import outcomes_of


@dataclass(frozen=True, kw_only=True)
class Stored:
    outcome: Outcome
    total: Cost | None
    environment: str


NUMBER = st.floats(allow_nan=False, allow_infinity=False)
SECONDS = st.floats(0, 1e6)
COUNT = st.integers(0, 1000)
COST = st.builds(
    Cost,
    wall_s=SECONDS,
    cpu_s=SECONDS,
    gpu_s=st.none() | SECONDS,
    peak_bytes=st.none() | st.integers(0, 2**50),
    forwards=COUNT,
    backwards=COUNT,
    images=COUNT,
    labels=COUNT,
)
OUTCOME = st.one_of(
    st.builds(Scored, components=st.fixed_dictionaries({"score": NUMBER})),
    st.builds(Scored, components=st.fixed_dictionaries({"left": NUMBER, "right": NUMBER})),
    st.builds(Failed, kind=st.sampled_from(FailureKind), reason=st.text(max_size=5)),
    st.builds(Skipped, reason=st.text(max_size=5)),
)
SCORE = st.tuples(OUTCOME, st.none() | COST, st.booleans())


@st.composite
def records(draw: st.DrawFn) -> ScoreRecord:
    forward = draw(COST)
    scores = draw(st.dictionaries(st.sampled_from("pqr"), SCORE, max_size=3))
    return ScoreRecord(
        architecture=draw(st.sampled_from("abcdef")),
        environment=draw(st.sampled_from(["here", "there"])),
        passes={"forward": forward},
        scores={
            key: PluginScore.of(outcome, cost, ("forward",) if rests else ())
            for key, (outcome, cost, rests) in scores.items()
        },
    )


def plain(added: list[ScoreRecord]) -> dict[str, dict[str, Stored]]:
    stored: dict[str, dict[str, Stored]] = {}
    for record in added:
        for key, score in record.scores.items():
            passes = [record.passes[name] for name in score.passes]
            costs = [as_stored(cost) for cost in (score.cost, *passes) if cost is not None]
            total = None if score.cost is None else sum_of(costs)
            stored.setdefault(key, {})[record.architecture] = Stored(
                outcome=score.result(), total=total, environment=record.environment
            )
    return stored


def as_stored(cost: Cost) -> Cost:
    return replace(
        cost,
        wall_s=round(cost.wall_s, 7),
        cpu_s=round(cost.cpu_s, 7),
        gpu_s=cost.gpu_s or None,
        peak_bytes=cost.peak_bytes or None,
    )


@given(added=st.lists(records(), max_size=25))
def test_what_was_added_last_is_what_is_known(added: list[ScoreRecord]):
    scores = Scores()
    for record in added:
        scores.add(record)
    expected = plain(added)
    assert {key: outcomes_of(scores, key) for key in scores.plugin_keys} == {
        key: {text: stored.outcome for text, stored in known.items()}
        for key, known in expected.items()
    }
    assert scores.environments() == {
        key: Counter(stored.environment for stored in known.values())
        for key, known in expected.items()
    }


@given(
    added=st.lists(records(), max_size=25),
    texts=st.permutations("abcdefga"),
    sealed=st.integers(0, 25),
)
def test_a_column_says_of_each_architecture_what_was_added_last(
    added: list[ScoreRecord], texts: list[str], sealed: int
):
    earlier = GrowingBlock()
    for record in added[:sealed]:
        earlier.add(record)
    scores = Scores([earlier.block()])
    for record in added[sealed:]:
        scores.add(record)
    expected = plain(added)
    for key in "pqrs":
        column = scores.column(key, texts)
        costs = column.costs()
        for row, text in enumerate(texts):
            known = expected.get(key, {}).get(text)
            if known is None:
                assert column.status[row] == ABSENT
                assert costs.environment[row] == -1
                continue
            match known.outcome:
                case Scored():
                    assert column.status[row] == SCORED
                    present = {
                        name: values[row]
                        for name, values in column.values.items()
                        if not math.isnan(values[row])
                    }
                    assert present == known.outcome.components
                case Failed():
                    assert column.status[row] == FAILED
                    assert column.failures[row] == known.outcome
                case Skipped():
                    assert column.status[row] == SKIPPED
                    assert column.failures[row] == known.outcome
            assert costs.environments[costs.environment[row]] == known.environment
            assert math.isnan(costs.wall_s[row]) == (known.total is None)
            if known.total is not None:
                assert costs.wall_s[row] == known.total.wall_s
                assert costs.cpu_s[row] == known.total.cpu_s
                assert math.isnan(costs.gpu_s[row]) == (known.total.gpu_s is None)
                assert math.isnan(costs.peak_bytes[row]) == (known.total.peak_bytes is None)


def test_a_score_takes_less_than_a_hundred_bytes():
    import tracemalloc

    cost = Cost(wall_s=0.1, cpu_s=0.1, peak_bytes=10**8, forwards=1, images=64)
    score = PluginScore.of(Scored(components={"score": 1.0}), cost, ())
    texts = [str(number) for number in range(1_000)]
    keys = [str(number) for number in range(10)]
    tracemalloc.start()
    scores = Scores()
    for text in texts:
        record = ScoreRecord.model_construct(
            architecture=text, environment="here", passes={}, scores=dict.fromkeys(keys, score)
        )
        scores.add(record)
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert used / (len(texts) * len(keys)) < 100
