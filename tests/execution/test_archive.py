"""Scores of an archive are taken, shown as such, and in part computed again."""

import pytest

import harness
from harness.api.choice import choose_proxies, choose_suite
from harness.core.errors import DataError, UsageError
from harness.core.outcome import Failed, FailureKind
from harness.execution.archive import archive_in
from harness.execution.execute import execute
from harness.execution.run import Options, open_run
from harness.records.record import PluginScore
from harness.records.store import Store
from tests.execution.archives import changed, scaled

PROXIES = ("params", "width", "zerolm")
SAMPLE = 12

OWN = """
from harness.plugin import Direction, ZeroCostProxy

def score(seen):
    return 1.0

PLUGIN = ZeroCostProxy(name="own", version="1", summary="One", direction=Direction.HIGHER,
                       passes=(), score=score)
"""

OWN_TASK = """
name = "mine"
space = "nas-bench-201"
dataset = "cifar10"
split = "test"
metric = "accuracy"
unit = "percent"
direction = "higher"
table = "mine.csv"
architecture = "architecture"
values = ["accuracy"]
"""


def executed(results, plugins=PROXIES, *, fresh=False):
    """Score without a board."""
    suite = choose_suite("smoke", SAMPLE)
    options = Options(results=results, workers=0, archive=None if fresh else archive_in(results))
    run = open_run(suite, choose_proxies(suite, list(plugins), only=True), options)
    return execute(run, options, lambda done, total: None)


def board(results):
    return harness.run("smoke", plugins=PROXIES, sample=SAMPLE, workers=0, results=results)


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    """Return a results folder with all scores, which nobody changes."""
    results = tmp_path_factory.mktemp("computed")
    executed(results)
    return results


@pytest.fixture
def results(computed, tmp_path):
    """Return a results folder with nothing but an archive of them."""
    harness.archive(computed, into=tmp_path / "archive")
    return tmp_path


def test_a_board_takes_most_scores_and_says_so(computed, results):
    done = board(results)
    ((archived, checked),) = done.archived.values()
    assert archived + checked == SAMPLE * len(PROXIES)
    assert list(done.computed.values()) == [checked]
    assert 10 <= checked < 10 + len(PROXIES)
    first, *_ = done.table.boards
    assert sum(entry.archived for entry in first.entries) == archived
    (before, *_) = board(computed).table.boards
    assert [e.measured for e in first.entries] == [e.measured for e in before.entries]
    assert all(entry.archived == 0 for entry in before.entries)
    frame = harness.frame(done)
    frame = frame[frame.task == first.truth.task].set_index("plugin")
    texts = {path.suffix: path.read_text() for path in done.files}
    for entry in first.entries:
        assert frame.archived[entry.plugin] == entry.archived
        assert f"| {entry.scored}/{entry.drawn}, {entry.archived} archived |" in texts[".md"]
        assert f"{entry.archived} archived" in texts[".html"]


def test_what_was_computed_again_is_not_computed_once_more(results):
    first, second = executed(results), executed(results)
    assert second.archived == first.archived
    assert (second.computed, second.checked) == (0, first.checked)


def test_an_own_proxy_is_scored_beside_archived_ones(results, tmp_path):
    (tmp_path / "own.py").write_text(OWN)
    done = executed(results, [*PROXIES, tmp_path / "own.py"])
    assert done.computed == SAMPLE + done.checked
    assert done.archived == SAMPLE * len(PROXIES) - done.checked


def test_a_fresh_run_takes_nothing(results):
    done = executed(results, fresh=True)
    assert (done.computed, done.archived) == (SAMPLE * len(PROXIES), 0)


@pytest.mark.parametrize("factor", [-1.0, 1.001])
def test_a_wrong_score_stops_the_run(results, factor):
    def change(key, place, outcome):
        return scaled(outcome, factor) if key.startswith("zerolm:") else outcome

    changed(results, change)
    with pytest.raises(DataError, match=r"archived scores of zerolm are not .* run with --fresh"):
        executed(results)
    with pytest.raises(DataError, match="zerolm"):  # nor does it pass at the second attempt
        executed(results)
    assert executed(results, fresh=True).archived == 0


def test_swapped_rows_stop_the_run(results):
    source = Store(results / "archive")
    (condition,) = source.conditions()
    swapped = [record.scores for record in source.records(condition)][::-1]

    def change(key, place, outcome):
        return swapped[place][key].result() if key.startswith("params:") else outcome

    changed(results, change)
    with pytest.raises(DataError, match="archived scores of params"):
        executed(results)


def test_the_last_digits_of_another_machine_do_not(results):
    changed(results, lambda key, place, outcome: scaled(outcome, 1 + 1e-7))
    executed(results)


def test_failures_of_one_attempt_and_own_proxies_are_not_archived(computed, tmp_path):
    (tmp_path / "own.py").write_text(OWN)
    own = tmp_path / "own"
    executed(own, ["params", tmp_path / "own.py"])
    store, other = Store(own), Store(tmp_path / "late")
    (condition,) = store.conditions()
    (environment,) = store.environments().values()
    late = Failed(kind=FailureKind.TIMEOUT, reason="late")
    with other.appending(condition, environment) as log:
        for record in store.records(condition):
            scores = {
                key: PluginScore.of(late, None, ()) if key.startswith("params:") else score
                for key, score in record.scores.items()
            }
            log.append(record.model_copy(update={"scores": scores}))
    nothing = harness.archive(tmp_path / "late", into=tmp_path / "archive")
    assert nothing.rows == ()
    assert nothing.left_out == {"own": SAMPLE, "params": SAMPLE}
    assert nothing.notes[0].startswith(f"left out: {SAMPLE} of own, {SAMPLE} of params; ")
    (row,) = harness.archive([own, computed], into=tmp_path / "archive").rows
    assert (row.networks, row.plugins) == (SAMPLE, tuple(sorted(PROXIES)))
    assert "synflow" in row.lacking
    again = harness.archive(computed, into=tmp_path / "archive")
    assert (again.added, again.notes) == (0, ())


def test_a_folder_without_results_is_no_source(tmp_path):
    with pytest.raises(UsageError, match=r"no results in .*nothing"):
        harness.archive(tmp_path / "nothing", into=tmp_path / "archive")


def test_an_archive_is_a_folder_with_runs(tmp_path):
    assert archive_in(tmp_path) is None
    (tmp_path / "archive" / "runs").mkdir(parents=True)
    assert archive_in(tmp_path) == tmp_path / "archive"


def test_predictors_learn_from_it(results):
    done = harness.predict(
        "nb201-analog-baseline",
        plugins="ridge-zc",
        labels=2,
        repeats=2,
        scores="smoke",
        results=results,
    )
    assert not done.failed
    (task,) = done.tasks
    assert task.predicted.fitted.pool.n <= SAMPLE  # those without any score take no part
    assert task.predicted.fitted.pool.subjects.scores.proxies == ("params",)


def test_predictors_that_guide_a_search_learn_from_it(results, tmp_path):
    suite = choose_suite("smoke", SAMPLE)
    texts = open_run(suite, (), Options(results=results)).population.texts
    rows = "".join(f"{text},{80 + place}\n" for place, text in enumerate(texts))
    (tmp_path / "mine.csv").write_text("architecture,accuracy\n" + rows)
    (tmp_path / "mine.toml").write_text(OWN_TASK)
    options = {"algorithms": "random", "guides": "ridge-zc", "queries": 10, "repeats": 2}
    options |= {"scores": "smoke", "best": 0.1, "time": "none", "results": results}
    done = harness.search(tmp_path / "mine.toml", **options)
    assert done.searches.problem.n == SAMPLE
    with pytest.raises(UsageError, match=r"of \d+ architectures of nas-bench-201 have none"):
        harness.search("nb201-analog-baseline", **options)
