"""Scoring on a Dask cluster; needs the extra ``cluster``."""

from harness.execution.cluster.clusters import Cluster, ExistingScheduler, Launched
from harness.execution.cluster.executor import DaskCluster
from harness.execution.cluster.settings import ClusterSettings, read_settings

__all__ = [
    "Cluster",
    "ClusterSettings",
    "DaskCluster",
    "ExistingScheduler",
    "Launched",
    "read_settings",
]
