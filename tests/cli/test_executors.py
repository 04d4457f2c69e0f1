from pathlib import Path

import pytest

from harness.api.choice import choose_executor
from harness.core.errors import UsageError
from harness.execution.cluster import ClusterSettings, DaskCluster, ExistingScheduler, Launched
from harness.execution.executor import InProcess

ADDRESS, FILE = "tcp://10.0.0.1:8786", Path("c.toml")


def test_worker_processes_on_this_machine_are_the_default():
    assert choose_executor(None, None, None, 3) is None
    assert choose_executor("local", None, None, 3) is None


def test_in_process_is_this_process():
    assert choose_executor("in-process", None, None, None) == InProcess()


@pytest.mark.parametrize("name", [None, "dask"])
def test_a_scheduler_s_address_means_dask(name):
    wanted = DaskCluster(cluster=ExistingScheduler(address=ADDRESS))
    assert choose_executor(name, ADDRESS, None, None) == wanted


def test_dask_alone_is_a_cluster_on_this_machine():
    settings = ClusterSettings(kind="local", workers=3)
    wanted = DaskCluster(cluster=Launched(settings=settings))
    assert choose_executor("dask", None, None, 3) == wanted


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("slurm", None, None, None), r"unknown executor 'slurm'. Known: dask, in-process, local"),
        (("local", ADDRESS, None, None), r"--executor local uses no cluster"),
        (("in-process", None, FILE, None), r"--executor in-process uses no cluster"),
        ((None, ADDRESS, FILE, None), r"each name a cluster"),
        ((None, ADDRESS, None, 2), r"--workers is for this machine"),
        ((None, None, FILE, 2), r"--workers is for this machine"),
    ],
)
def test_options_that_contradict_each_other_are_one_sentence(options, sentence):
    with pytest.raises(UsageError, match=sentence):
        choose_executor(*options)
