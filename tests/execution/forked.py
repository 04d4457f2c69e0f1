"""Processes that start at once, because they are forked from one that has imported everything."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import socket
import time
import traceback
from collections.abc import Callable
from contextlib import suppress

import distributed
import psutil
import torch  # noqa: F401 - every forked process needs it

from harness.execution import worker_pool

READY_S = 20.0


def fork(work: Callable[[], int]) -> int:
    """Run something in a forked process that exits with what it returns; return its id."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = work()
        except BaseException:  # noqa: BLE001 - it must be seen, and the fork must end
            traceback.print_exc()
        finally:
            os._exit(code)
    return pid


class ForkedCells:
    """Starts worker processes as `harness.execution.worker` expects, by forking this one."""

    def get_start_method(self):
        return "fork"

    def Pipe(self):
        return multiprocessing.Pipe()

    def Process(self, target, args, daemon):
        context = multiprocessing.get_context("fork")
        return context.Process(target=alone, args=(target, args), daemon=daemon)


def alone(target, args):
    """Close what was inherited: a worker must see when the process that asks it is gone."""
    mine = args[0].fileno()
    os.closerange(3, mine)
    os.closerange(mine + 1, 4096)
    target(*args)


def fork_cells() -> None:
    """Let this process start its worker processes by forking."""
    worker_pool.process_context = ForkedCells


class Cluster:
    """A Dask scheduler and workers as processes of their own, started again where they are gone."""

    def __init__(self, workers: int) -> None:
        self._count = workers
        self._workers: list[int] = []
        self.scheduler = 0
        self.address = ""

    def ensure(self) -> None:
        """Start what does not run."""
        if not (self.scheduler and runs(self.scheduler)):
            self.stop()
            port = free_port()
            self.address = f"tcp://127.0.0.1:{port}"
            self.scheduler = fork(lambda: serve(scheduler(port)))
            wait_for(port)
        self._workers = [pid for pid in self._workers if runs(pid)]
        while len(self._workers) < self._count:
            self._workers.append(fork(lambda: serve(worker(self.address))))

    def workers_and_their_cells(self) -> list[int]:
        """Return the ids of all processes that score or hand on work."""
        pids = list(self._workers)
        for pid in self._workers:
            with suppress(psutil.Error):
                pids += [child.pid for child in psutil.Process(pid).children(recursive=True)]
        return pids

    def stop(self) -> None:
        """End everything."""
        for pid in [self.scheduler, *self._workers]:
            if pid and runs(pid):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        self.scheduler, self._workers = 0, []


def serve(running) -> int:
    fork_cells()
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    asyncio.run(running)
    return 0


async def scheduler(port: int) -> None:
    async with distributed.Scheduler(
        host="127.0.0.1", port=port, dashboard=False, dashboard_address=None
    ) as running:
        await running.finished()


async def worker(address: str) -> None:
    async with distributed.Worker(address, nthreads=1, dashboard=False) as running:
        await running.finished()


def runs(pid: int) -> bool:
    """Tell whether a forked process runs; one that has ended is taken note of."""
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


def wait_for(port: int) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"no scheduler listens at port {port}")
