"""Examines a machine: what the harness needs, and what it found."""

from __future__ import annotations

import platform
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from harness.catalog import installed
from harness.core.errors import HarnessError
from harness.records.environment import capture, cores
from harness.suite import load_suite, suites
from harness.truth import sources, verify

__all__ = ["Finding", "Verdict", "examine"]

_LITTLE_DISK = 2**30
_ON_PROCESSOR = "networks run on the processor"


class Verdict(StrEnum):
    """How a finding is."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    verdict: Verdict
    found: str


def examine(results: Path) -> tuple[Finding, ...]:
    """Look at everything once."""
    return (*_machine(), *_truth(), *_plugins(), *_suites(), *_results(results))


def _machine() -> Iterator[Finding]:
    yield Finding(what="Python", verdict=Verdict.GOOD, found=platform.python_version())
    environment = capture(threads=1, workers=cores(), gpu=None)
    for name, version in environment.packages.items():
        yield Finding(what=name, verdict=Verdict.GOOD, found=version)
    machine = f"{environment.processor}, {environment.cores} cores"
    yield Finding(what="processor", verdict=Verdict.GOOD, found=machine)
    yield from _gpus()


def _gpus() -> Iterator[Finding]:
    """Say of each GPU what it is and whether it computes, or why there is none."""
    import torch

    built = torch.version.cuda
    if built is None:
        without = f"none: torch {torch.__version__} is built without CUDA"
        yield Finding(what="GPU", verdict=Verdict.NOTE, found=f"{without}; {_ON_PROCESSOR}")
        return
    if not torch.cuda.is_available():
        without = f"none: torch is built for CUDA {built} and finds no device or no driver for it"
        yield Finding(what="GPU", verdict=Verdict.NOTE, found=f"{without}; {_ON_PROCESSOR}")
        return
    libraries = f"CUDA {built}, cuDNN {torch.backends.cudnn.version()}"  # type: ignore[no-untyped-call]
    for number in range(torch.cuda.device_count()):
        device = torch.device("cuda", number)
        known = torch.cuda.get_device_properties(device)
        found = f"{known.name}, compute capability {known.major}.{known.minor}, {libraries}"
        try:
            ones = torch.ones((64, 64), device=device)
            computes = float((ones @ ones).sum()) == 64.0**3
            free, total = (count / 2**30 for count in torch.cuda.mem_get_info(device))
        except RuntimeError as error:
            verdict, said = Verdict.BAD, f"cannot compute: {str(error).splitlines()[0]}"
        else:
            verdict = Verdict.GOOD if computes else Verdict.BAD
            said = f"{free:.1f} of {total:.1f} GiB free" if computes else "computes wrong numbers"
        yield Finding(what=f"GPU {number}", verdict=verdict, found=f"{found}; {said}")


def _truth() -> Iterator[Finding]:
    for source in sources():
        what = f"ground truth {source.name}"
        try:
            location = verify(source)
        except HarnessError as error:
            yield Finding(what=what, verdict=Verdict.BAD, found=str(error))
        else:
            text = f"{location.path}, digest as published" if location else "not on this machine"
            verdict = Verdict.GOOD if location else Verdict.NOTE
            yield Finding(what=what, verdict=verdict, found=text)


def _plugins() -> Iterator[Finding]:
    catalog = installed()
    yield Finding(what="plugins", verdict=Verdict.GOOD, found=f"{len(catalog.loaded)} usable")
    for broken in catalog.broken:
        yield Finding(what=f"plugin {broken.origin}", verdict=Verdict.BAD, found=broken.reason)


def _suites() -> Iterator[Finding]:
    for name in suites():
        try:
            suite = load_suite(name)
        except HarnessError as error:
            yield Finding(what=f"suite {name}", verdict=Verdict.BAD, found=str(error))
        else:
            yield Finding(what=f"suite {name}", verdict=Verdict.GOOD, found=suite.summary)


def _results(results: Path) -> Iterator[Finding]:
    probe = results / f".probe-{uuid.uuid4().hex}"
    try:
        results.mkdir(parents=True, exist_ok=True)
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        problem = f"{results} cannot be written: {error.strerror}; choose another with --results"
        yield Finding(what="results folder", verdict=Verdict.BAD, found=problem)
        return
    free = shutil.disk_usage(results).free
    verdict = Verdict.GOOD if free > _LITTLE_DISK else Verdict.NOTE
    yield Finding(
        what="results folder", verdict=verdict, found=f"{results}, {free / 2**30:.1f} GiB free"
    )
