"""Processes of plugins from outside end with whoever asks, and none heeds Ctrl-C."""

import multiprocessing
import signal
import time
from multiprocessing import forkserver
from pathlib import Path

import pytest

from harness.execution.own_process import _serve
from harness.execution.worker import start_process


def test_a_hung_process_of_a_plugin_ends_with_whoever_asks():
    process, connection = start_process(_serve)
    connection.send(((), time.sleep, (600,)))
    connection.close()
    process.join(30)
    assert process.exitcode == 0


@pytest.mark.skipif(
    "forkserver" not in multiprocessing.get_all_start_methods() or not Path("/proc").is_dir(),
    reason="processes are not forked from a server here, or their masks cannot be read",
)
def test_ctrl_c_does_not_reach_the_server_that_forks_while_it_imports():
    process, connection = start_process(_serve)
    status = Path(f"/proc/{forkserver._forkserver._forkserver_pid}/status").read_text()
    (blocked,) = (line.split()[1] for line in status.splitlines() if line.startswith("SigBlk"))
    connection.close()
    process.join(30)
    assert int(blocked, 16) & 1 << signal.SIGINT - 1
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
