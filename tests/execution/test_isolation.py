import logging
import multiprocessing
import threading

import pytest

from harness.catalog import FromFile, FromModule
from harness.core.errors import InfrastructureError
from harness.core.outcome import Failed, FailureKind
from harness.execution import executor
from harness.execution.execute import execute
from harness.execution.run import Options, open_run
from harness.records.environment import Environment
from harness.suite import load_suite
from tests.plugin_files import plugin_source
from tests.stored import outcomes_of

OWN = ("params", "synflow", "grad_norm")
BAD = {
    "default dtype": "import torch\ntorch.set_default_dtype(torch.float64)\nreturn 1.0",
    "oneDNN": "import torch\ntorch.backends.mkldnn.enabled = False\nreturn 1.0",
    "hook": (
        "from torch.nn.modules import module\n"
        "module.register_module_forward_hook(lambda m, i, o: o * 2)\nreturn 1.0"
    ),
    "loss": (
        "from torch.nn import functional\n"
        "functional.cross_entropy = functional.nll_loss\nreturn 1.0"
    ),
    "forward": "from torch import nn\nnn.ReLU.forward = lambda self, x: x\nreturn 1.0",
    "initialiser": (
        "from torch import nn\n"
        "nn.init.kaiming_normal_ = nn.init.kaiming_uniform_ = nn.init.zeros_\nreturn 1.0"
    ),
    # No list knows what this changes: the code of a function that others call.
    "code": (
        "from torch.nn import functional\ndef other(*a, **k): return a[0].sum() * 0\n"
        "functional.cross_entropy.__code__ = other.__code__\nreturn 1.0"
    ),
}


class _Refusing:
    """A way to start processes that starts none."""

    def __init__(self, refuse):
        self.Process = refuse

    def get_start_method(self):
        return "none"

    def Pipe(self):
        return multiprocessing.Pipe()


def own():
    """Return some plugins of this package."""
    return [FromModule(module=f"harness.plugins.zero_cost.{name}").load() for name in OWN]


def run(plugins, results, **options):
    suite = load_suite("smoke").changed(sample=3)
    prepared = open_run(suite, plugins, Options(results=results, **options))
    execute(prepared, Options(results=results, **options), lambda done, total: None)
    return prepared


def scores(prepared, names=OWN):
    return repr(
        {
            plugin.name: sorted(outcomes_of(prepared.scores, plugin.key).items())
            for plugin in prepared.plugins
            if plugin.name in names
        }
    )


def only_failed(prepared, plugin):
    return {
        (outcome.kind, outcome.reason.partition(" leaves ")[0])
        for outcome in outcomes_of(prepared.scores, plugin.key).values()
        if isinstance(outcome, Failed)
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return scores(run(own(), tmp_path_factory.mktemp("undisturbed"), workers=1))


def test_scores_beside_plugins_that_disturb_the_process_are_the_same_to_the_byte(
    load_plugin, tmp_path, undisturbed
):
    bad = {name: load_plugin(body, name.replace(" ", "_")) for name, body in BAD.items()}
    prepared = run([*bad.values(), *own()], tmp_path / "r", workers=1)
    assert scores(prepared) == undisturbed
    unseen = bad.pop("code")
    assert only_failed(prepared, unseen) == set()
    for plugin in bad.values():
        assert only_failed(prepared, plugin) == {(FailureKind.CONTRACT, plugin.name)}


def test_one_process_for_all_puts_back_what_is_known(load_plugin, tmp_path, undisturbed):
    bad = [load_plugin(BAD[name], name.replace(" ", "_")) for name in BAD if name != "code"]
    run(bad, tmp_path / "bad", workers=0)
    assert scores(run(own(), tmp_path / "after", workers=0)) == undisturbed


def test_plugins_from_outside_share_no_process(load_plugin, tmp_path):
    body = "import os\nreturn float(os.getpid())"
    plugins = [load_plugin(body, "first"), load_plugin(body, "second")]
    prepared = run(plugins, tmp_path / "r", workers=1)
    first, second = (
        {
            outcome.components["score"]
            for outcome in outcomes_of(prepared.scores, plugin.key).values()
        }
        for plugin in plugins
    )
    assert len(first) == len(second) == 1
    assert first != second


def test_scores_that_shared_a_process_with_strangers_are_told_and_asked_again(
    load_plugin, tmp_path, caplog
):
    plugins = [load_plugin("return 1.0"), *own()]
    run(plugins, tmp_path / "r", workers=0)
    with caplog.at_level(logging.WARNING):
        prepared = open_run(
            load_suite("smoke").changed(sample=3), own(), Options(results=tmp_path / "r")
        )
    assert "9 stored scores were computed in one process with plugins from outside (mine)" in (
        caplog.text
    )
    asked = Options(results=tmp_path / "r", workers=1, retry=True)
    assert execute(prepared, asked, lambda done, total: None).computed == 9
    caplog.clear()
    prepared = open_run(load_suite("smoke").changed(sample=3), own(), asked)
    assert execute(prepared, asked, lambda done, total: None).computed == 0
    assert caplog.text == ""


def test_versions_of_one_stranger_are_named_once(load_plugin, tmp_path, caplog):
    run([load_plugin("return 1.0"), *own()], tmp_path / "r", workers=0)
    run([load_plugin("return 2.0")], tmp_path / "r", workers=0)
    caplog.clear()
    open_run(load_suite("smoke").changed(sample=3), own(), Options(results=tmp_path / "r"))
    assert "from outside (mine)" in caplog.text


def test_scores_of_this_package_alone_are_trusted_wherever_they_were_computed(tmp_path, caplog):
    run(own(), tmp_path / "r", workers=0)
    assert run(own(), tmp_path / "r", workers=0).unprotected == frozenset()
    assert caplog.text == ""


def test_one_process_counts_as_apart_until_it_has_scored_by_a_stranger(
    load_plugin, tmp_path, monkeypatch
):
    monkeypatch.setattr(executor, "_STRANGERS", set())
    isolated = []
    for name, plugins in (("1", own()), ("2", [load_plugin("return 1.0")]), ("3", own())):
        prepared = run(plugins, tmp_path / name, workers=0)
        isolated.append([known.isolated for known in prepared.store.environments().values()])
    assert isolated == [[True], [False], [False]]


def test_environments_of_version_0_1_keep_their_keys():
    stored = Environment(
        python="3.11.7",
        packages={"torch": "2.13.0"},
        system="Linux 6.1 x86_64",
        processor="a processor, AVX2",
        cores=2,
        threads=1,
        workers=2,
        gpu=None,
        commit=None,
    )
    assert stored.key == "8cbf17a04a8c9014"
    assert stored.model_copy(update={"isolated": True}).key != stored.key


def test_where_no_process_can_be_started_this_one_scores_and_says_so(
    tmp_path, monkeypatch, caplog, undisturbed
):
    def refuse(*arguments, **options):
        raise OSError("Resource temporarily unavailable")

    monkeypatch.setattr("harness.execution.worker_pool.process_context", lambda: _Refusing(refuse))
    prepared = run(own(), tmp_path / "r", workers=2)
    assert scores(prepared) == undisturbed
    assert caplog.messages == [
        "worker processes cannot be started (Resource temporarily unavailable): scoring in this "
        "process, without limits of time and memory"
    ]


def test_a_plugin_that_writes_to_its_images_scores_each_network_alike(load_plugin, tmp_path):
    head = "from harness.passes.subject import INPUTS, LABELS\n"
    body = head + "seen[INPUTS].mul_(2)\nseen[LABELS].fill_(3)\nreturn float(seen[INPUTS].sum())"
    path = load_plugin("return 1.0", "writes").origin.path
    text = plugin_source(body, "writes", "INPUTS, LABELS")
    path.write_text(text.replace("import BUILD", "import INPUTS, LABELS, BUILD"))
    plugin = FromFile(path=path).load()
    prepared = run([plugin, *own()], tmp_path / "r", workers=0)
    outcomes = list(outcomes_of(prepared.scores, plugin.key).values())
    assert len(outcomes) == 3
    assert outcomes[0] == outcomes[1] == outcomes[2]


def test_threads_of_one_program_score_by_turns(load_plugin, tmp_path):
    def scored(folder):
        results.append(run(own(), folder, workers=0))

    results = []
    threads = [threading.Thread(target=scored, args=(tmp_path / str(n),)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first, second = map(scores, results)
    assert first == second


def test_workers_that_die_while_they_load_a_plugin_name_it(write_plugin, tmp_path):
    path = write_plugin("return 1.0")
    path.write_text(
        "import multiprocessing, os\n"
        "if multiprocessing.current_process().name != 'MainProcess': os._exit(3)\n"
        + path.read_text()
    )
    with pytest.raises(InfrastructureError, match=r"that load mine die while they start .*code 3"):
        run([FromFile(path=path).load()], tmp_path / "r", workers=1)
