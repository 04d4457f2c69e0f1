"""The gate over an archive: all built-in proxies on networks of every space that it holds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from harness.api.results import Progress, Step
from harness.catalog import LoadedProxy, built_in, installed
from harness.core.errors import DataError, UsageError
from harness.core.identity import digest
from harness.execution.run import Options
from harness.execution.task_truth import load_truth
from harness.execution.work import default_memory_bytes
from harness.records.condition import Condition
from harness.records.environment import cores
from harness.records.scores import Scores
from harness.records.store import Store
from harness.regression_gate import Finding, Judgement, Kind, Rule
from harness.regression_gate.archive_sample import (
    REMEDY,
    GateSample,
    SpaceSample,
    choose_networks,
    network_costs,
    operators_of,
    read_sample,
    too_slow,
    write_sample,
)
from harness.regression_gate.archived_space import ArchivedSpace, Told
from harness.regression_gate.comparison import Comparison, combine
from harness.regression_gate.judgement import Coverage, ordered
from harness.regression_gate.quality import quality
from harness.suite import load_suite, suites

__all__ = ["draw_archive_sample", "gate_archive", "open_spaces"]

T = TypeVar("T")

_QUALITY_S = 3600.0
"""Processor time for the scores of new versions, as the old ones took it: half an hour on two
cores. Where all archived networks take more, an equal share of each space is compared."""

_ARCHIVE = "archive"


def gate_archive(
    folder: Path, names: Sequence[str], options: Options, progress: Progress | None
) -> Judgement:
    """Compute a sample of an archive again, and hold it against the archived scores.

    Plugins whose version was raised are computed on all archived networks with ground truth.

    Args:
        folder: The archive.
        names: Plugins to gate; all that it holds when empty.
        options: How to run, with an empty results folder or one that is to be used again.
        progress: Is told of what is done.

    Raises:
        UsageError: The archive holds nothing of a plugin.
        DataError: A file of the archive is damaged.
        InfrastructureError: Workers were lost.
    """
    spaces, findings = open_spaces(folder, names)

    def judge(space: ArchivedSpace, told: Told, own: Options) -> tuple[Finding, ...]:
        return space.judge(own, told)

    for own in _side_by_side(spaces, judge, options, _Meter(progress, "scoring the archive")):
        findings += own
    comparisons, unmeasured = _compare_versions(spaces, options, progress)
    overall = combine(comparisons)
    findings += unmeasured
    findings += [finding for each in overall for finding in quality(each, Rule())]
    return Judgement(
        suite=_ARCHIVE,
        findings=ordered(_once(findings)),
        comparisons=(*comparisons, *overall),
        coverage=tuple(_coverage(space) for space in spaces),
    )


def _compare_versions(
    spaces: Sequence[ArchivedSpace], options: Options, progress: Progress | None
) -> tuple[list[Comparison], list[Finding]]:
    """Compare new versions with the archived scores of old ones, on all spaces."""
    changed = [space for space in spaces if space.changed]
    comparisons: list[Comparison] = []
    if not changed:
        return comparisons, []
    texts, findings = _shared_out(changed)

    def compare(
        space: ArchivedSpace, told: Told, own: Options
    ) -> tuple[tuple[Comparison, ...], tuple[Finding, ...]]:
        return space.compare(texts[space.sample.space], own, told)

    meter = _Meter(progress, "scoring new versions")
    for compared, found in _side_by_side(changed, compare, options, meter):
        comparisons += compared
        findings += found
    return comparisons, findings


def _shared_out(
    spaces: Sequence[ArchivedSpace],
) -> tuple[dict[str, tuple[str, ...]], list[Finding]]:
    """Return the networks on which versions are compared, by space: all, or what time allows."""
    costs: dict[str, dict[str, float]] = {}
    for space in spaces:
        keys = [space.keys[name] for name in space.changed]
        known = network_costs(space.archive, space.condition)
        costs[space.sample.space] = {
            text: cost.together(keys) for text, cost in known.items() if text in space.truth.values
        }
    total_s = sum(sum(seconds.values()) for seconds in costs.values())
    share = min(1.0, _QUALITY_S / total_s) if total_s else 1.0
    texts = {
        name: tuple(sorted(seconds, key=digest)[: math.ceil(share * len(seconds))])
        for name, seconds in costs.items()
    }
    findings = []
    if share < 1:
        names = sorted({name for space in spaces for name in space.changed})
        message = (
            f"new versions of {', '.join(names)} are compared on {sum(map(len, texts.values()))} "
            f"of {sum(map(len, costs.values()))} networks, since all of them take "
            f"{total_s / 60:.0f} minutes of processor time; a smaller fall is missed"
        )
        findings.append(Finding(kind=Kind.FEWER_NETWORKS, message=message))
    return texts, findings


def open_spaces(folder: Path, names: Sequence[str]) -> tuple[list[ArchivedSpace], list[Finding]]:
    """Open every condition of the sample; the one that takes longest comes first.

    Args:
        folder: The archive.
        names: Plugins that count; all that it holds when empty.

    Returns:
        The spaces, and what vanished.

    Raises:
        UsageError: The archive holds nothing of a plugin.
        DataError: A file of the archive is damaged.
    """
    store, sample = Store(folder), read_sample(folder)
    conditions = {condition.key: condition for condition in store.conditions()}
    known = installed().of_kind(LoadedProxy)
    spaces, findings = [], []
    archived: set[str] = set()
    for part in sorted(sample.spaces, key=lambda part: -part.seconds):
        if part.condition not in conditions:
            raise DataError(
                f"{folder} holds nothing of {part.space}, unlike its gate.json; {REMEDY}"
            )
        scores = store.read(conditions[part.condition])
        keys = _keys(scores, known)
        keys = {name: key for name, key in keys.items() if not names or name in names}
        archived |= keys.keys()
        plugins = {n: known[n] for n in keys if n in known and n not in part.left_out}
        if plugins:
            spaces.append(
                ArchivedSpace(
                    sample=part,
                    archive=store,
                    condition=conditions[part.condition],
                    scores=scores,
                    keys={name: keys[name] for name in plugins},
                    plugins=plugins,
                )
            )
    missing = [name for name in names if name not in archived]
    if missing:
        raise UsageError(
            f"{folder} has no scores of {', '.join(missing)}; name a suite to gate a plugin of "
            "your own against a baseline"
        )
    sampled = {part.condition for part in sample.spaces}
    for label, condition in _named(_gated(store.conditions())).items():
        if condition.key not in sampled:
            message = (
                "archived since gate.json was written, and not compared; run --update-baseline"
            )
            findings.append(Finding(kind=Kind.TASK_ADDED, task=label, message=message))
    for name in sorted(archived - known.keys()):
        message = "the plugin vanished: the archive has it, this installation does not"
        findings.append(Finding(kind=Kind.VANISHED, plugin=name, message=message))
    return spaces, findings


def _keys(scores: Scores, known: Mapping[str, LoadedProxy]) -> dict[str, str]:
    """Return by name the key whose scores count: the present one, else the last archived one."""
    keys = {key.partition(":")[0]: key for key in scores.plugin_keys}
    present = set(scores.plugin_keys)
    return {
        name: known[name].key if name in known and known[name].key in present else key
        for name, key in keys.items()
    }


class _Meter:
    """Adds up what spaces that are scored side by side tell of themselves."""

    def __init__(self, progress: Progress | None, what: str) -> None:
        self._progress, self._what = progress, what
        self._told: dict[str, tuple[int, int]] = {}

    def of(self, space: str) -> Told:
        """Return what one space tells."""

        def told(done: int, total: int) -> None:
            self._told[space] = done, total
            if self._progress is not None:
                sums = [sum(numbers) for numbers in zip(*self._told.values(), strict=True)]
                self._progress(Step(what=self._what, done=sums[0], total=sums[1]))

        return told


def _side_by_side(
    spaces: Sequence[ArchivedSpace],
    work: Callable[[ArchivedSpace, Told, Options], T],
    options: Options,
    meter: _Meter,
) -> list[T]:
    """Work on as many spaces at a time as there are workers, each with one of them.

    One space after the other would leave workers waiting for the last network of each.
    """
    workers = cores() if options.workers is None else options.workers
    alone = replace(options, workers=min(1, workers), keep_memory=True)
    if workers > 1:
        alone = replace(alone, memory_bytes=default_memory_bytes(workers))
    with ThreadPoolExecutor(max_workers=max(1, workers)) as threads:
        tasks = [threads.submit(work, s, meter.of(s.sample.space), alone) for s in spaces]
        try:
            return [task.result() for task in tasks]
        finally:
            for task in tasks:
                task.cancel()


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """Keep what is true of all spaces once."""
    kept: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        task = "" if finding.kind is Kind.VERSION_CHANGED else finding.task
        kept.setdefault((finding.plugin, task, finding.message), replace(finding, task=task))
    return list(kept.values())


def _coverage(space: ArchivedSpace) -> Coverage:
    sample = space.sample
    scores = sum(
        int(space.scores.column(key, sample.networks).scored.sum()) for key in space.keys.values()
    )
    return Coverage(
        space=sample.space,
        networks=len(sample.networks),
        plugins=len(space.plugins),
        scores=scores,
        left_out=tuple(sample.left_out),
    )


def draw_archive_sample(folder: Path) -> tuple[list[str], Path]:
    """Choose anew what the gate computes of an archive, and write it beside it.

    Returns:
        What changed, a line each, and the file.

    Raises:
        UsageError: The archive is empty, or no suite has ground truth of one of its conditions.
        DataError: A record is damaged.
        InfrastructureError: The file cannot be written.
    """
    store = Store(folder)
    conditions = _named(_gated(store.conditions()))
    if not conditions:
        raise UsageError(f"there are no scores in {folder}; add some with harness archive")
    drawn = GateSample(spaces=tuple(_drawn(store, conditions)))
    path = write_sample(drawn, folder)
    lines = [
        f"{part.space}: {len(part.networks)} networks, {part.seconds:.0f} s"
        + (f", without {', '.join(part.left_out)}" if part.left_out else "")
        for part in drawn.spaces
    ]
    return lines, path


def _gated(conditions: Sequence[Condition]) -> list[Condition]:
    """Leave out what repeats another condition under a higher seed: it would show the same."""

    def apart(condition: Condition) -> tuple[str, str, str, int, str]:
        drawn = (condition.batch_source, condition.batch_size, condition.device)
        return condition.space, condition.dataset, *drawn

    descending = sorted(conditions, key=lambda condition: condition.seed, reverse=True)
    lowest = {apart(condition): condition.seed for condition in descending}
    return [condition for condition in conditions if condition.seed == lowest[apart(condition)]]


def _named(conditions: Sequence[Condition]) -> dict[str, Condition]:
    """Name conditions by their spaces, and by their keys too where a space has several."""
    counts = Counter(condition.space for condition in conditions)
    return {
        condition.space
        if counts[condition.space] == 1
        else f"{condition.space} ({condition.dataset}, {condition.key[:8]})": condition
        for condition in conditions
    }


def _drawn(store: Store, conditions: Mapping[str, Condition]) -> list[SpaceSample]:
    known = {proxy.key: proxy for proxy in built_in().of_kind(LoadedProxy).values()}
    seconds, has, slow = {}, {}, {}
    for space, condition in sorted(conditions.items()):
        costs = network_costs(store, condition)
        slow[space] = too_slow(costs, known)
        kept = [key for key in known if key not in slow[space]]
        seconds[space] = {text: cost.together(kept) for text, cost in costs.items()}
        for text, cost in costs.items():
            has[space, text] = operators_of(condition.space, text) | (
                cost.scores.keys() & set(kept)
            )
    chosen = choose_networks(seconds, lambda space, text: has[space, text])
    samples = []
    for space, condition in sorted(conditions.items()):
        task, truth = _task(condition, seconds[space].keys())
        samples.append(
            SpaceSample(
                condition=condition.key,
                space=space,
                task=task,
                truth=truth,
                networks=chosen[space],
                seconds=round(sum(seconds[space][text] for text in chosen[space]), 1),
                left_out={known[key].name: round(s, 1) for key, s in slow[space].items()},
                aggregated=_aggregated(store.read(condition), known),
            )
        )
    return samples


def _aggregated(scores: Scores, known: Mapping[str, LoadedProxy]) -> dict[str, tuple[float, ...]]:
    texts = tuple(sorted(scores.texts()))
    made = {}
    for key, loaded in known.items():
        column = scores.column(key, texts)
        if loaded.plugin.aggregate is not None and column.scored.any():
            parts = {name: column.values[name][column.scored] for name in loaded.plugin.components}
            made[key] = tuple(np.asarray(loaded.oriented(parts)).tolist())
    return made


def _task(condition: Condition, texts: Iterable[str]) -> tuple[str, str]:
    """Return the task of the suites of a condition that knows most of its networks, and its digest.

    Raises:
        UsageError: There is none.
    """
    best: tuple[int, str, str] = (0, "", "")
    for name in suites():
        suite = load_suite(name)
        batch = (suite.batch.source, suite.batch.size, suite.seed)
        if (suite.space, suite.dataset) != (condition.space, condition.dataset):
            continue
        if batch != (condition.batch_source, condition.batch_size, condition.seed):
            continue
        for task in suite.tasks:
            truth = load_truth(task, condition.space, f"suite {name}")
            count = sum(text in truth.values for text in texts)
            if count > best[0]:
                best = (count, task, truth.digest)
    if not best[0]:
        raise UsageError(
            f"no suite has ground truth of {condition.space} on {condition.dataset}; "
            "take this condition out of the archive"
        )
    return best[1], best[2]
