"""How many networks a second: one at a time, several in flight, and a whole run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from harness.api.choice import choose
from harness.catalog import LoadedProxy
from harness.evaluation import stored_methods
from harness.execution.run import Options, Run, open_run
from harness.isolation import isolated_generators
from harness.spaces.registry import space
from harness.suite import Suite
from tests.gpu.bench import CHECKOUT, SUITE, Bench, scored, thirteen
from tests.gpu.figures import InFlight, Streams, SuiteRun, Workers
from tests.gpu.scores import agreement

__all__ = ["in_flight", "run_suite"]

_LOOK_S = 1.0
_STREAMS = (1, 2, 4, 8)


def in_flight(bench: Bench) -> Iterator[InFlight]:
    """Score with one worker process and with several; compute on one stream and on several."""
    figures, suite = InFlight(), thirteen(bench.size(64, 8))
    runs: list[Run] = []
    for workers in (1, 2) if bench.small else (1, 8, 4, 2, 16):
        cells = 2 * workers + bench.size(48, 4)
        pace = _Pace(bench, workers)
        results = bench.folder / f"workers-{workers}"
        options = Options(results=results, device=bench.device, workers=workers)
        runs.append(scored(suite.changed(sample=cells), suite.plugins, options, pace.see))
        figures.workers.append(pace.figures())
        yield figures
    figures.largest_difference = _difference(runs)
    yield figures
    networks = _networks(bench, suite, max(_STREAMS))
    _compute(bench, networks, 1)  # warms up
    for streams in _STREAMS:
        figures.streams.append(_compute(bench, networks, streams))
        yield figures


class _Pace:
    """Sees the progress of a run, and tells how many cells a second it scores once it is warm."""

    def __init__(self, bench: Bench, workers: int) -> None:
        self._clock, self._workers = bench.clock, workers
        self._start = self._clock()
        self._seen: list[tuple[int, float]] = []

    def see(self, done: int, total: int) -> None:
        """Look at the clock, at the start and after every cell."""
        self._seen.append((done, self._clock()))

    def figures(self) -> Workers:
        """Return the figures."""
        cells, end = self._seen[-1]
        warm, since = next(seen for seen in self._seen if seen[0] >= 2 * self._workers)
        return Workers(
            workers=self._workers,
            cells=cells,
            whole_s=end - self._start,
            per_s=(cells - warm) / (end - since) if end > since else None,
        )


def _difference(runs: Sequence[Run]) -> float:
    """Return the largest relative difference between scores of the first and of the last run."""
    few = runs[0].population
    first, last = (stored_methods(replace(run, population=few)) for run in (runs[0], runs[-1]))
    return max(
        agreement(one, many).largest_difference for one, many in zip(first, last, strict=True)
    )


def _networks(bench: Bench, suite: Suite, count: int) -> list[nn.Module]:
    of, data = space(suite.space), suite.built_for()
    run = open_run(suite.changed(sample=count), (), Options(results=bench.folder))
    networks = []
    for architecture in run.population.architectures:
        with isolated_generators(0, torch.device("cpu")):
            networks.append(of.network(architecture, data).to(bench.torch_device).train())
    return networks


def _compute(bench: Bench, networks: Sequence[nn.Module], count: int) -> Streams:
    """Differentiate the loss of networks by turns, each on one of so many streams."""
    images, rounds = bench.size(64, 2), bench.size(6, 1)
    inputs = torch.ones(images, 3, 32, 32).to(bench.torch_device)
    labels = torch.zeros(images, dtype=torch.int64).to(bench.torch_device)
    streams = [torch.cuda.Stream() for _ in range(count)] if bench.on_gpu else []
    wait = torch.cuda.synchronize if bench.on_gpu else partial(bool, 0)
    wait()
    start = bench.clock()
    for _ in range(rounds):
        for number, network in enumerate(networks):
            with _stream(streams, number):
                loss = functional.cross_entropy(network(inputs), labels)
                torch.autograd.grad(loss, list(network.parameters()), allow_unused=True)
    wait()
    seconds = bench.clock() - start
    return Streams(streams=count, passes=rounds * len(networks), seconds=seconds)


def _stream(streams: Sequence[torch.cuda.Stream], number: int) -> AbstractContextManager[object]:
    return torch.cuda.stream(streams[number % len(streams)]) if streams else nullcontext()


def run_suite(bench: Bench) -> Iterator[SuiteRun]:
    """Run the command ``harness run``, and look at what it has stored while it runs."""
    suite = thirteen(bench.size(64, 8)).changed(sample=bench.size(1000, 8))
    results = bench.folder / "run"
    options = {
        "device": bench.device,
        "workers": bench.workers,
        "sample": suite.population.sample,
        "batch": f"{suite.batch.source}:{suite.batch.size}",
    }
    words = [f"--{name}={value}" for name, value in options.items()]
    figures = SuiteRun(
        command=" ".join(["harness run tests/gpu/suite.toml --fresh", *words]),
        cells=suite.population.sample or 0,
        proxies=list(suite.plugins),
        workers=bench.workers,
    )
    yield figures
    start = bench.clock()
    command = [sys.executable, "-m", "harness", "run", str(SUITE), "--fresh", *words]
    process = subprocess.Popen([*command, f"--results={results}"], cwd=CHECKOUT)
    while process.poll() is None:
        try:
            process.wait(_LOOK_S)
        except subprocess.TimeoutExpired:
            figures.seconds = bench.clock() - start
            figures.scored = max(figures.scored, _stored_lines(bench))
            yield figures
    figures.seconds = bench.clock() - start
    figures.finished = process.returncode == 0
    _count(figures, suite, Options(results=results, device=bench.device))
    yield figures


def _stored_lines(bench: Bench) -> int:
    logs = (bench.folder / "run").glob("runs/*/scores*.jsonl")
    return sum(log.read_bytes().count(b"\n") for log in logs)


def _count(figures: SuiteRun, suite: Suite, options: Options) -> None:
    run = open_run(suite, choose(LoadedProxy, suite.plugins, "--plugin"), options)
    have = {method.name: method.scored for method in stored_methods(run)}
    missing = {name: int((~rows).sum()) for name, rows in have.items()}
    figures.failures = {name: count for name, count in missing.items() if count}
    figures.scored = int(np.logical_and.reduce(list(have.values())).sum())
