"""Measures the harness on a device, and writes one JSON file with every figure.

``python tests/gpu/measure.py --device cuda --out FOLDER``. Each step runs in a process of its own
with a limit of time, and the file is written anew after each: whatever ends the program, figures
of all steps before are there, and those that a cut step had by then. ``--device cpu --small`` runs
the same steps without a GPU in about three minutes.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from harness.core.files import put
from tests.gpu.bench import CHECKOUT, Bench, Step
from tests.gpu.costs import events, memory, out_of_memory
from tests.gpu.figures import FIGURES, InFlight
from tests.gpu.report import Report, StepReport
from tests.gpu.scores import golden_values, machine, ranking
from tests.gpu.throughput import in_flight, run_suite

__all__ = ["ALL_S", "LIMITS_S", "Launch", "Outcome", "compute", "measure", "start_step"]

STEPS: Mapping[str, Step] = {
    "machine": machine,
    "golden": golden_values,
    "ranking": ranking,
    "out_of_memory": out_of_memory,
    "memory": memory,
    "events": events,
    "in_flight": in_flight,
    "run": run_suite,
}

LIMITS_S: Mapping[str, float] = {
    "machine": 45,
    "golden": 45,
    "ranking": 100,
    "out_of_memory": 45,
    "memory": 45,
    "events": 45,
    "in_flight": 120,
    "run": 180,
}
"""Most seconds of each step where all have `ALL_S`; with more or less time, in proportion."""

ALL_S = 440.0

_LEAST_S = 5.0
"""A step that has less time left than this is not begun."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a step ended: ``done``, ``cut`` or ``failed``, and why."""

    status: Literal["done", "cut", "failed"]
    reason: str = ""


Launch = Callable[[str, Bench, Path, float], Outcome]
"""Runs a step: its name, what it is told, where its figures go, and its seconds."""


def measure(
    names: Sequence[str],
    bench: Bench,
    launch: Launch,
    *,
    seconds: float,
    save: Callable[[Report], None],
) -> Report:
    """Run steps one after the other.

    Args:
        names: The steps.
        bench: Device, sizes, folder and clock.
        launch: Runs one.
        seconds: Of all steps together.
        save: Called at the start and after every step.
    """
    start = bench.clock()
    report = Report(device=bench.device, small=bench.small, missing=list(names))
    save(report)
    for name in names:
        left_s = seconds - (bench.clock() - start)
        limit_s = min(LIMITS_S[name] * seconds / ALL_S, left_s)
        if limit_s < _LEAST_S:
            break
        workers = _most_workers(report) or bench.workers
        told = replace(bench, folder=bench.folder / name, workers=workers)
        step = _measure_step(name, told, launch, limit_s)
        report.steps.append(step)
        report.missing.remove(name)
        report.seconds = bench.clock() - start
        save(report)
    return report


def _measure_step(name: str, bench: Bench, launch: Launch, limit_s: float) -> StepReport:
    begin = bench.clock()
    bench.folder.mkdir(parents=True, exist_ok=True)
    part = bench.folder.with_suffix(".json")
    outcome = launch(name, bench, part, limit_s)
    figures = FIGURES[name]()
    if part.exists():
        figures = FIGURES[name].model_validate_json(part.read_text(encoding="utf-8"))
    return StepReport(
        name=name,
        status=outcome.status,
        reason=outcome.reason,
        seconds=bench.clock() - begin,
        limit_s=limit_s,
        figures=figures,
        checks=figures.checks(),
    )


def _most_workers(report: Report) -> int | None:
    """Return how many workers scored most a second, if that was measured."""
    known = [step.figures.best for step in report.steps if isinstance(step.figures, InFlight)]
    return known[0] if known else None


def compute(name: str, bench: Bench, part: Path) -> None:
    """Run a step in this process, and keep what it has measured after each piece of it."""
    for figures in STEPS[name](bench):
        put(part, figures.model_dump_json())


def start_step(name: str, bench: Bench, part: Path, limit_s: float) -> Outcome:
    """Run a step in a process of its own, and end that and all that it started in time."""
    command = [
        *(sys.executable, "-m", "tests.gpu.measure", "--step", name, "--part", str(part)),
        *("--device", bench.device, "--out", str(bench.folder), "--workers", str(bench.workers)),
        *(["--small"] if bench.small else []),
    ]
    log = bench.folder.parent / "log.txt"
    with log.open("ab") as output:
        output.write(f"== {name}\n".encode())
        output.flush()
        process = subprocess.Popen(
            command, cwd=CHECKOUT, stdout=output, stderr=output, process_group=0
        )
        try:
            code = process.wait(limit_s)
        except subprocess.TimeoutExpired:
            return Outcome(status="cut", reason=f"cut after {limit_s:.0f} s")
        finally:
            _end_group(process)
    if code == 0:
        return Outcome(status="done")
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return Outcome(status="failed", reason=f"exit code {code}: {lines[-1]}")


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End what a step has started and left behind."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def _summary(report: Report) -> Iterator[str]:
    for step in report.steps:
        yield f"{step.name:14} {step.status:7} {step.seconds:6.1f} s  {step.reason}"
        for check in step.checks:
            mark = {True: "ok", False: "NO", None: "--"}[check.holds]
            yield f"    {mark} {check.what}: {check.found}"
    if report.missing:
        yield f"not begun: {', '.join(report.missing)}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cuda")
    parser.add_argument("--small", action="store_true", help="sizes of a test")
    parser.add_argument("--out", type=Path, default=Path("gpu-report"), help="folder of the file")
    parser.add_argument("--seconds", type=float, default=ALL_S, help="of all steps together")
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=list(STEPS))
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--part", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--workers", type=int, default=1, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> int:
    """Run all steps, or one of them as a process of its own."""
    asked = _arguments()
    if asked.step:
        told = Bench(
            device=asked.device,
            small=asked.small,
            folder=asked.out,
            clock=time.monotonic,
            workers=asked.workers,
        )
        compute(asked.step, told, asked.part)
        return 0
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # ends its step too
    out: Path = asked.out.resolve()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(
            device=asked.device, small=asked.small, folder=Path(folder), clock=time.monotonic
        )

        def save(report: Report) -> None:
            put(out / "report.json", report.model_dump_json(indent=1) + "\n")
            log = Path(folder) / "log.txt"
            if log.exists():
                put(out / "log.txt", log.read_text(encoding="utf-8", errors="replace"))

        report = measure(asked.steps, bench, start_step, seconds=asked.seconds, save=save)
    sys.stdout.write("\n".join(_summary(report)) + "\n")
    return 1 if report.broken or report.missing else 0


if __name__ == "__main__":
    sys.exit(main())
