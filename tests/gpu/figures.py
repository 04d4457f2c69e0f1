"""What each step measures of a GPU, and what that has to hold."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = [
    "FIGURES",
    "Agreement",
    "Check",
    "Events",
    "Figures",
    "Finding",
    "Golden",
    "GoldenValue",
    "InFlight",
    "Machine",
    "Memory",
    "OutOfMemory",
    "PassTime",
    "Peak",
    "Ranking",
    "Streams",
    "Strict",
    "SuiteRun",
    "Workers",
]

LARGEST_DIFFERENCE = 1e-3
"""Of golden values, relative."""

LEAST_AGREEMENT = 0.999
"""Of the ranking on the GPU with that on the processor, by proxy."""

EVENTS = 0.05
"""Of the time between CUDA events and that on the wall clock, relative."""

LONG_S = 0.02
"""Seconds of a pass of one network from which on it is a long one."""


class Strict(BaseModel):
    """A part of the report; no other keys are read."""

    model_config = ConfigDict(extra="forbid")


class Check(Strict):
    """One thing that figures have to hold.

    Attributes:
        what: A sentence.
        found: The figure; absent where there is none.
        holds: Absent where the device has no such figure.
    """

    what: str
    found: float | str | None
    holds: bool | None


class Figures(Strict):
    """What a step measured so far."""

    def checks(self) -> list[Check]:
        """Return what has to hold of it."""
        return []


class Finding(Strict):
    """A line of ``harness doctor``."""

    verdict: str
    what: str
    found: str


class Machine(Figures):
    """What ``harness doctor`` says, and what torch says of the device."""

    findings: list[Finding] = []
    torch: str = ""
    cuda: str | None = None
    cudnn: int | None = None
    gpu: str | None = None
    gpu_bytes: int | None = None
    multiprocessors: int | None = None
    cores: int = 0

    def checks(self) -> list[Check]:
        faults = [found.what for found in self.findings if found.verdict == "bad"]
        return [
            Check(
                what="doctor finds no fault",
                found=", ".join(faults) or None,
                holds=not faults if self.findings else None,
            )
        ]


class GoldenValue(Strict):
    """A proxy on a golden network.

    Attributes:
        allowed: By how much a count may differ; absent where there is a relative bound.
    """

    network: str
    proxy: str
    expected: float
    found: float
    allowed: float | None

    @property
    def difference(self) -> float:
        """The relative difference; of a proxy that counts, nothing where it is `allowed`."""
        difference = abs(self.found - self.expected)
        if self.allowed is not None:
            return 0.0 if difference <= self.allowed else difference
        return difference / abs(self.expected)


class Golden(Figures):
    """Golden values of public implementations on the device."""

    values: list[GoldenValue] = []

    def checks(self) -> list[Check]:
        what = f"golden values within {LARGEST_DIFFERENCE:g}"
        if not self.values:
            return [Check(what=what, found=None, holds=None)]
        worst = max(self.values, key=lambda value: value.difference)
        what += f", worst: {worst.proxy} on {worst.network}"
        holds = worst.difference <= LARGEST_DIFFERENCE
        return [Check(what=what, found=worst.difference, holds=holds)]


class Agreement(Strict):
    """A proxy's ranking on the device and on the processor.

    Attributes:
        n: Cells that both have a score of.
        spearman: Absent where all scores are equal.
        median_difference, largest_difference: Of single scores, relative.
        outcomes_differ: Cells that one has a score of and the other has not.
    """

    proxy: str
    n: int
    spearman: float | None
    median_difference: float
    largest_difference: float
    outcomes_differ: int


class Ranking(Figures):
    """Every proxy on cells of NAS-Bench-201 on both devices."""

    cells: int = 0
    cpu_s: float = 0.0
    device_s: float = 0.0
    proxies: list[Agreement] = []

    def checks(self) -> list[Check]:
        known = [
            (proxy.spearman, proxy.proxy) for proxy in self.proxies if proxy.spearman is not None
        ]
        if not known:
            return [Check(what="rankings agree", found=None, holds=None)]
        least, name = min(known)
        differ = sum(proxy.outcomes_differ for proxy in self.proxies)
        return [
            Check(
                what=f"rankings agree above {LEAST_AGREEMENT:g}, least: {name}",
                found=least,
                holds=least > LEAST_AGREEMENT,
            ),
            Check(what="the same cells have scores", found=differ, holds=differ == 0),
        ]


class PassTime(Strict):
    """A pass, or what a proxy computes of it, on the networks of a step."""

    name: str
    calls: int
    wall_s: float
    gpu_s: float | None

    @property
    def is_long(self) -> bool:
        """Whether it takes long enough to be told from the clocks themselves."""
        return self.wall_s / self.calls >= LONG_S


class Events(Figures):
    """Times between CUDA events beside those of the clock.

    Attributes:
        images: Size of the batch.
        networks: Number of networks.
        whole_s: On the wall clock, from the first network to the last.
        pieces: All passes and proxies; their sum is the whole.
    """

    images: int = 0
    networks: int = 0
    whole_s: float = 0.0
    pieces: list[PassTime] = []

    def checks(self) -> list[Check]:
        gpu = [piece.gpu_s for piece in self.pieces if piece.gpu_s is not None]
        what = f"CUDA events add up to the wall clock within {EVENTS:g}"
        if not gpu:
            return [Check(what=what, found=None, holds=None)]
        whole = sum(gpu) / self.whole_s - 1
        long = {
            piece.name: piece.gpu_s / piece.wall_s - 1
            for piece in self.pieces
            if piece.is_long and piece.gpu_s is not None
        }
        worst = max(long, key=lambda name: abs(long[name]), default="none is long")
        found = long.get(worst)
        return [
            Check(what=what, found=whole, holds=abs(whole) <= EVENTS),
            Check(
                what=f"and of each long pass, worst: {worst}",
                found=found,
                holds=found is not None and abs(found) <= EVENTS,
            ),
        ]


class Peak(Strict):
    """Most memory of the passes of one network, with so many images."""

    images: int
    bytes_by_pass: dict[str, int | None]


class Memory(Figures):
    """Peak memory.

    Attributes:
        asked_bytes: Size of a tensor that was made to be seen.
        seen_bytes: The peak while it was there, less what was there before.
        peaks: By batch.
        resident_bytes: What the process holds in the memory of the machine in the end.
    """

    asked_bytes: int = 0
    seen_bytes: int | None = None
    peaks: list[Peak] = []
    resident_bytes: int = 0

    def checks(self) -> list[Check]:
        seen = self.seen_bytes
        holds = None if seen is None else self.asked_bytes <= seen <= 1.01 * self.asked_bytes
        return [Check(what="a tensor of known size is the peak", found=seen, holds=holds)]


class OutOfMemory(Figures):
    """Three networks, the second with too little memory.

    Attributes:
        outcomes: Of each: ``"scored"``, or the kind of the failure.
        reason: What is said of the second.
        kept_bytes: Freed memory that torch keeps after the second; absent on the processor.
    """

    outcomes: list[str] = []
    reason: str = ""
    kept_bytes: int | None = None

    def checks(self) -> list[Check]:
        expected = ["scored", "out-of-memory", "scored"]
        kept = self.kept_bytes
        return [
            Check(
                what="out of memory is a failure of that name, and the next network scores",
                found=", ".join(self.outcomes),
                holds=self.outcomes == expected if self.outcomes else None,
            ),
            Check(
                what="the memory is given back (under 64 MiB kept)",
                found=kept,
                holds=None if kept is None else kept < 2**26,
            ),
        ]


class Workers(Strict):
    """A run with so many worker processes on one device.

    Attributes:
        cells: Networks, of which the first two of each worker only warm it up.
        whole_s: With the start of the workers.
        per_s: Networks a second after the warm-up; absent where there were too few.
    """

    workers: int
    cells: int
    whole_s: float
    per_s: float | None


class Streams(Strict):
    """Forward and backward passes of one process on so many streams."""

    streams: int
    passes: int
    seconds: float


class InFlight(Figures):
    """Several networks at a time, beside one.

    Attributes:
        workers: By number of worker processes.
        largest_difference: Between scores with one worker and with the most, relative.
        streams: By number of streams of one process.
    """

    workers: list[Workers] = []
    largest_difference: float | None = None
    streams: list[Streams] = []

    @property
    def best(self) -> int:
        """The number of workers that scored most a second; 1 where none is known."""
        known = [run for run in self.workers if run.per_s is not None]
        return max(known, key=lambda run: run.per_s or 0.0).workers if known else 1

    def checks(self) -> list[Check]:
        found = self.largest_difference
        what = "scores do not depend on how many networks are in flight"
        return [Check(what=what, found=found, holds=None if found is None else found == 0)]


class SuiteRun(Figures):
    """``harness run --device DEVICE`` on many cells.

    Attributes:
        cells: How many were asked for.
        scored: How many have a score of every proxy; while it runs, how many are stored.
        seconds: From the start of the command to the last look, or to its end.
        finished: Whether it came to its end.
        failures: Cells without a score, by proxy.
    """

    command: str = ""
    cells: int = 0
    proxies: list[str] = []
    workers: int = 0
    scored: int = 0
    seconds: float = 0.0
    finished: bool = False
    failures: dict[str, int] = {}

    def checks(self) -> list[Check]:
        found = f"{self.scored} of {self.cells} cells in {self.seconds:.0f} s"
        return [
            Check(what="the run ends", found=found, holds=self.finished),
            Check(
                what="every proxy has a score of every cell",
                found=", ".join(f"{name}: {count}" for name, count in self.failures.items()),
                holds=self.finished and not self.failures,
            ),
        ]


FIGURES: dict[str, type[Figures]] = {
    "machine": Machine,
    "golden": Golden,
    "ranking": Ranking,
    "out_of_memory": OutOfMemory,
    "memory": Memory,
    "events": Events,
    "in_flight": InFlight,
    "run": SuiteRun,
}
"""What each step measures, in the order of the steps."""
