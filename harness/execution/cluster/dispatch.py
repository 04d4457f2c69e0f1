"""Keeps a cluster supplied with chunks, never with many more than it works on."""

from __future__ import annotations

import logging
import time
from asyncio import CancelledError
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from harness.core.errors import HarnessError, InfrastructureError
from harness.core.outcome import Failed, FailureKind
from harness.execution.cluster.chunks import Chunk, Supply, divide_chunk
from harness.execution.cluster.remote_pool import (
    PluginFiles,
    ScoredChunk,
    open_remote_pool,
    score_chunk,
)
from harness.execution.scoring import Assignment
from harness.execution.work import THREADS, Delivery, Work
from harness.records.environment import capture

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["GPU", "Dispatch"]

GPU = "GPU"
"""Resource that a Dask worker with a GPU is started with: ``dask worker --resources GPU=1``."""

_LOG = logging.getLogger(__name__)
_AHEAD = 2  # chunks for every one that is worked on, so that no worker waits for its next
_LOOK_S = 1.0
_COUNT_S = 5.0
_RETRIES = 2


class Dispatch:
    """Chunks on their way to a cluster and back.

    Args:
        client: A client of its scheduler.
        work: What workers need to know.
        files: Plugin files and what they import, for workers that do not have them.
        name: What the cluster is called in messages.
    """

    def __init__(self, client: Client, work: Work, files: PluginFiles, name: str) -> None:
        self._client = client
        self._work = work
        self._name = name
        self._resources = {GPU: 1} if work.settings.device == "cuda" else {}
        self._pool = client.submit(open_remote_pool, work, files, pure=False)
        self._running: dict[Future[ScoredChunk], Chunk] = {}
        self._finished: SimpleQueue[Future[ScoredChunk]] = SimpleQueue()
        self._slots, self._counted = 0, float("-inf")

    def deliveries(self, assignments: Iterable[Assignment], least: int = 1) -> Iterator[Delivery]:
        """Score every assignment.

        Args:
            assignments: Read as they are needed.
            least: Chunks to keep the cluster supplied for, even where it has no workers yet.

        Raises:
            InfrastructureError: The scheduler was lost, or its workers cannot score.
        """
        try:
            yield from self._deliveries(Supply(assignments), least)
        except (OSError, TimeoutError, CancelledError) as error:
            raise self._lost() from error

    def cancel(self) -> None:
        """Take back everything that is still on its way."""
        with suppress(Exception):  # the scheduler may be gone
            self._client.cancel(  # type: ignore[no-untyped-call]
                [*self._running, self._pool], force=True
            )

    def _deliveries(self, supply: Supply, least: int) -> Iterator[Delivery]:
        while True:
            slots = max(self._count_slots(), least)
            # Dask keeps tasks on the worker that holds the pool, unless there are more of them than
            # twice its threads: then it spreads them over all workers.
            self._send(supply.next_chunks(_AHEAD * slots + 1 - len(self._running), slots))
            if not self._running:
                return
            finished = self._next_finished()
            for future, scored in zip(finished, self._gathered(finished), strict=True):
                yield from self._received(future, scored, supply)

    def _send(self, chunks: Sequence[Chunk]) -> None:
        """Have all of these scored; one message is far cheaper than one for each."""
        futures = self._client.map(
            score_chunk,
            chunks,
            pool=self._pool,
            pure=False,
            retries=_RETRIES,
            resources=self._resources or None,
        )
        for future, chunk in zip(futures, chunks, strict=True):
            self._running[future] = chunk
            future.add_done_callback(self._finished.put)  # type: ignore[no-untyped-call]

    def _next_finished(self) -> list[Future[ScoredChunk]]:
        """Wait for a chunk that is finished; return it with all others that are by now."""
        while True:
            try:
                finished = [self._finished.get(timeout=_LOOK_S)]
            except Empty:
                if self._client.status != "running":
                    raise self._lost() from None
                self._count_slots()
                continue
            with suppress(Empty):
                while True:
                    finished.append(self._finished.get_nowait())
            return finished

    def _gathered(self, finished: Sequence[Future[ScoredChunk]]) -> list[ScoredChunk | None]:
        """Return what became of chunks, in one message; nothing where there is an error."""
        if any(future.status in ("cancelled", "lost") for future in finished):
            raise self._lost()
        by_number: dict[int, ScoredChunk | None] = self._client.gather(  # type: ignore[no-untyped-call]
            dict(enumerate(finished)), errors="skip"
        )
        return list(by_number.values())

    def _received(
        self, future: Future[ScoredChunk], scored: ScoredChunk | None, supply: Supply
    ) -> Iterator[Delivery]:
        from distributed import KilledWorker

        chunk = self._running.pop(future)
        if scored is not None:
            supply.sizes.learn(len(chunk), scored.wall_s)
            yield scored.delivery
            return
        if future.status in ("cancelled", "lost"):
            raise self._lost()
        match error := future.exception():  # type: ignore[no-untyped-call]
            case KilledWorker():
                smaller = divide_chunk(chunk)
                supply.take_back(smaller)
                if not smaller:
                    yield self._failed(chunk[0])
            case HarnessError():
                raise error
            case _:
                raise InfrastructureError(
                    f"a worker of {self._name} cannot score ({type(error).__name__}: {error}); "
                    f"install the harness there in the version that runs here"
                ) from error

    def _count_slots(self) -> int:
        """Return how many chunks the cluster works on at the same time; looked up now and then."""
        if time.monotonic() - self._counted < _COUNT_S:
            return self._slots
        workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        if self._resources:
            counts = [int(worker["resources"].get(GPU, 0)) for worker in workers]
        else:
            counts = [worker["nthreads"] for worker in workers]
        if counts and not sum(counts):
            raise InfrastructureError(
                f"no worker of {self._name} offers the resource {GPU}; start workers with dask "
                f"worker ADDRESS --nthreads 1 --resources {GPU}=1"
            )
        if not counts and self._counted > 0:
            _LOG.warning("%s has no workers at the moment; waiting for some", self._name)
        self._slots, self._counted = sum(counts), time.monotonic()
        return self._slots

    def _failed(self, assignment: Assignment) -> Delivery:
        """Return the record of a plugin that several Dask workers in turn did not survive."""
        here = capture(threads=THREADS, workers=self._work.workers, gpu=None)
        failure = Failed(
            kind=FailureKind.CRASHED, reason="every Dask worker that was asked for it died"
        )
        record = self._work.failed_record(assignment, here.key, failure)
        return Delivery(environment=here, records=(record,))

    def _lost(self) -> InfrastructureError:
        return InfrastructureError(
            f"the Dask scheduler at {self._name} was lost; what was scored so far is stored, start "
            f"it again and run the same command"
        )
