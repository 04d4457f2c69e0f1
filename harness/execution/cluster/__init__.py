"""Scoring on a Dask cluster; needs the extra ``cluster``."""

from harness.execution.cluster.clusters import ExistingScheduler, Launched, Place
from harness.execution.cluster.executor import DaskCluster
from harness.execution.cluster.settings import ClusterSettings, read_settings

__all__ = [
    "ClusterSettings",
    "DaskCluster",
    "ExistingScheduler",
    "Launched",
    "Place",
    "read_settings",
]
