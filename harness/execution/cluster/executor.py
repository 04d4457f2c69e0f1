"""The executor of a cluster: Dask moves chunks to workers, steals and repeats them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harness.execution.cluster.clusters import Cluster, Launched, connect
from harness.execution.cluster.dispatch import Dispatch
from harness.execution.cluster.remote_pool import read_plugin_files
from harness.execution.scoring import Assignment
from harness.execution.work import Delivery, Work

__all__ = ["DaskCluster"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DaskCluster:
    """Scores on the workers of a Dask cluster.

    Every thread of a Dask worker stands for one supervised process with one thread of torch. A run
    on GPUs goes to workers that offer the resource ``GPU``, one chunk for each.

    Attributes:
        cluster: Where the cluster is.
    """

    cluster: Cluster

    @property
    def workers(self) -> int:
        """Workers side by side on one machine, where that is known."""
        if isinstance(self.cluster, Launched) and self.cluster.settings.kind == "local":
            return self.cluster.settings.workers
        return 1

    @property
    def elsewhere(self) -> bool:
        """Always, as far as this process knows."""
        return True

    def score(self, work: Work, assignments: Iterable[Assignment]) -> Iterator[Delivery]:
        """Score every assignment; deliveries come in the order in which they are ready.

        Raises:
            UsageError: The extra ``cluster`` is not installed, or a plugin needs a module that
                does not travel.
            InfrastructureError: The scheduler does not answer, was lost, or its workers cannot
                score.
        """
        files = read_plugin_files(work)
        with connect(self.cluster) as client:
            dispatch = Dispatch(client, work, files, str(self.cluster))
            try:
                yield from dispatch.deliveries(assignments, self.cluster.most_workers)
            finally:
                dispatch.cancel()
