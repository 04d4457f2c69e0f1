"""What an executor is given, what it hands back, and the machine that it works on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from harness.core.errors import UsageError
from harness.core.outcome import Failed
from harness.execution.scoring import Assignment, Settings
from harness.isolation import Confinement, machine_memory_bytes
from harness.records.environment import Environment, capture
from harness.records.record import PluginScore, ScoreRecord

__all__ = [
    "THREADS",
    "Delivery",
    "Limits",
    "Work",
    "default_memory_bytes",
    "describe_machine",
    "settle_work",
]

THREADS = 1  # two workers of one thread each finish sooner than one of two threads
_LEAST_SHARE = 256 * 2**20  # the libraries of a worker alone take about 300 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one architecture may take in a worker process.

    Attributes:
        timeout_s: Seconds for all plugins together; time in which the machine slept is not counted.
        memory_bytes: Resident memory of the worker, about 300 MB of libraries included; absent for
            no limit.
    """

    timeout_s: float
    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Everything that scoring needs beside the architectures; travels to workers.

    Attributes:
        settings: Space, images, seed, plugins.
        keys: Key of every plugin by its name, as the process knows them that writes the records.
        limits: What one architecture may take.
        environment: The machine that scores; absent where workers elsewhere say it themselves.
        workers: Workers side by side on one machine.
        confinement: What worker processes may read; absent for whatever the user may.
    """

    settings: Settings
    keys: Mapping[str, str]
    limits: Limits
    environment: Environment | None
    workers: int
    confinement: Confinement | None = None

    def of(self, outside: str) -> Work:
        """Return the part that one process does: a plugin from outside, or all of this package.

        Args:
            outside: Name of the plugin from outside; empty for those of this package.
        """
        origins = {
            name: origin
            for name, origin in self.settings.origins.items()
            if (name == outside if outside else not origin.outside)
        }
        return replace(
            self,
            settings=replace(self.settings, origins=origins),
            keys={name: self.keys[name] for name in origins},
        )

    def failed_record(
        self, assignment: Assignment, environment: str, failure: Failed
    ) -> ScoreRecord:
        """Return the record of the one plugin of an assignment that a worker did not survive."""
        return ScoreRecord(
            architecture=assignment.architecture.text,
            environment=environment,
            passes={},
            scores={self.keys[assignment.plugins[0]]: PluginScore.of(failure, None, ())},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Records of one or more architectures, and where they were computed."""

    environment: Environment
    records: tuple[ScoreRecord, ...]


def describe_machine(device: str, workers: int, *, isolated: bool = True) -> Environment:
    """Describe this machine with so many workers side by side."""
    gpu = None
    if device == "cuda":
        import torch

        gpu = torch.cuda.get_device_name()
    return capture(threads=THREADS, workers=workers, gpu=gpu, isolated=isolated)


def settle_work(work: Work) -> tuple[Settings, Environment]:
    """Return settings that name the environment of this process, and that environment."""
    environment = work.environment or describe_machine(work.settings.device, work.workers)
    return replace(work.settings, environment=environment.key), environment


def default_memory_bytes(workers: int) -> int:
    """Return a worker's share of the memory that this process may use, containers considered.

    It stops a leaking plugin before the system ends a process of its own choice.

    Raises:
        UsageError: No worker could start within it; every network would fail for want of memory.
    """
    total = machine_memory_bytes()
    share = total // workers
    if share < _LEAST_SHARE:
        raise UsageError(
            f"--workers {workers}: an equal share of {total / 2**30:.1f} GiB of memory is "
            f"{share / 2**20:.0f} MiB for each, and a worker needs more to start; give fewer"
        )
    return share
