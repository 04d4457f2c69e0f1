import pytest

from harness.catalog import LoadedProxy, installed
from harness.core.errors import DataError
from harness.evaluation import join_stored
from harness.execution.execute import execute
from harness.execution.run import Options, open_run
from harness.metrics import Defined
from harness.regression_gate import judge, take
from harness.suite import load_suite


@pytest.fixture
def prepared(tmp_path, load_plugin):
    """Eight cells, scored by a set-level proxy, a count and one that fails on some."""
    count = "n = sum('conv' in one for one in seen[GRAPH].operations)"
    partly = f"{count}\nreturn float('nan') if n > 3 else n"
    plugins = [
        *installed().choose(LoadedProxy, ["az_nas", "params"], ""),
        load_plugin(partly, "partly"),
    ]
    options = Options(results=tmp_path / "r", workers=0)
    run = open_run(load_suite("smoke").changed(sample=8), plugins, options)
    execute(run, options, lambda done, total: None)
    return run


def test_a_snapshot_holds_what_the_leaderboard_ranks(prepared):
    joined = join_stored(prepared)
    taken = take(prepared, joined)
    for method in joined[0].methods:
        state = taken.plugins[method.name]
        known = [text for text in joined[0].architectures if text in state.scores]
        assert [state.scores[text] for text in known] == joined[0].sample(method).scores.tolist()
        assert len(state.scores) + len(state.failures) == 8
    assert set(taken.plugins["partly"].failures.values()) == {"nonfinite"}
    assert isinstance(taken.plugins["params"].values["nb201-analog-baseline"], Defined)
    assert taken.tasks == {task.table.task: task.table.digest for task in joined}


def test_only_set_level_proxies_have_parts(prepared):
    plugins = take(prepared, join_stored(prepared)).plugins
    assert list(plugins["az_nas"].parts) == [
        "expressivity",
        "progressivity",
        "trainability",
        "complexity",
    ]
    assert plugins["params"].parts == {}
    assert "structure=1" in plugins["params"].declared.passes


def test_times_name_a_machine_that_a_commit_does_not_change(prepared):
    taken = take(prepared, join_stored(prepared))
    (key,) = taken.machines
    assert {state.times.machine for state in taken.plugins.values()} == {key}
    machine = taken.machines[key]
    assert machine.key == key
    assert machine.commit is None
    assert "nas-proxy-harness" not in machine.packages
    assert all(seconds > 0 for seconds in taken.plugins["az_nas"].times.seconds.values())


def test_a_snapshot_passes_against_itself(prepared):
    joined = join_stored(prepared)
    taken = take(prepared, joined)
    judgement = judge(taken, taken, joined)
    assert (judgement.exit_code, judgement.findings) == (0, ())


def test_records_without_their_environment_are_one_sentence(prepared, tmp_path):
    for path in (tmp_path / "r" / "environments").iterdir():
        path.unlink()
    with pytest.raises(DataError, match="which is not stored in the folder environments"):
        take(prepared, join_stored(prepared))
