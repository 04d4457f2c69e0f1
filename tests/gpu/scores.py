"""Are scores on the device those of the processor?"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from scipy import stats

import harness
from harness.batches.source import Batch
from harness.evaluation import stored_methods
from harness.evaluation.method_scores import MethodScores
from harness.execution.run import Options
from harness.isolation import isolated_generators, reproducible_arithmetic
from harness.passes.backward import BACKWARD
from harness.passes.workbench import Workbench
from harness.records.environment import cores
from harness.suite import load_suite
from tests.golden.networks import NAMES, golden
from tests.golden.reference import EXACT, REFERENCE
from tests.gpu.bench import Bench, scored, thirteen
from tests.gpu.figures import Agreement, Finding, Golden, GoldenValue, Machine, Ranking
from tests.passes.subjects import subject

__all__ = ["agreement", "golden_values", "machine", "ranking"]


def machine(bench: Bench) -> Iterator[Machine]:
    """Ask ``harness doctor``, and torch of the device."""
    figures = Machine(
        torch=torch.__version__,
        cuda=torch.version.cuda,
        cudnn=torch.backends.cudnn.version(),
        cores=cores(),
    )
    if bench.on_gpu:
        known = torch.cuda.get_device_properties(0)
        figures.gpu, figures.gpu_bytes = known.name, known.total_memory
        figures.multiprocessors = known.multi_processor_count
    yield figures
    figures.findings = [
        Finding(verdict=finding.verdict, what=finding.what, found=finding.found)
        for finding in harness.doctor(bench.folder)
    ]
    yield figures


def golden_values(bench: Bench) -> Iterator[Golden]:
    """Score the golden networks with every proxy that a public implementation gives a value of."""
    figures = Golden()
    for name in NAMES:
        with reproducible_arithmetic(bench.torch_device):
            for proxy, found in _golden(name, bench.torch_device):
                figures.values.append(
                    GoldenValue(
                        network=name,
                        proxy=proxy,
                        expected=REFERENCE[name][proxy],
                        found=found,
                        allowed=EXACT.get(proxy),
                    )
                )
        yield figures


def _golden(name: str, device: torch.device) -> Iterator[tuple[str, float]]:
    drawn = golden(name)
    of = subject(lambda: golden(name).network, drawn.inputs, drawn.labels)
    batch = Batch(inputs=drawn.inputs.to(device), labels=drawn.labels.to(device))
    proxies = [
        importlib.import_module(f"harness.plugins.zero_cost.{key}").PLUGIN
        for key in REFERENCE[name]
        if key != "loss"
    ]
    passes = [BACKWARD, *(needed for proxy in proxies for needed in proxy.passes)]
    bench = Workbench(replace(of, batch=batch, device=device), passes)
    yield "loss", float(bench.observation("loss", (BACKWARD,))[BACKWARD].loss)
    for proxy in proxies:
        seen = bench.observation(proxy.name, proxy.passes)
        with isolated_generators(seen.seed, device):
            yield proxy.name, float(proxy.score(seen))


def ranking(bench: Bench) -> Iterator[Ranking]:
    """Score cells with every proxy on both devices, first a few of them, then all."""
    figures = Ranking()
    suite = load_suite("nb201-quick")
    proxies = thirteen(8).plugins if bench.small else suite.plugins
    for cells in (bench.size(12, 4), bench.size(50, 8)):
        sides = []
        seconds = []
        for device, workers in (("cpu", cores()), (bench.device, bench.size(8, 2))):
            start = bench.clock()
            options = Options(
                results=bench.folder / f"{device}-{workers}", device=device, workers=workers
            )
            run = scored(suite.changed(sample=cells), proxies, options)
            seconds.append(bench.clock() - start)
            sides.append(stored_methods(run))
        figures.cells = cells
        figures.cpu_s, figures.device_s = figures.cpu_s + seconds[0], figures.device_s + seconds[1]
        figures.proxies = [
            agreement(on_cpu, on_device) for on_cpu, on_device in zip(*sides, strict=True)
        ]
        yield figures


def agreement(on_cpu: MethodScores, on_device: MethodScores) -> Agreement:
    """Compare the scores of a proxy on two devices, or of two runs."""
    both = on_cpu.scored & on_device.scored
    known, other = on_cpu.at(both), on_device.at(both)
    differences = [0.0]
    for name, values in known.column.values.items():
        scale = np.maximum(np.abs(values), np.finfo(float).tiny)
        differences.extend((np.abs(other.column.values[name] - values) / scale).tolist())
    spearman = None
    if both.sum() > 1 and np.ptp(known.values) > 0 and np.ptp(other.values) > 0:
        spearman = float(stats.spearmanr(known.values, other.values).statistic)
    return Agreement(
        proxy=on_cpu.name,
        n=int(both.sum()),
        spearman=spearman,
        median_difference=float(np.nanmedian(differences)),
        largest_difference=float(np.nanmax(differences)),
        outcomes_differ=int((on_cpu.scored != on_device.scored).sum()),
    )
