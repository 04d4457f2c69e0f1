import pytest

from harness.core.errors import DataError, InfrastructureError, UsageError
from harness.core.outcome import Failed, FailureKind, Scored
from harness.records.merge import merge
from harness.records.record import PluginScore
from harness.records.store import Store
from tests.records.limits import file_size_limit
from tests.stored import outcomes_of


@pytest.fixture
def folder(tmp_path, condition, environment):
    """Write a results folder of the given records."""

    def write(name, records, under=condition):
        with Store(tmp_path / name).appending(under, environment) as log:
            for record in records:
                log.append(record)
        return tmp_path / name

    return write


def scores(folder, condition):
    return outcomes_of(Store(folder).read(condition), "p:1:0")


def log_of(folder):
    (log,) = (folder / "runs").glob("*/scores.jsonl")
    return log


def test_two_halves_become_the_whole(folder, make_record, condition, environment, tmp_path):
    first = folder("one", [make_record("a", 1.0), make_record("b", 2.0)])
    two = folder("two", [make_record("c", 3.0)])
    done = merge([first, two], tmp_path / "whole")
    assert (done.conditions, done.added, done.present) == (1, 3, 0)
    assert scores(tmp_path / "whole", condition) == {
        text: Scored(components={"score": value})
        for text, value in (("a", 1.0), ("b", 2.0), ("c", 3.0))
    }
    assert Store(tmp_path / "whole").environments() == {environment.key: environment}


def test_merging_again_changes_no_byte(folder, make_record, tmp_path):
    parts = [folder("one", [make_record("a")]), folder("two", [make_record("b")])]
    merge(parts, tmp_path / "whole")
    before = log_of(tmp_path / "whole").read_bytes()
    done = merge(parts, tmp_path / "whole")
    assert (done.added, done.present) == (0, 2)
    assert log_of(tmp_path / "whole").read_bytes() == before


def test_what_two_folders_both_hold_is_kept_once(folder, make_record, tmp_path):
    first = folder("one", [make_record("a"), make_record("b")])
    two = folder("two", [make_record("b"), make_record("c")])
    done = merge([first, two], tmp_path / "whole")
    assert (done.added, done.present) == (3, 1)
    assert len(log_of(tmp_path / "whole").read_text().splitlines()) == 3


def test_of_a_shared_record_only_the_missing_plugin_is_added(folder, make_record, tmp_path):
    both = make_record("a")
    both = both.model_copy(update={"scores": both.scores | {"q:1:0": both.scores["p:1:0"]}})
    merge([folder("one", [make_record("a")]), folder("two", [both])], tmp_path / "whole")
    lines = log_of(tmp_path / "whole").read_text().splitlines()
    assert ["p:1:0" in line for line in lines] == [True, False]
    assert ["q:1:0" in line for line in lines] == [False, True]


def failed(record):
    outcome = Failed(kind=FailureKind.TIMEOUT, reason="slow")
    return record.model_copy(update={"scores": {"p:1:0": PluginScore.of(outcome, None, ())}})


@pytest.mark.parametrize("failure_first", [True, False])
def test_a_score_is_kept_rather_than_a_failure(
    folder, make_record, condition, tmp_path, failure_first
):
    parts = [folder("one", [failed(make_record("a"))]), folder("two", [make_record("a", 1.0)])]
    merge(parts if failure_first else parts[::-1], tmp_path / "whole")
    assert scores(tmp_path / "whole", condition) == {"a": Scored(components={"score": 1.0})}


def test_other_conditions_are_refused_by_name_of_what_differs(
    folder, make_record, condition, tmp_path
):
    first = folder("one", [make_record("a")])
    two = folder("two", [make_record("b")], condition.model_copy(update={"seed": 1}))
    with pytest.raises(UsageError, match=r"two was not scored .* \(seed 1 instead of 0\)"):
        merge([first, two], tmp_path / "whole")
    assert not (tmp_path / "whole").exists()


def test_another_version_of_a_plugin_is_refused(folder, make_record, tmp_path):
    first = folder("one", [make_record("a")])
    two = folder("two", [make_record("b", plugin="p:2:0")])
    with pytest.raises(UsageError, match=r"two holds p as p:2:0, .*one as p:1:0"):
        merge([first, two], tmp_path / "whole")
    assert not (tmp_path / "whole").exists()


def test_a_target_of_another_version_is_refused_and_left_alone(folder, make_record, tmp_path):
    whole = folder("whole", [make_record("a", plugin="p:2:0")])
    before = log_of(whole).read_bytes()
    with pytest.raises(UsageError, match=r"whole holds p as p:2:0"):
        merge([folder("one", [make_record("a")])], whole)
    assert log_of(whole).read_bytes() == before


def test_a_damaged_line_is_refused_by_file_and_number(folder, make_record, tmp_path):
    source = folder("one", [make_record("a"), make_record("b")])
    log_of(source).write_text(log_of(source).read_text().replace("1.5", "9.5"))
    with pytest.raises(DataError, match=r"one/runs/\w+/scores\.jsonl:1: the record is damaged"):
        merge([source], tmp_path / "whole")
    assert not (tmp_path / "whole").exists()


def test_different_scores_of_one_plugin_are_refused(folder, make_record, tmp_path):
    parts = [folder("one", [make_record("a", 1.0)]), folder("two", [make_record("a", 1.1)])]
    with pytest.raises(UsageError, match=r"p:1:0 has two scores for a, 1\.1 and 1\.0"):
        merge(parts, tmp_path / "whole")


def test_scores_that_differ_as_processors_do_are_one_score(folder, make_record, tmp_path):
    # 1.0 and 1.0005 differ by a twentieth of a per cent; a tenth is allowed.
    parts = [folder("one", [make_record("a", 1.0)]), folder("two", [make_record("a", 1.0005)])]
    assert merge(parts, tmp_path / "whole").present == 1


def test_a_folder_without_results_is_refused(folder, make_record, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="there are no results in .*empty"):  # noqa: RUF043
        merge([folder("one", [make_record("a")]), tmp_path / "empty"], tmp_path / "whole")


def test_scores_that_do_not_say_their_condition_are_refused_not_left_out(
    folder, make_record, tmp_path
):
    parts = [folder(name, [make_record("a")]) for name in ("one", "two")]
    log_of(parts[1]).with_name("condition.json").unlink()
    with pytest.raises(DataError, match=r"condition\.json cannot be read, so the scores beside it"):
        merge(parts, tmp_path / "whole")
    assert not (tmp_path / "whole").exists()


def test_an_environment_that_nobody_describes_is_refused(folder, make_record, tmp_path):
    source = folder("one", [make_record("a")])
    for path in (source / "environments").iterdir():
        path.unlink()
    with pytest.raises(DataError, match="no folder describes the environment"):
        merge([source], tmp_path / "whole")


def test_a_full_disk_leaves_the_target_as_it_was(folder, make_record, tmp_path):
    whole = folder("whole", [make_record("a")])
    more = folder("more", [make_record(name) for name in "bcd"])
    before = log_of(whole).read_bytes()
    with file_size_limit(2 * len(before)), pytest.raises(InfrastructureError, match="too large"):
        merge([more], whole)
    assert log_of(whole).read_bytes() == before
    assert [path.name for path in log_of(whole).parent.glob("*.tmp")] == []


def test_a_target_that_a_run_writes_to_is_refused(
    folder, make_record, condition, environment, tmp_path
):
    source = folder("one", [make_record("a")])
    with (
        Store(tmp_path / "whole").appending(condition, environment),
        pytest.raises(InfrastructureError, match="another run is writing"),
    ):
        merge([source], tmp_path / "whole")
