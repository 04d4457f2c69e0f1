"""Joins stored scores with ground truth: metrics with intervals, coverage, ties and cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.catalog import LoadedPlugin
from harness.core.errors import UsageError
from harness.core.identity import derived_seed
from harness.core.outcome import Failed, Scored
from harness.metrics.intervals import Interval, percentile_interval
from harness.metrics.metric import Metric, measure
from harness.metrics.registry import find_metric
from harness.metrics.replicates import bootstrap
from harness.metrics.resamples import Resamples, resample_weights
from harness.metrics.sample import Sample
from harness.metrics.values import Defined, FloatArray, Undefined, Value
from harness.plugin import Direction
from harness.records.scores import StoredScore
from harness.run.execute import Prepared
from harness.suite import Suite
from harness.truth import load, task
from harness.truth.table import TruthTable
from harness.truth.task import Direction as TruthDirection

__all__ = ["Board", "Entry", "Leaderboard", "Measured", "Timing", "evaluate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A metric's value and its bootstrap interval."""

    value: Value
    interval: Interval | Undefined


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Cost of one plugin, passes included, over the architectures of one environment.

    Attributes:
        quartiles_s: Lower quartile, median and upper quartile of wall-clock seconds.
        gpu_s: Median seconds on the GPU; absent where none was used.
        peak_bytes: Largest peak memory; absent where the system does not tell.
        environment: Key of the environment; costs of different ones are never pooled.
    """

    quartiles_s: tuple[float, float, float]
    gpu_s: float | None
    peak_bytes: int | None
    environment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One plugin on one task.

    Attributes:
        drawn: Architectures of the population that have ground truth.
        scored: Those that the plugin gave a finite score.
        missing: Those that nobody has asked the plugin about yet.
        failures: Number of failures by kind.
        distinct: Number of different scores; fewer than `scored` where there are ties.
        measured: Metrics by name.
    """

    plugin: str
    version: str
    key: str
    drawn: int
    scored: int
    missing: int
    failures: Mapping[str, int]
    distinct: int
    measured: Mapping[str, Measured]
    timing: Timing | None

    @property
    def coverage(self) -> float:
        """Share of the drawn architectures that have a finite score, 0 to 1."""
        return self.scored / self.drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All plugins on one task, best first; those with less than full coverage come last."""

    truth: TruthTable
    drawn: int
    best: float
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaderboard:
    """All tasks of a suite over one population."""

    suite: str
    population: str
    population_digest: str
    population_size: int
    condition: str
    batch: str
    seed: int
    device: str
    resamples: int
    level: float
    metrics: tuple[str, ...]
    boards: tuple[Board, ...]


def evaluate(prepared: Prepared) -> Leaderboard:
    """Compute every metric of a suite from stored scores and truth tables.

    Raises:
        UsageError: A task belongs to another space than the suite.
        DataError: A truth table cannot be read.
    """
    suite, population = prepared.suite, prepared.population
    metrics = tuple(
        find_metric(name)
        for name in ("spearman", "kendall", f"best@{suite.top}", f"regret@{suite.top}")
    )
    texts = [one.text for one in population.architectures]
    return Leaderboard(
        suite=suite.name,
        population=population.name,
        population_digest=population.digest,
        population_size=len(texts),
        condition=prepared.condition.key,
        batch=f"{suite.batch.source}:{suite.batch.size}",
        seed=suite.seed,
        device=prepared.condition.device,
        resamples=suite.resamples,
        level=suite.level,
        metrics=tuple(one.name for one in metrics),
        boards=tuple(_board(prepared, name, texts, metrics) for name in suite.tasks),
    )


def _board(prepared: Prepared, name: str, texts: Sequence[str], metrics: Sequence[Metric]) -> Board:
    suite = prepared.suite
    truth = _truth(name, suite)
    known = [text for text in texts if text in truth.values]
    target = np.array([truth.values[text] for text in known])
    if truth.direction is TruthDirection.LOWER:
        target = -target
    seed = derived_seed(suite.seed, "bootstrap", truth.task, prepared.population.digest)
    resamples = resample_weights(len(known), suite.resamples, seed)
    entries = [
        _entry(plugin, prepared, known, target, (metrics, resamples)) for plugin in prepared.plugins
    ]
    return Board(
        truth=truth,
        drawn=len(known),
        best=float(target.max()),
        entries=tuple(sorted(entries, key=lambda entry: _rank(entry, metrics[0].name))),
    )


def _truth(name: str, suite: Suite) -> TruthTable:
    own = name.endswith(".toml")
    if not own:
        _require_space(name, task(name).space, suite)
    truth = load(name)
    if own:
        _require_space(name, truth.space, suite)
    return truth


def _require_space(name: str, space: str, suite: Suite) -> None:
    if space != suite.space:
        raise UsageError(
            f"suite {suite.name} [tasks]: {name} is a task of {space}, "
            f"but the suite is about {suite.space}"
        )


def _entry(
    plugin: LoadedPlugin,
    prepared: Prepared,
    known: Sequence[str],
    target: FloatArray,
    how: tuple[Sequence[Metric], Resamples],
) -> Entry:
    metrics, resamples = how
    stored = prepared.scores.of(plugin.key)
    outcomes = [stored[text].outcome if text in stored else None for text in known]
    mask = np.array([isinstance(one, Scored) for one in outcomes], dtype=np.bool_)
    components = [one.components for one in outcomes if isinstance(one, Scored)]
    scores = _scores(plugin, components)
    sample = Sample(scores=scores, truth=target[mask])
    drawn = resamples.where(mask)
    return Entry(
        plugin=plugin.name,
        version=plugin.plugin.version,
        key=plugin.key,
        drawn=len(known),
        scored=int(mask.sum()),
        missing=sum(1 for one in outcomes if one is None),
        failures=Counter(str(one.kind) for one in outcomes if isinstance(one, Failed)),
        distinct=len(np.unique(scores)),
        measured={one.name: _measured(one, sample, drawn, prepared.suite.level) for one in metrics},
        timing=_timing([stored[text] for text in known if text in stored]),
    )


def _scores(plugin: LoadedPlugin, components: Sequence[Mapping[str, float]]) -> FloatArray:
    proxy = plugin.plugin
    if not components:
        return np.empty(0)
    columns = {
        name: np.array([one[name] for one in components], dtype=np.float64)
        for name in proxy.components
    }
    if proxy.aggregate is not None:
        scores = np.asarray(proxy.aggregate(columns), dtype=np.float64)
    else:
        (scores,) = columns.values()
    return scores if proxy.direction is Direction.HIGHER else -scores


def _measured(one: Metric, sample: Sample, resamples: Resamples, level: float) -> Measured:
    value = measure(one, sample)
    match value:
        case Defined():
            replicates = bootstrap(one, sample, resamples)
            return Measured(value=value, interval=percentile_interval(replicates, level))
        case Undefined():
            return Measured(value=value, interval=value)


def _timing(stored: Sequence[StoredScore]) -> Timing | None:
    environments = Counter(one.environment for one in stored if one.total is not None)
    if not environments:
        return None
    ((environment, _),) = environments.most_common(1)
    here = [one.total for one in stored if one.environment == environment]
    totals = [one for one in here if one is not None]
    low, median, high = np.quantile([one.wall_s for one in totals], (0.25, 0.5, 0.75))
    gpu = [one.gpu_s for one in totals if one.gpu_s is not None]
    peaks = [one.peak_bytes for one in totals if one.peak_bytes is not None]
    return Timing(
        quartiles_s=(float(low), float(median), float(high)),
        gpu_s=float(np.median(gpu)) if gpu else None,
        peak_bytes=max(peaks) if peaks else None,
        environment=environment,
    )


def _rank(entry: Entry, headline: str) -> tuple[bool, float, str]:
    value = entry.measured[headline].value
    number = value.value if isinstance(value, Defined) else -np.inf
    return entry.scored < entry.drawn, -number, entry.plugin
