"""A cluster to start, as a TOML file describes it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from harness.core.errors import UsageError, unknown_name
from harness.core.file_faults import file_fault
from harness.core.files import read_toml

__all__ = ["KINDS", "ClusterSettings", "Option", "read_settings"]

KINDS = {
    "local": "distributed:LocalCluster",
    "slurm": "dask_jobqueue:SLURMCluster",
    "pbs": "dask_jobqueue:PBSCluster",
    "sge": "dask_jobqueue:SGECluster",
    "lsf": "dask_jobqueue:LSFCluster",
    "oar": "dask_jobqueue:OARCluster",
    "moab": "dask_jobqueue:MoabCluster",
    "htcondor": "dask_jobqueue:HTCondorCluster",
    "kubernetes": "dask_kubernetes.operator:KubeCluster",
}
"""Module and class of each kind; a closed list, so that a settings file can load nothing else."""

Option = bool | int | float | str | list[str] | dict[str, str]


class ClusterSettings(BaseModel):
    """A cluster that is started for one run and ends with it.

    Attributes:
        kind: Which kind; one of `KINDS`.
        workers: How many Dask workers, all the time.
        maximum: How many at most where the number follows the work; `workers` is then the least.
        options: What the class of the kind takes, unchanged: queue, memory, walltime, ...
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    kind: str
    workers: Annotated[int, Field(ge=0)] = 1
    maximum: Annotated[int, Field(ge=1)] | None = None
    options: dict[str, Option] = {}

    @model_validator(mode="after")
    def _has_workers(self) -> ClusterSettings:
        if (self.maximum or self.workers) < max(self.workers, 1):
            raise ValueError("at least one worker is needed, and maximum is no less than workers")
        return self


def read_settings(path: Path) -> ClusterSettings:
    """Read a settings file.

    Raises:
        UsageError: There is no such file, or a key, a value or the kind is wrong.
        DataError: It cannot be read as TOML.
    """
    if not path.is_file():
        raise UsageError(f"there is no cluster file {path}")
    try:
        settings = ClusterSettings.model_validate(read_toml(path))
    except ValidationError as error:
        raise UsageError(file_fault(error, ClusterSettings, str(path))) from error
    if settings.kind not in KINDS:
        raise unknown_name("kind of cluster", settings.kind, KINDS, str(path))
    return settings
