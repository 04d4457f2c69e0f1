"""Scoring on a cluster as ``dask scheduler`` and ``dask worker`` start it."""

import gc
import pickle
import py_compile
import socket
import subprocess
import sys
import tempfile
from dataclasses import replace

import pytest

from harness.catalog import FromFile
from harness.catalog.tuned_proxy import tuned_proxy
from harness.core.errors import InfrastructureError, UsageError
from harness.core.outcome import FailureKind, Scored
from harness.execution.cluster import (
    ClusterSettings,
    DaskCluster,
    ExistingScheduler,
    Launched,
    clusters,
)
from harness.execution.cluster.dispatch import Dispatch
from harness.execution.cluster.remote_pool import (
    PluginFiles,
    RemotePool,
    read_plugin_files,
    score_chunk,
)
from harness.execution.execute import execute
from harness.execution.executor import InProcess
from harness.execution.run import Options, open_run
from harness.records.store import Store
from harness.suite import load_suite
from tests.execution.works import work_of
from tests.stored import outcomes_of

pytest.importorskip("distributed")

WEIGHTS = "return float(sum(p.detach().sum() for p in seen[BUILD]().parameters()))"


def free_port():
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A scheduler and one worker with two threads, in another folder."""
    port, folder = free_port(), tmp_path_factory.mktemp("elsewhere")
    address = f"tcp://127.0.0.1:{port}"
    dask = [sys.executable, "-m", "dask"]
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    local = ["--host", "127.0.0.1", "--no-dashboard"]
    scheduler = [*dask, "scheduler", *local, "--port", str(port)]
    worker = [*dask, "worker", address, "--no-dashboard", "--nthreads", "2"]
    with (
        subprocess.Popen(scheduler, **quiet) as first,
        subprocess.Popen([*worker, "--memory-limit", "0"], **quiet) as second,
    ):
        yield address
        second.terminate()
        first.terminate()


def run(plugins, results, executor, sample=8, timeout_s=60.0):
    suite = load_suite("smoke").changed(sample=sample, timeout_s=timeout_s)
    options = Options(results=results, executor=executor)
    prepared = open_run(suite, plugins, options)
    execute(prepared, options, lambda done, total: None)
    return {
        (plugin.name, text): outcome
        for plugin in plugins
        for text, outcome in outcomes_of(prepared.scores, plugin.key).items()
    }


@pytest.mark.slow
def test_a_cluster_gives_the_scores_of_this_process(address, load_plugin, tmp_path):
    plugin = load_plugin(WEIGHTS, passes="BUILD,")
    there = run(
        [plugin], tmp_path / "there", DaskCluster(cluster=ExistingScheduler(address=address))
    )
    assert there == run([plugin], tmp_path / "here", InProcess())
    assert len(there) == 8


@pytest.mark.slow
def test_a_hung_plugin_fails_alone_on_a_cluster_and_says_where(address, load_plugin, tmp_path):
    bad = load_plugin("import time; time.sleep(600)", "bad")
    good = load_plugin("return 1.0", "good")
    executor = DaskCluster(cluster=ExistingScheduler(address=address))
    outcomes = run([bad, good], tmp_path / "r", executor, sample=2, timeout_s=4.0)
    kinds = [
        getattr(outcome, "kind", None) for (name, _), outcome in outcomes.items() if name == "bad"
    ]
    assert kinds == [FailureKind.TIMEOUT] * 2
    assert [outcome for (name, _), outcome in outcomes.items() if name == "good"] == [
        Scored(components={"score": 1.0})
    ] * 2
    (environment,) = Store(tmp_path / "r").environments().values()
    assert environment.threads == 1


@pytest.mark.slow
def test_a_run_on_gpus_needs_workers_that_offer_them(address, load_plugin):
    from distributed import Client

    work, assignments = work_of([load_plugin("return 1.0")], 1)
    work = replace(work, settings=replace(work.settings, device="cuda"))
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(1, timeout=60)
        dispatch = Dispatch(client, work, PluginFiles(), address)
        with pytest.raises(InfrastructureError, match=r"offers the resource GPU; start workers"):
            list(dispatch.deliveries(assignments))
        dispatch.cancel()


def test_a_scheduler_that_does_not_answer_is_one_sentence(load_plugin, tmp_path, monkeypatch):
    monkeypatch.setattr(clusters, "_CONNECT_S", 0.3)
    place = ExistingScheduler(address=f"tcp://127.0.0.1:{free_port()}")
    with pytest.raises(InfrastructureError, match="no Dask scheduler answers at tcp://127"):
        run([load_plugin("return 1.0")], tmp_path / "r", DaskCluster(cluster=place))


def test_without_the_extra_one_sentence_says_what_to_install(load_plugin, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    place = Launched(settings=ClusterSettings(kind="local"))
    with pytest.raises(UsageError, match=r"install 'nas-proxy-harness\[cluster\]', or run with"):
        run([load_plugin("return 1.0")], tmp_path / "r", DaskCluster(cluster=place))


def test_a_cluster_s_device_cannot_be_guessed(load_plugin, tmp_path):
    executor = DaskCluster(cluster=ExistingScheduler(address="tcp://127.0.0.1:1"))
    options = Options(results=tmp_path, executor=executor, device="auto")
    with pytest.raises(UsageError, match="name cpu or cuda"):
        open_run(load_suite("smoke"), [load_plugin("return 1.0")], options)


def test_a_worker_without_the_plugin_s_file_gets_it_and_passes_it_on(load_plugin, tmp_path):
    work, assignments = work_of([load_plugin("return 1.0")], 2)
    files = read_plugin_files(work)
    (tmp_path / "mine.py").unlink()
    post = pickle.loads(pickle.dumps(RemotePool(work, files)))
    scored = score_chunk(tuple(assignments), post)
    outcomes = [
        score.result() for record in scored.delivery.records for score in record.scores.values()
    ]
    assert outcomes == [Scored(components={"score": 1.0})] * 2
    assert scored.wall_s > 0


def test_a_worker_makes_a_folder_only_for_files_that_it_is_given(
    load_plugin, monkeypatch, tmp_path
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    work, _ = work_of([load_plugin("return 1.0")], 1)
    given = RemotePool(work, read_plugin_files(work))
    assert len(list((tmp_path / "temporary").iterdir())) == 1
    none = RemotePool(work, PluginFiles())
    assert len(list((tmp_path / "temporary").iterdir())) == 1
    del given, none
    gc.collect()
    assert not list((tmp_path / "temporary").iterdir())


def test_own_modules_travel_with_the_file_that_imports_them(load_plugin, tmp_path, monkeypatch):
    folder = tmp_path / "driver"
    (folder / "travelling").mkdir(parents=True)
    (folder / "travelling" / "__init__.py").write_text("from .sizes import SIZE\n")
    (folder / "travelling" / "sizes.py").write_text("SIZE = 7.0\n")
    with monkeypatch.context() as patched:
        patched.syspath_prepend(folder)
        work, assignments = work_of([load_plugin("import travelling\nreturn travelling.SIZE")], 1)
        files = read_plugin_files(work)
    for module in folder.rglob("*.py"):
        module.unlink()
    (record,) = score_chunk(tuple(assignments), RemotePool(work, files)).delivery.records
    assert [score.result() for score in record.scores.values()] == [
        Scored(components={"score": 7.0})
    ]


SEARCHED = """
from harness.passes.subject import GRAPH
from harness.plugin import Direction, ZeroCostProxy
from harness.searched_proxy import SearchedProxy

def proxy(settings):
    return ZeroCostProxy(
        name="powers", version="1", summary="a test", direction=Direction.HIGHER,
        passes=(GRAPH,), score=lambda seen: float(settings["power"]),
    )

PLUGIN = SearchedProxy(
    name="searched", version="1", summary="a test", search=lambda draw, budget: {}, proxy=proxy
)
"""


def test_the_file_of_a_searched_proxy_travels_with_its_settings(tmp_path):
    path = tmp_path / "searched.py"
    path.write_text(SEARCHED)
    (search,) = FromFile(path=path).load_all()
    work, assignments = work_of([tuned_proxy(search, {"power": 3})], 1)
    files = read_plugin_files(work)
    path.unlink()
    (record,) = score_chunk(tuple(assignments), RemotePool(work, files)).delivery.records
    assert [score.result() for score in record.scores.values()] == [
        Scored(components={"score": 3.0})
    ]


def test_a_module_that_cannot_travel_is_refused_before_anything_is_scored(
    load_plugin, tmp_path, monkeypatch
):
    (tmp_path / "compiled_part.py").write_text("SIZE = 7.0\n")
    py_compile.compile(tmp_path / "compiled_part.py", tmp_path / "compiled_part.pyc")
    (tmp_path / "compiled_part.py").unlink()
    monkeypatch.syspath_prepend(tmp_path)
    work, _ = work_of([load_plugin("import compiled_part\nreturn compiled_part.SIZE")], 1)
    with pytest.raises(UsageError, match=r"mine\.py imports compiled_part, which is no Python sou"):
        read_plugin_files(work)


def test_a_worker_that_cannot_load_a_plugin_says_on_which_machine(load_plugin, tmp_path):
    work, assignments = work_of([load_plugin("return 1.0")], 1)
    (tmp_path / "mine.py").unlink()
    with pytest.raises(InfrastructureError, match=r"^on \S+: worker processes cannot be started"):
        score_chunk(tuple(assignments), RemotePool(work, PluginFiles()))
