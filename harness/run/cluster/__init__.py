"""Scoring on a Dask cluster; needs the extra ``cluster``."""

from harness.run.cluster.executor import DaskCluster
from harness.run.cluster.places import ExistingScheduler, Launched, Place
from harness.run.cluster.settings import ClusterSettings, read_settings

__all__ = [
    "ClusterSettings",
    "DaskCluster",
    "ExistingScheduler",
    "Launched",
    "Place",
    "read_settings",
]
