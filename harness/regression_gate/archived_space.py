"""One archived condition: its scores and those that the gate computes, and what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from harness.catalog import LoadedProxy
from harness.core.errors import DataError
from harness.evaluation import join_stored
from harness.execution.agreement import compare_numbers, limits
from harness.execution.execute import execute
from harness.execution.population import population_of
from harness.execution.run import Options, Run, open_run_on
from harness.execution.task_truth import load_truth
from harness.metrics.values import FloatArray
from harness.records.columns import ABSENT
from harness.records.condition import Condition
from harness.records.scores import Scores
from harness.records.store import Store
from harness.regression_gate.archive_sample import REMEDY, SpaceSample
from harness.regression_gate.comparability import foundations, truths
from harness.regression_gate.comparison import Comparison, compare_all
from harness.regression_gate.coverage import coverage
from harness.regression_gate.drift import drift
from harness.regression_gate.finding import Finding, Kind, Rule
from harness.regression_gate.snapshot import Declared, PluginState, Snapshot, same_arithmetic
from harness.regression_gate.taking import take
from harness.suite import BatchSettings, Suite
from harness.truth import TruthTable

__all__ = ["ArchivedSpace", "Told", "changed_scores"]

Told = Callable[[int, int], None]
"""Is told of the number of networks done and to do."""

_TIMEOUT_S = 900.0
"""Seconds that one network may take; the slowest of the archive takes half of that."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ArchivedSpace:
    """What an archive holds of one condition, and which plugins are held to it.

    Attributes:
        sample: What is computed again.
        archive: The archive.
        condition: The condition.
        scores: What the archive holds of it.
        keys: Name of a plugin to the key of its archived scores: the present one, or where nothing
            of the present version is archived the one that was archived last.
        plugins: Those of them that are installed and not too slow here, by name.
    """

    sample: SpaceSample
    archive: Store
    condition: Condition
    scores: Scores
    keys: Mapping[str, str]
    plugins: Mapping[str, LoadedProxy]

    @property
    def changed(self) -> tuple[str, ...]:
        """Names of the plugins whose archived scores are of another version."""
        return tuple(name for name, loaded in self.plugins.items() if loaded.key != self.keys[name])

    @cached_property
    def truth(self) -> TruthTable:
        """The ground truth by which versions are compared.

        Raises:
            DataError: It cannot be read.
        """
        return load_truth(self.sample.task, self.condition.space, "the archive")

    def judge(self, options: Options, progress: Told) -> tuple[Finding, ...]:
        """Compute the sample's scores, and compare them with the archived ones.

        Raises:
            InfrastructureError: Workers were lost or records cannot be written.
            DataError: A record is damaged.
        """
        names = tuple(self.plugins)
        run = self.open(self.sample.networks, names, options)
        then = self.archived_scores(run)
        findings = list(foundations(then, replace(then, condition=run.condition)))
        if not findings:
            self._execute(run, options, progress)
            now = take(self.open(self.sample.networks, names, options), ())
            findings += [*changed_scores(then, now), *self._other_rules()]
        return tuple(replace(finding, task=self.sample.space) for finding in findings)

    def compare(
        self, texts: Sequence[str], options: Options, progress: Told
    ) -> tuple[tuple[Comparison, ...], tuple[Finding, ...]]:
        """Compute scores of changed plugins, and compare their ranking with that of the old ones.

        Args:
            texts: Architectures with ground truth.
            options: How to run.
            progress: Is told of what is done.

        Returns:
            A comparison a plugin, or why there is none.

        Raises:
            InfrastructureError: Workers were lost or records cannot be written.
            DataError: A record or the ground truth is damaged.
        """
        run = self.open(texts, self.changed, options)
        then = replace(self.archived_scores(run), tasks={self.sample.task: self.sample.truth})
        found = tuple(truths(then, replace(then, tasks={self.sample.task: self.truth.digest})))
        if found:
            return (), tuple(replace(finding, task=self.sample.space) for finding in found)
        self._execute(run, options, progress)
        run = replace(
            self.open(texts, self.changed, options), truths={self.sample.task: self.truth}
        )
        joined = join_stored(run)
        now = take(run, joined)
        compared = compare_all(replace(then, tasks=now.tasks), now, joined, Rule())
        return tuple(replace(each, task=self.sample.space) for each in compared), ()

    def _execute(self, run: Run, options: Options, progress: Told) -> None:
        """Score what is archived: nobody asks a plugin for what the archive has nothing of."""
        groups: dict[tuple[str, ...], list[str]] = {}
        for text in run.population.texts:
            asked = tuple(
                plugin.name
                for plugin in run.plugins
                if self.scores.column(self.keys[plugin.name], (text,)).status[0] != ABSENT
            )
            groups.setdefault(asked, []).append(text)
        before, total = 0, len(run.population.texts)
        progress(before, total)
        for names, texts in groups.items():
            execute(self.open(texts, names, options), options, _later(progress, before, total))
            before += len(texts)

    def open(self, texts: Sequence[str], names: Sequence[str], options: Options) -> Run:
        """Prepare a run of this condition, of which nothing is scored yet.

        Raises:
            DataError: An image or a stored score cannot be read.
        """
        condition = self.condition
        suite = Suite(
            name=f"archive-{condition.space}",
            summary="Archived scores",
            space=condition.space,
            dataset=condition.dataset,
            tasks=(self.sample.task,),
            batch=BatchSettings(source=condition.batch_source, size=condition.batch_size),
            seed=condition.seed,
            timeout_s=_TIMEOUT_S,
        )
        population = population_of("archived", condition.space, tuple(texts))
        plugins = [self.plugins[name] for name in names]
        return open_run_on(population, {}, suite, plugins, options)

    def archived_scores(self, run: Run) -> Snapshot:
        """Return what the archive says of the architectures and plugins of a run."""
        archived = replace(
            run, scores=self.scores, store=self.archive, condition=self.condition, truths={}
        )
        taken = take(archived, (), self.keys)
        plugins = {
            name: self._of_old_version(state) if state.key != self.plugins[name].key else state
            for name, state in taken.plugins.items()
        }
        return replace(taken, plugins=plugins)

    def _of_old_version(self, state: PluginState) -> PluginState:
        """Return what is archived of an old version, of which present code cannot make scores."""
        texts, components = self._scored(state.key)
        if state.key in self.sample.aggregated:
            values = self._aggregated(state.key, texts)
        else:
            (component,) = components.values()
            values = self.plugins[state.name].plugin.direction.orient(component)
        scores = dict(zip(texts, values.tolist(), strict=True))
        version = state.key.split(":")[1]
        # A key has a digest of the passes alone: where the version is the same, they are others.
        passes = () if version == state.declared.version else state.declared.passes
        return replace(
            state,
            declared=Declared(version=version, passes=passes),
            scores={text: scores[text] for text in state.scores if text in scores},
            parts={},
        )

    def _other_rules(self) -> Iterator[Finding]:
        """Find set-level proxies whose rule makes other scores of the components archived."""
        exact = limits(next(iter(self.plugins.values())).plugin.stability, exact=True)
        for name, loaded in self.plugins.items():
            if loaded.key not in self.sample.aggregated:
                continue
            texts, components = self._scored(loaded.key)
            parts = {part: components[part] for part in loaded.plugin.components}
            agreement = compare_numbers(
                self._aggregated(loaded.key, texts), np.asarray(loaded.oriented(parts))
            )
            if agreement.exceeds(exact):
                yield Finding(
                    kind=Kind.DRIFT,
                    plugin=name,
                    message=f"drift at unchanged version {loaded.plugin.version}: the rule makes "
                    f"other scores of the same components, {agreement.text()}; find out why, or "
                    "bump the version",
                    numbers=agreement.numbers,
                )

    def _scored(self, key: str) -> tuple[tuple[str, ...], dict[str, FloatArray]]:
        """Return all architectures of which a score is archived, and its components."""
        texts = tuple(sorted(self.scores.texts()))
        column = self.scores.column(key, texts)
        kept = tuple(np.array(texts, dtype=object)[column.scored].tolist())
        return kept, {name: values[column.scored] for name, values in column.values.items()}

    def _aggregated(self, key: str, texts: Sequence[str]) -> FloatArray:
        values = np.array(self.sample.aggregated[key], dtype=np.float64)
        if values.size != len(texts):
            raise DataError(
                f"the archive holds {len(texts)} scores of {key} on {self.sample.space} and its "
                f"gate.json {values.size}; {REMEDY}"
            )
        return values


def _later(progress: Told, before: int, total: int) -> Told:
    """Return what tells of a part that begins after so many of all networks."""

    def told(done: int, _: int) -> None:
        progress(before + done, total)

    return told


def changed_scores(then: Snapshot, now: Snapshot) -> Iterator[Finding]:
    """Compare outcomes and numbers of the plugins that both sides have."""
    for name, new in now.plugins.items():
        old = then.plugins[name]
        yield from coverage(old, new)
        yield from drift(old, new, exact=same_arithmetic(then, now, name))
