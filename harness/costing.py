"""Measures what proxies cost, each alone and all together, on a fixed sample of networks."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from harness.catalog import LoadedProxy
from harness.core.architecture import Architecture
from harness.core.cost import Cost, sum_of
from harness.core.outcome import Scored
from harness.execution.scoring import Assignment, Scorer, Settings
from harness.passes.allocator import release_freed_memory
from harness.records.record import ScoreRecord

__all__ = ["CostReport", "ProxyCost", "Quartiles", "measure_costs"]

_WARM_UP = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Quartiles:
    """Lower quartile, median and upper quartile of seconds."""

    low: float
    median: float
    high: float

    @staticmethod
    def of(seconds: Sequence[float]) -> Quartiles:
        """Summarise repeated measurements."""
        import numpy as np

        low, median, high = (
            float(quantile) for quantile in np.quantile(seconds, (0.25, 0.5, 0.75))
        )
        return Quartiles(low=low, median=median, high=high)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyCost:
    """Cost of one proxy over the sample.

    Attributes:
        alone: Wall-clock seconds per network when nothing else is asked for.
        shared: The same when all proxies are asked for: its passes and its own reduction.
        gpu_s: Median seconds on the GPU, alone; absent where none was used.
        forwards, backwards: Passes through one network, the most over the sample.
        images, labels: Read from the batch.
        peak_bytes: Highest memory of any of its passes, alone.
    """

    plugin: str
    alone: Quartiles
    shared: Quartiles
    gpu_s: float | None
    forwards: int
    backwards: int
    images: int
    labels: int
    peak_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostReport:
    """Costs of all proxies on one sample.

    Attributes:
        networks: Number of networks measured after warming up.
        alone_s: Seconds per network of all proxies one by one, networks built anew for each.
        shared_s: Seconds per network of all proxies together.
        failed: Proxies without a score of any network, and why there is none of the first.
    """

    networks: int
    alone_s: float
    shared_s: float
    proxies: tuple[ProxyCost, ...]
    failed: Mapping[str, str]


def measure_costs(
    plugins: Sequence[LoadedProxy],
    architectures: Sequence[Architecture],
    settings: Settings,
    progress: Callable[[int, int], None],
) -> CostReport:
    """Measure every plugin alone and all of them shared, network by network, in this process.

    The first network is scored once before, unmeasured, by every plugin.
    """
    scorer = Scorer(settings)
    names = tuple(plugin.name for plugin in plugins)
    alone: dict[str, list[Cost]] = {name: [] for name in names}
    shared: dict[str, list[Cost]] = {name: [] for name in names}
    reasons: dict[str, str] = {}
    seconds = {"alone": 0.0, "shared": 0.0}
    for index, architecture in enumerate([*architectures[:_WARM_UP], *architectures]):
        measured = index >= _WARM_UP
        for name in names:
            record, took = _timed(scorer, architecture, (name,))
            (score,) = record.scores.values()
            outcome = score.result()
            if not isinstance(outcome, Scored):
                reasons.setdefault(name, outcome.reason)
            if measured:
                seconds["alone"] += took
                _collect(record, {name: alone[name]})
        record, took = _timed(scorer, architecture, names)
        if measured:
            seconds["shared"] += took
            _collect(record, shared)
        progress(index + 1, len(architectures) + _WARM_UP)
    return CostReport(
        networks=len(architectures),
        alone_s=seconds["alone"] / len(architectures),
        shared_s=seconds["shared"] / len(architectures),
        proxies=tuple(_summary(name, alone[name], shared[name]) for name in names if alone[name]),
        failed={name: reason for name, reason in reasons.items() if not alone[name]},
    )


def _timed(
    scorer: Scorer, architecture: Architecture, names: tuple[str, ...]
) -> tuple[ScoreRecord, float]:
    release_freed_memory()
    start = time.perf_counter()
    record = scorer.score(Assignment(architecture=architecture, plugins=names))
    return record, time.perf_counter() - start


def _collect(record: ScoreRecord, into: dict[str, list[Cost]]) -> None:
    for key, score in record.scores.items():
        name = key.partition(":")[0]
        if score.cost is not None:
            passes = [record.passes[shared_pass] for shared_pass in score.passes]
            into[name].append(sum_of([score.cost, *passes]))


def _summary(name: str, alone: Sequence[Cost], shared: Sequence[Cost]) -> ProxyCost:
    gpu = [cost.gpu_s for cost in alone if cost.gpu_s is not None]
    peaks = [cost.peak_bytes for cost in alone if cost.peak_bytes is not None]
    return ProxyCost(
        plugin=name,
        alone=Quartiles.of([cost.wall_s for cost in alone]),
        shared=Quartiles.of([cost.wall_s for cost in shared]),
        gpu_s=Quartiles.of(gpu).median if gpu else None,
        forwards=max(cost.forwards for cost in alone),
        backwards=max(cost.backwards for cost in alone),
        images=max(cost.images for cost in alone),
        labels=max(cost.labels for cost in alone),
        peak_bytes=max(peaks, default=None),
    )
