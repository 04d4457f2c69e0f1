"""The machine and software that computed a record."""

from __future__ import annotations

import os
import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from harness.core.identity import digest

__all__ = ["Environment", "capture", "installed_version"]

_OWN_PACKAGE = "nas-proxy-harness"
_PACKAGES = (_OWN_PACKAGE, "torch", "numpy", "scipy", "pillow")
_ROUNDING = ("torch", "numpy", "scipy")
"""Packages whose versions decide how numbers are drawn and rounded."""


class Environment(BaseModel):
    """Where a record was computed; costs of different environments are never pooled.

    Attributes:
        python: Version of Python.
        packages: Versions of the packages that decide a score.
        system: Operating system and machine type.
        processor: Model of the processor and the instruction set that torch uses on it, since some
            machines call themselves by a family alone.
        cores: Cores that this process may use.
        threads: Threads of one worker.
        workers: Worker processes that ran side by side.
        gpu: Name of the GPU, or nothing.
        isolated: Whether every plugin from outside had a process of its own.
        commit: Commit of the harness when it runs from a checkout, with ``+dirty`` when the
            checkout was changed; nothing for an installed package.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    python: str
    packages: dict[str, str]
    system: str
    processor: str
    cores: int
    threads: int
    workers: int
    gpu: str | None
    commit: str | None
    isolated: bool = False

    @property
    def key(self) -> str:
        """Digest by which records refer to this environment."""
        unstated = set() if self.isolated else {"isolated"}  # version 0.1 knew no such field
        return digest(self.model_dump(mode="json", exclude=unstated))

    @property
    def other_packages(self) -> dict[str, str]:
        """Versions of the packages without the harness's own."""
        return {name: found for name, found in self.packages.items() if name != _OWN_PACKAGE}

    @property
    def arithmetic(self) -> str:
        """What decides the digits of a score: equal texts, equal digits.

        The local part of a version, ``+cpu`` of torch, names a build of the same arithmetic.
        """
        versions = [f"{name} {self.packages.get(name, '').partition('+')[0]}" for name in _ROUNDING]
        return ", ".join([self.processor, *([self.gpu] if self.gpu else []), *versions])


def capture(*, threads: int, workers: int, gpu: str | None, isolated: bool = True) -> Environment:
    """Describe this process's environment."""
    return Environment(
        python=platform.python_version(),
        packages={name: found for name in _PACKAGES if (found := installed_version(name))},
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        processor=f"{_processor()}, {_instructions()}",
        cores=cores(),
        threads=threads,
        workers=workers,
        gpu=gpu,
        commit=_commit(),
        isolated=isolated,
    )


def cores() -> int:
    """Return the number of cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def installed_version(name: str) -> str | None:
    """Return the version of a distribution; None where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _instructions() -> str:
    import torch

    return str(torch.backends.cpu.get_cpu_capability())


@cache
def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


@cache
def _commit() -> str | None:
    checkout = Path(__file__).resolve().parents[2]
    if not (checkout / ".git").exists():
        return None
    try:
        head = _git(checkout, "rev-parse", "HEAD")
        changed = _git(checkout, "status", "--porcelain", "--", "harness")
    except (OSError, subprocess.SubprocessError):
        return None
    return head + ("+dirty" if changed else "")


def _git(checkout: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - fixed program and arguments
        ["git", "-C", str(checkout), *arguments],  # noqa: S607 - git is found on the PATH
        capture_output=True,
        text=True,
        check=True,
        timeout=10,
    )
    return done.stdout.strip()
