"""What a large Dask cluster needs of every part of a run: bytes, processor seconds and memory.

``python -m tests.benchmarks.cluster_plan`` prints tables, from which ``docs/reports/scale.md``
computes a plan for ten thousand workers.

A few networks are scored by the thirteen proxies of NAS-Bench-Suite-Zero in a worker that ``dask
worker`` started. Then a scheduler, Dask workers of which hundreds share a process, and this process
as the driver pass records of that size on without scoring anything. Each part's own processor
seconds are counted, so that other programs on the machine disturb little, and two cores suffice.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import logging
import pickle
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from unittest.mock import patch

import psutil
from distributed import Client, LocalCluster, Worker
from distributed.comm.tcp import TCP

from harness.catalog import LoadedProxy, installed
from harness.execution.cluster import DaskCluster, ExistingScheduler, dispatch
from harness.execution.cluster.chunks import Chunk, ChunkSizes
from harness.execution.cluster.dispatch import Dispatch
from harness.execution.cluster.remote_pool import PluginFiles, RemotePool, ScoredChunk
from harness.execution.execute import plan_work
from harness.execution.run import Options, Run, open_run
from harness.execution.scoring import Assignment
from harness.execution.work import Delivery, Work
from harness.records.merge import merge
from harness.records.record import ScoreRecord, encode
from harness.records.store import Store
from harness.suite import load_suite

CLASSIC = (
    "epe_nas", "fisher", "flops", "grad_norm", "grasp", "jacov", "l2_norm", "nwot", "params",
    "plain", "snip", "synflow", "zen",
)  # fmt: skip
CHUNKS_OF = {1: 1000, 16: 500, 64: 200}
"""By networks a chunk, the number of chunks that a scheduler passes on."""
PER_PROCESS = 100
MODULE = "tests.benchmarks.cluster_plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What real workers delivered, and the run that it is of."""

    run: Run
    work: Work
    deliveries: tuple[Delivery, ...]

    @property
    def records(self) -> tuple[ScoreRecord, ...]:
        """All that was delivered."""
        return tuple(record for delivery in self.deliveries for record in delivery.records)

    def assignments(self, count: int) -> Iterator[Assignment]:
        """Yield as many assignments, each of an architecture with a name of its own."""
        known = tuple(assignments_of(self.run))
        for number in range(count):
            like = known[number % len(known)]
            text = f"{like.architecture.text}#{number:08d}"
            yield replace(like, architecture=replace(like.architecture, text=text))


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


@contextmanager
def started(*arguments: str) -> Iterator[psutil.Process]:
    """Start a Python program and end it afterwards."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([sys.executable, "-m", *arguments], **quiet) as process:
        try:
            yield psutil.Process(process.pid)
        finally:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()


@contextmanager
def scheduler() -> Iterator[tuple[psutil.Process, str]]:
    """Start a scheduler; yield its process and address."""
    port = free_port()
    arguments = ("--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    with started("dask", "scheduler", *arguments) as process:
        yield process, f"tcp://127.0.0.1:{port}"


def cpu_s(process: psutil.Process) -> float:
    """Return the processor seconds of a process so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


def say(*cells: object) -> None:
    """Print a row of a table."""
    sys.stdout.write(f"| {' | '.join(str(cell) for cell in cells)} |\n")
    sys.stdout.flush()


def head(*cells: str) -> None:
    """Print the head of a table."""
    sys.stdout.write("\n")
    say(*cells)
    say(*["---", *["---:"] * (len(cells) - 1)])


def measure_worker(networks: int) -> Scored:
    """Score networks by a worker of a cluster; print what it costs to start and to hold."""
    suite = load_suite("nb201-cifar10").changed(sample=networks)
    plugins = installed().choose(LoadedProxy, CLASSIC, "")
    head("a worker", "")
    with scheduler() as (_, address), Client(address, timeout=60, set_as_default=False) as client:
        start = time.perf_counter()
        alone = ("--nthreads", "1", "--no-dashboard", "--memory-limit", "0")
        with started("dask", "worker", address, *alone) as nanny:
            client.wait_for_workers(1, timeout=120)
            say("start of `dask worker`, s", f"{time.perf_counter() - start:.1f}")
            executor = DaskCluster(cluster=ExistingScheduler(address=address))
            options = Options(results=Path("unused"), executor=executor)
            run = open_run(suite, plugins, options)
            work = plan_work(run, options, executor)
            start, deliveries = time.perf_counter(), []
            for delivery in executor.score(work, assignments_of(run)):
                if not deliveries:
                    say("first record after, s", f"{time.perf_counter() - start:.1f}")
                deliveries.append(delivery)
                processes = [nanny, *nanny.children(recursive=True)]
                mib = sum(process.memory_full_info().pss for process in processes) / 2**20
            say("memory of its processes, MiB", f"{mib:.0f}")
    say("bytes of the pool, once a worker", len(pickle.dumps(RemotePool(work, PluginFiles()))))
    return Scored(run=run, work=work, deliveries=tuple(deliveries))


def assignments_of(run: Run) -> Iterator[Assignment]:
    """Yield the networks of a run, all plugins on each."""
    names = tuple(plugin.name for plugin in run.plugins)
    for architecture in run.population.architectures:
        yield Assignment(architecture=architecture, plugins=names)


def measure_records(scored: Scored) -> None:
    """Print what the records say of the networks, and how long they are."""
    costs = [
        cost.cpu_s
        for record in scored.records
        for cost in (*record.passes.values(), *(s.cost for s in record.scores.values() if s.cost))
    ]
    log_bytes = sum(len(encode(record)) for record in scored.records)
    say("bytes of log a network", f"{log_bytes / len(scored.records):.0f}")
    say("processor s a network", f"{sum(costs) / len(scored.records):.2f}")


@cache
def _delivered(file: str) -> tuple[Delivery, ...]:
    """Return deliveries that `main` has written for processes of its own."""
    deliveries: tuple[Delivery, ...] = pickle.loads(Path(file).read_bytes())
    return deliveries


def deliver(file: str, chunk: Chunk, pool: RemotePool) -> ScoredChunk:
    """Be `score_chunk` without scoring: return real records under the names asked for."""
    known = _delivered(file)
    records = tuple(
        known[number % len(known)].records[0].model_copy(
            update={"architecture": assignment.architecture.text}, deep=True
        )
        for number, assignment in enumerate(chunk)
    )  # fmt: skip
    return ScoredChunk(
        delivery=Delivery(environment=known[0].environment, records=records), wall_s=2.0
    )


@contextmanager
def delivering(file: str, size: int) -> Iterator[None]:
    """Let chunks have a size and be delivered unscored."""
    with ExitStack() as patches:
        patches.enter_context(patch.object(dispatch, "score_chunk", partial(deliver, file)))
        sizes = patch.object(ChunkSizes, "next_size", lambda sizes, left, slots: size)
        patches.enter_context(sizes)
        yield


def measure_scheduler(scored: Scored, file: str, groups: int, size: int, chunks: int) -> None:
    """Pass chunks through a scheduler with so many workers; print each part's processor time."""
    with ExitStack() as opened:
        process, address = opened.enter_context(scheduler())
        client = opened.enter_context(Client(address, timeout=60, set_as_default=False))
        bare = process.memory_info().rss
        for _ in range(groups):
            opened.enter_context(started(MODULE, "--serve", address))
        count = groups * PER_PROCESS
        client.wait_for_workers(count, timeout=300)
        memory = (process.memory_info().rss - bare) / count / 2**10
        opened.enter_context(delivering(file, size))
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        before, start = cpu_s(process), time.perf_counter()
        own = time.process_time()
        waited = drive(client, scored, folder, chunks * size, address)
        took, own = time.perf_counter() - start, time.process_time() - own
        used = (cpu_s(process) - before) / chunks
        say(count, size, chunks, f"{1000 * used:.2f}", f"{1000 * own / chunks / size:.2f}",
            f"{chunks * size / took:.0f}", f"{memory:.0f}", f"{waited:.1f}")  # fmt: skip


def drive(client: Client, scored: Scored, folder: Path, networks: int, address: str) -> float:
    """Be the driver: give out, receive and store; return the seconds until the first record."""
    sent = Dispatch(client, scored.work, PluginFiles(), address)
    start, first = time.perf_counter(), 0.0
    try:
        with Store(folder).appending(scored.run.condition) as log:
            for delivery in sent.deliveries(scored.assignments(networks)):
                first = first or time.perf_counter() - start
                log.describe(delivery.environment)
                log.append(*delivery.records)
    finally:
        sent.cancel()
    return first


def measure_wire(scored: Scored, file: str, size: int, chunks: int) -> None:
    """Count the bytes that scheduler, a worker and the driver in one process send each other."""
    sent = {"bytes": 0, "messages": 0}
    write = TCP.write

    async def counting(self: TCP, *arguments: object, **options: object) -> int:
        count = int(await write(self, *arguments, **options))
        sent["bytes"] += count
        sent["messages"] += 1
        return count

    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        cluster = LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, protocol="tcp://",
            dashboard_address=":0", memory_limit=None,
        )  # fmt: skip
        client = opened.enter_context(Client(opened.enter_context(cluster), set_as_default=False))
        opened.enter_context(delivering(file, size))
        opened.enter_context(patch.object(TCP, "write", counting))
        drive(client, scored, folder, chunks * size, "here")
        networks = chunks * size
        say(size, f"{sent['bytes'] / networks:,.0f}", f"{sent['messages'] / networks:.2f}")


def measure_storage(scored: Scored, networks: int) -> None:
    """Print how fast one process writes and merges records."""
    assignments = tuple(scored.assignments(networks))
    half = networks // 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole, shards = folder / "whole", [folder / "a", folder / "b"]
        head("one process", "networks a processor second")
        with timed("writes and seals", networks):
            for shard, part in zip(shards, (assignments[:half], assignments[half:]), strict=True):
                store(scored, part, shard)
        with timed("`harness merge` of two shards without a common network", networks):
            merge(shards, whole)
        with timed("the same again, all of which is there", networks):
            merge(shards, whole)
        store(scored, assignments[: half // 2], folder / "c")
        with timed("of two sealed folders, one of which is a part of the other", half * 3 // 2):
            merge([folder / "c", folder / "a"], folder / "d")


@contextmanager
def timed(what: str, networks: int) -> Iterator[None]:
    """Print how many networks a processor second a block gets through."""
    start = time.process_time()
    yield
    say(what, f"{networks / (time.process_time() - start):,.0f}")


def store(scored: Scored, assignments: Sequence[Assignment], folder: Path) -> None:
    """Write a record of each assignment."""
    known = scored.records
    with Store(folder).appending(scored.run.condition) as log:
        log.describe(scored.deliveries[0].environment)
        for number, assignment in enumerate(assignments):
            text = assignment.architecture.text
            log.append(known[number % len(known)].model_copy(update={"architecture": text}))


def serve(address: str) -> None:
    """Be a hundred workers, until killed."""
    logging.getLogger("distributed").setLevel(logging.CRITICAL)

    async def run() -> None:
        workers = [
            Worker(address, nthreads=1, dashboard=False, memory_limit=None)
            for _ in range(PER_PROCESS)
        ]
        for worker in workers:
            await worker
        await asyncio.gather(*(worker.finished() for worker in workers))

    asyncio.run(run())


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--serve", metavar="ADDRESS")
    parser.add_argument("--networks", type=int, default=40)
    parser.add_argument("--groups", type=int, nargs="+", default=[1])
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve)
        return
    scored = measure_worker(asked.networks)
    measure_records(scored)
    with tempfile.TemporaryDirectory() as name:
        file = str(Path(name, "deliveries"))
        Path(file).write_bytes(pickle.dumps(scored.deliveries))
        head("networks a chunk", "bytes a network", "messages a network")
        for size in CHUNKS_OF:
            measure_wire(scored, file, size, 50)
        head("workers", "networks a chunk", "chunks", "scheduler, ms a chunk",
             "driver, ms a network", "networks/s", "KiB a worker", "first after, s")  # fmt: skip
        for groups in asked.groups:
            for size, chunks in CHUNKS_OF.items():
                measure_scheduler(scored, file, groups, size, chunks)
    measure_storage(scored, 4_000)


if __name__ == "__main__":
    importlib.import_module(MODULE).main()  # so that workers find by name what is sent to them
