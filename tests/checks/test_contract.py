import re

import pytest

from harness.catalog import FromFile, LoadedProxy, installed
from harness.checks import Verdict, check_plugin
from harness.core.errors import UsageError
from harness.execution.executor import InProcess, LocalPool

PLUGINS = installed().of_kind(LoadedProxy)


def broken(plugin, executor=None):
    """Return the rules that a plugin breaks; no worker is started unless one is asked for."""
    findings = check_plugin(plugin, "nas-bench-201", executor or InProcess())
    return {
        finding.rule: finding.detail for finding in findings if finding.verdict is Verdict.BROKEN
    }


@pytest.mark.parametrize("name", PLUGINS)
def test_every_registered_plugin_keeps_the_contract(name):
    assert broken(PLUGINS[name]) == {}


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("return __import__('time').perf_counter()", "is pure"),
        ("import numpy\nnumpy.seterr(all='raise')\nreturn 1.0", "leaves global state alone"),
        ("import torch\ntorch.set_num_threads(3)\nreturn 1.0", "leaves global state alone"),
        ("seen[BUILD]()\nreturn 1.0", "gives finite scores"),
        ("return 'text'", "gives finite scores"),
        ("return float('nan')", "gives finite scores"),
        ("import numpy\nreturn numpy.complex128(1 + 2j)", "gives finite scores"),
        (
            "if seen[GRAPH].operations.count('none') == 6: raise ValueError('no')\nreturn 1.0",
            "survives a cell without a path",
        ),
        (
            "import builtins\nbuiltins.calls = getattr(builtins, 'calls', 0) + 1\n"
            "return float(builtins.calls)",
            "does not depend on the order",
        ),
    ],
)
def test_a_plugin_that_breaks_a_rule_is_found_out(load_plugin, body, rule):
    assert rule in broken(load_plugin(body))


def test_the_kit_leaves_the_caller_s_global_state_alone(load_plugin):
    import random

    import torch

    state, threads = random.getstate(), torch.get_num_threads()
    check = "import random, torch\nrandom.seed(1)\ntorch.set_num_threads(3)\nreturn 1.0"
    broken(load_plugin(check))
    assert random.getstate() == state
    assert torch.get_num_threads() == threads


def test_a_plugin_that_changes_the_shared_network_is_found_out(write_plugin):
    path = write_plugin("seen[NETWORK].eval()\nreturn 1.0", passes="NETWORK,")
    path.write_text(path.read_text().replace("import BUILD", "import NETWORK, BUILD"))
    assert "leaves the shared network alone" in broken(FromFile(path=path).load())


@pytest.mark.parametrize(
    ("formula", "kept"),
    [
        ("2 * columns['score']", True),
        ("columns['score'] - columns['score'].mean()", False),
        ("columns['score'] + 1j", False),
    ],
)
def test_a_rule_that_needs_others_or_gives_complex_is_found_out(write_plugin, formula, kept):
    path = write_plugin("return float(sum('conv' in name for name in seen[GRAPH].operations))")
    claim = f"score=score, separable=True, aggregate=lambda columns: {formula}"
    path.write_text(path.read_text().replace("score=score", claim))
    details = broken(FromFile(path=path).load())
    assert kept == ("aggregates any order alike" not in details)


def test_a_proxy_that_fails_in_the_worker_processes_of_runs_alone_is_found_out(load_plugin):
    body = (
        "import multiprocessing\n"
        "if multiprocessing.parent_process() is not None: raise OSError('no workers of workers')\n"
        "return 1.0"
    )
    plugin = load_plugin(body)
    assert broken(plugin) == {}
    details = broken(plugin, LocalPool(workers=1))
    assert list(details) == ["scores in a worker process"]
    assert "OSError: no workers of workers" in details["scores in a worker process"]


def test_a_check_scores_in_a_worker_process_by_default(load_plugin):
    plugin = load_plugin("import os\nreturn float(os.getpid())")
    findings = check_plugin(plugin, "nas-bench-201")
    (detail,) = [
        finding.detail for finding in findings if finding.rule == "scores in a worker process"
    ]
    assert "in a worker process" in detail


def test_two_scores_of_one_network_are_told_as_numbers(load_plugin):
    plugin = load_plugin("score.calls = getattr(score, 'calls', 0) + 1\nreturn float(score.calls)")
    detail = broken(plugin)["is pure"]
    assert re.search(r": score \d+\.0, and asked again score \d+\.0$", detail)


def test_what_else_a_plugin_changes_of_the_shared_network_is_counted(write_plugin):
    path = write_plugin(
        "import torch\nwith torch.no_grad():\n"
        "    [weight.add_(1) for weight in seen[NETWORK].parameters()]\nreturn 1.0",
        passes="NETWORK,",
    )
    path.write_text(path.read_text().replace("import BUILD", "import NETWORK, BUILD"))
    detail = broken(FromFile(path=path).load())["leaves the shared network alone"]
    assert re.search(r"tensor 'stem\.\d\.\w+' and \d+ more of the shared network$", detail)


def test_an_unknown_space_is_one_sentence(load_plugin):
    with pytest.raises(UsageError, match="did you mean 'nas-bench-201'"):
        check_plugin(load_plugin("return 1.0"), "nas-bench-21")
