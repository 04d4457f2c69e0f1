"""The executor of a cluster: Dask moves chunks to workers, steals and repeats them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harness.execution.cluster.clusters import Launched, Place, connected
from harness.execution.cluster.dispatch import Dispatch
from harness.execution.cluster.remote_pool import plugin_files
from harness.execution.scoring import Assignment
from harness.execution.work import Delivery, Work

__all__ = ["DaskCluster"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DaskCluster:
    """Scores on the workers of a Dask cluster.

    Every thread of a Dask worker stands for one supervised process with one thread of torch. A run
    on GPUs goes to workers that offer the resource ``GPU``, one chunk for each.

    Attributes:
        place: Where the cluster is.
    """

    place: Place

    @property
    def workers(self) -> int:
        """Workers side by side on one machine, where that is known."""
        if isinstance(self.place, Launched) and self.place.settings.kind == "local":
            return self.place.settings.workers
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
        files = plugin_files(work)
        with connected(self.place) as client:
            dispatch = Dispatch(client, work, files, str(self.place))
            try:
                yield from dispatch.deliveries(assignments, self.place.most_workers)
            finally:
                dispatch.cancel()
