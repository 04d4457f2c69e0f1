"""Options that say where a run is scored, and the executor that they mean."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from harness.execution.executor import Executor

__all__ = ["ClusterFile", "ExecutorName", "MemoryGib", "Scheduler", "choose_executor"]

ExecutorName = Annotated[
    str | None,
    typer.Option(
        "--executor",
        help="local (worker processes here), in-process, or dask. [default: local, or dask where "
        "--scheduler or --cluster is given]",
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(help="Address of a Dask scheduler that runs already, e.g. tcp://10.0.0.1:8786."),
]
ClusterFile = Annotated[
    Path | None,
    typer.Option("--cluster", help="TOML file of a cluster to start: SLURM, Kubernetes, ..."),
]
MemoryGib = Annotated[
    float | None,
    typer.Option(
        min=0.1,
        help="GiB that one worker process may hold, libraries included. [default: an equal share "
        "of this machine's memory]",
    ),
]
_NAMES = ("local", "in-process", "dask")


def choose_executor(
    name: str | None, scheduler: str | None, cluster: Path | None, workers: int | None
) -> Executor | None:
    """Return the executor that the options mean; nothing for worker processes on this machine.

    Raises:
        UsageError: There is no such executor, or the options contradict each other.
    """
    from harness.core.errors import UsageError, unknown_name

    if name is not None and name not in _NAMES:
        raise unknown_name("executor", name, _NAMES)
    if scheduler and cluster:
        raise UsageError("--scheduler and --cluster each name a cluster; give one of them")
    if name in ("local", "in-process") and (scheduler or cluster):
        raise UsageError(f"--executor {name} uses no cluster; leave it out, or say dask")
    if name == "in-process":
        from harness.execution.executor import InProcess

        return InProcess()
    if name == "dask" or scheduler or cluster:
        return _on_dask(scheduler, cluster, workers)
    return None


def _on_dask(scheduler: str | None, cluster: Path | None, workers: int | None) -> Executor:
    from harness.core.errors import UsageError
    from harness.execution.cluster import (
        ClusterSettings,
        DaskCluster,
        ExistingScheduler,
        Launched,
        read_settings,
    )
    from harness.records.environment import cores

    if workers is not None and (scheduler or cluster):
        raise UsageError("--workers is for this machine; a cluster has the workers that it has")
    if scheduler:
        return DaskCluster(cluster=ExistingScheduler(address=scheduler))
    if cluster:
        return DaskCluster(cluster=Launched(settings=read_settings(cluster)))
    settings = ClusterSettings(kind="local", workers=workers or cores())
    return DaskCluster(cluster=Launched(settings=settings))
