"""Disturbs runs at random times, lets them go on, and counts what was lost, doubled or wrong.

``python -m tests.execution.chaos --runs 200 --seed 0 --folder /tmp/chaos`` prints one line of JSON.

Each run scores a few cells with two cheap plugins, by worker processes of its own or by a Dask
cluster. Once or twice it is disturbed: a worker or the driver is killed, the disk fills, or the
scheduler is killed and started again. Then the same command goes on until it is done, and the log
is held against the scores of an undisturbed run.

Everything is forked from one process that has imported torch and Dask, so that a run takes a
second and not ten.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from harness.catalog import FromFile, LoadedProxy
from harness.core.errors import HarnessError
from harness.core.outcome import Outcome
from harness.execution.cluster import DaskCluster, ExistingScheduler
from harness.execution.execute import execute
from harness.execution.executor import InProcess, LocalPool
from harness.execution.run import Options, Run, open_run
from harness.records.store import Store
from harness.suite import load_suite
from tests.execution.forked import Cluster, fork, fork_cells
from tests.plugin_files import plugin_source

CELLS, WORKERS = 24, 2
BODY = "import time, zlib\ntime.sleep(0.008)\nreturn float(zlib.crc32(repr(seen[GRAPH]).encode()))"
FAULTS = {
    "local": ("worker killed", "driver killed", "disk full"),
    "dask": ("worker killed", "driver killed", "disk full", "scheduler restarted"),
}
FIRST = tuple(
    (where, fault)
    for fault in ("worker killed", "driver killed", "disk full", "scheduler restarted")
    for where in ("dask", "local")
    if fault in FAULTS[where]
)
"""What runs are disturbed by in turn, so that a few of them meet the kills on both executors."""
EARLY = 0.15
LONGEST_S = 60.0


@dataclass
class Tally:
    """What all runs together came to.

    Attributes:
        lost, duplicated, wrong: Scores, against the undisturbed run.
        untidy: Drivers that ended otherwise than they should have.
        disturbed: How often each fault was meant.
        amid: How often it met a driver at work.
    """

    runs: int = 0
    lost: int = 0
    duplicated: int = 0
    wrong: int = 0
    untidy: list[str] = field(default_factory=list)
    disturbed: Counter[str] = field(default_factory=Counter)
    amid: Counter[str] = field(default_factory=Counter)


class Chaos:
    """Runs, and what disturbs them."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._seed = seed
        self._suite = load_suite("smoke").changed(sample=CELLS)
        self._plugins = [self._plugin(name) for name in ("one", "two")]
        self._cluster = Cluster(WORKERS)
        self.tally = Tally()

    def expect(self) -> None:
        """Score everything undisturbed."""
        prepared = self._prepare("undisturbed", Options(results=self._folder / "undisturbed"))
        options = Options(results=self._folder / "undisturbed", executor=InProcess())
        execute(prepared, options, lambda done, total: None)
        self._expected = stored(self._folder / "undisturbed", prepared)

    def run(self, number: int) -> None:
        """Disturb one run, let it finish and count."""
        dice = random.Random(f"{self._seed}/{number}")
        where, first = FIRST[number % len(FIRST)]
        results = self._folder / f"run-{number}"
        for fault in (first, *dice.choices(FAULTS[where], k=dice.choice((0, 0, 1)))):
            self.tally.disturbed[f"{where}: {fault}"] += 1
            self._disturbed(results, where, fault, dice)
        code, said = self._finish(self._start(results, where))
        if code != 0:
            self.tally.untidy.append(f"run {number} cannot go on: {said}")
        self._count(results)
        self.tally.runs += 1

    def close(self) -> None:
        """End the cluster."""
        self._cluster.stop()

    def _disturbed(self, results: Path, where: str, fault: str, dice: random.Random) -> None:
        room = dice.randrange(200, 12000) if fault == "disk full" else None
        driver = self._start(results, where, room)
        if fault != "disk full":
            self._wait(results, dice)
            self.tally.amid[f"{where}: {fault}"] += self._strike(driver, where, fault, dice)
        code, said = self._finish(driver)
        self.tally.amid[f"{where}: {fault}"] += fault == "disk full" and code == 3
        allowed = {
            "worker killed": (0,),
            "driver killed": (0, -signal.SIGKILL),
            "disk full": (0, 3),
            "scheduler restarted": (0, 3),
        }
        if code not in allowed[fault] or said.count("\n") > 1:
            self.tally.untidy.append(f"{where}, {fault}: exit code {code}: {said}")
        if fault == "scheduler restarted":
            self._cluster.stop()

    def _wait(self, results: Path, dice: random.Random) -> None:
        """Wait for a random moment: mostly for a number of lines, sometimes amid the start."""
        until = time.monotonic() + (dice.uniform(0.0, 0.5) if dice.random() < EARLY else LONGEST_S)
        wanted = lines_of(results) + dice.randrange(CELLS * 2 // 3)
        while time.monotonic() < until and lines_of(results) < min(wanted, CELLS - 1):
            time.sleep(0.005)
        time.sleep(dice.uniform(0.0, 0.02))

    def _strike(self, driver: int, where: str, fault: str, dice: random.Random) -> bool:
        """Kill; tell whether the driver was at work."""
        at_work = os.waitid(os.P_PID, driver, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
        if fault == "driver killed":
            victims = [driver]
        elif fault == "scheduler restarted":
            victims = [self._cluster.scheduler]
        elif where == "dask":
            victims = [dice.choice(self._cluster.workers_and_their_cells())]
        else:
            cells = [child.pid for child in psutil.Process(driver).children(recursive=True)]
            victims = [dice.choice(cells)] if cells else []
        for victim in victims:
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
        return at_work and bool(victims)

    def _start(self, results: Path, where: str, room: int | None = None) -> int:
        if where == "dask":
            self._cluster.ensure()
            executor = DaskCluster(cluster=ExistingScheduler(address=self._cluster.address))
        else:
            executor = LocalPool(workers=WORKERS)
        options = Options(results=results, executor=executor)
        return fork(lambda: self._drive(options, room))

    def _drive(self, options: Options, room: int | None) -> int:
        """Be a driver: what ``harness run`` does, and what it says when it fails."""
        fork_cells()
        if room is not None:
            logs = list(options.results.glob("runs/*/scores.jsonl"))
            size = logs[0].stat().st_size if logs else 0
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + room, size + room))
        said = options.results.with_suffix(f".{os.getpid()}")
        try:
            execute(self._prepare("run", options), options, lambda done, total: None)
        except HarnessError as error:
            said.write_text(f"{error}\n"[:200])
            return error.exit_code
        return 0

    def _prepare(self, name: str, options: Options) -> Run:
        return open_run(self._suite, self._plugins, options)

    def _finish(self, driver: int) -> tuple[int, str]:
        """Wait for a driver; return its exit code and what it said."""
        deadline = time.monotonic() + LONGEST_S
        while time.monotonic() < deadline:
            pid, status = os.waitpid(driver, os.WNOHANG)
            if pid:
                said = "".join(path.read_text() for path in self._folder.glob(f"*.{driver}"))
                return os.waitstatus_to_exitcode(status), said
            time.sleep(0.005)
        os.kill(driver, signal.SIGKILL)
        os.waitpid(driver, 0)
        return 1, f"it did not end within {LONGEST_S:g} s"

    def _plugin(self, name: str) -> LoadedProxy:
        path = self._folder / f"{name}.py"
        path.write_text(plugin_source(BODY, name))
        return FromFile(path=path).load()

    def _count(self, results: Path) -> None:
        outcomes_by_place = stored(results, self._prepare("count", Options(results=results)))
        for place, outcomes in self._expected.items():
            self.tally.lost += place not in outcomes_by_place
            self.tally.duplicated += max(len(outcomes_by_place.get(place, ())) - 1, 0)
            self.tally.wrong += any(
                outcome != outcomes[0] for outcome in outcomes_by_place.get(place, ())
            )
        self.tally.wrong += len(set(outcomes_by_place) - set(self._expected))


def lines_of(results: Path) -> int:
    """Return the number of records in the log."""
    return sum(path.read_bytes().count(b"\n") for path in results.glob("runs/*/scores.jsonl"))


def stored(results: Path, prepared: Run) -> dict[tuple[str, str], list[Outcome]]:
    """Return every outcome that a log holds, by plugin and cell, doubles included."""
    by_place: dict[tuple[str, str], list[Outcome]] = {}
    for record in Store(results).records(prepared.condition):
        for key, score in record.scores.items():
            by_place.setdefault((key, record.architecture), []).append(score.result())
    return by_place


def main() -> None:
    """Run as often as asked and print the tally."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=None)
    asked = parser.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="harness-chaos-"))
    folder.mkdir(parents=True, exist_ok=True)
    chaos = Chaos(folder, asked.seed)
    start = time.monotonic()
    try:
        chaos.expect()
        for number in range(asked.runs):
            chaos.run(number)
    finally:
        chaos.close()
    shown = {**vars(chaos.tally), "seconds": round(time.monotonic() - start, 1)}
    sys.stdout.write(json.dumps(shown) + "\n")


if __name__ == "__main__":
    main()
