from types import SimpleNamespace
from unittest.mock import Mock

import torch

from harness.catalog import LoadedProxy, installed
from harness.costing import measure_costs
from harness.execution.execute import plan_scoring
from harness.execution.run import Options, open_run
from harness.suite import load_suite

SLEEP = "import time\ntime.sleep({})\nreturn 1.0"


def report_of(plugins, tmp_path, networks=3):
    suite = load_suite("smoke").changed(sample=networks)
    prepared = open_run(suite, plugins, Options(results=tmp_path, workers=0))
    _, settings = plan_scoring(prepared, workers=0)
    cells = prepared.population.architectures
    return measure_costs(plugins, cells, settings, lambda done, total: None)


def test_a_proxy_costs_the_same_alone_and_beside_a_slow_one(tmp_path, load_plugin):
    quick, slow = load_plugin(SLEEP.format(0.02), "quick"), load_plugin(SLEEP.format(0.5), "slow")
    costs = {proxy.plugin: proxy for proxy in report_of([slow, quick], tmp_path).proxies}
    for measured in (costs["quick"].alone, costs["quick"].shared):
        assert 0.02 <= measured.low <= measured.median <= measured.high < 0.5
    assert costs["slow"].shared.median >= 0.5


def test_a_shared_pass_is_paid_once_together_and_by_each_alone(tmp_path, monkeypatch):
    # The clock goes on by a second with every backward pass, and with nothing else.
    gradients = Mock(side_effect=torch.autograd.grad)
    monkeypatch.setattr(torch.autograd, "grad", gradients)
    clock = SimpleNamespace(perf_counter=lambda: gradients.call_count)
    monkeypatch.setattr("harness.costing.time", clock)
    report = report_of(installed().choose(LoadedProxy, ["grad_norm", "snip"], ""), tmp_path)
    assert report.networks == 3
    for proxy in report.proxies:
        assert (proxy.forwards, proxy.backwards, proxy.images, proxy.labels) == (1, 1, 8, 8)
    assert (report.alone_s, report.shared_s) == (2.0, 1.0)
