"""What an executor is given, and what it hands back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from harness.execution.scoring import Settings
from harness.records.environment import Environment
from harness.records.record import ScoreRecord

__all__ = ["Delivery", "Limits", "Work"]


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
    """

    settings: Settings
    keys: Mapping[str, str]
    limits: Limits
    environment: Environment | None
    workers: int

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Records of one or more architectures, and where they were computed."""

    environment: Environment
    records: tuple[ScoreRecord, ...]
