"""Plants faults into a baseline, counts verdicts: ``python -m tests.regression_gate.planted``.

Prints the tables of ``docs/gate.md`` on baselines of suites; those on the archive are printed by
``planted_archive``. The baseline is the committed one of ``nb201-quick``, of which the proxies of
the suite ``gate`` and two tasks are taken; with ``HARNESS_SHARED`` also the published scores of 13
proxies on NAS-Bench-201.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from harness.catalog import LoadedProxy, installed
from harness.core.identity import digest_lines
from harness.evaluation import TaskScores
from harness.metrics import Defined, Sample, find_metric, measure
from harness.regression_gate import Judgement, PluginState, Severity, Snapshot, judge
from harness.regression_gate.snapshot import Population
from harness.regression_gate.store import read_baseline
from harness.suite import load_suite
from harness.truth import load, stored_scores
from tests.regression_gate.snapshots import (
    bumped,
    elsewhere,
    snapshot,
    state,
    task_scores,
    truth,
    with_plugin,
)

COMMITTED = Path(__file__).parents[2] / "results" / "baselines" / "nb201-quick"
VICTIM = "synflow"
CONNECTED = "nb201-cifar10-validation-connected"
AGREEMENT = 0.97
ROUNDING = {
    "az_nas": (1.0e-6, 2.3e-4),
    "epe_nas": (3.5e-6, 2.5e-2),
    "fisher": (3.0e-7, 8.8e-3),
    "grad_norm": (2.8e-7, 3.9e-3),
    "grasp": (1.5e-5, 1.0e-1),
    "jacov": (4.0e-7, 1.5e-4),
    "l2_norm": (6.9e-10, 1.4e-9),
    "meco": (4.6e-8, 7.7e-7),
    "nwot": (1.0e-9, 1.6e-7),
    "plain": (1.5e-5, 5.8e-2),
    "rank_sum": (4.0e-7, 1.5e-4),
    "snip": (2.0e-7, 2.2e-3),
    "synflow": (3.8e-9, 1.3e-8),
    "zen": (2.0e-8, 1.5e-7),
    "zico": (1.1e-3, 2.2e-2),
}
"""Median and largest relative difference of scores, measured on 40 cells with batch 16 between an
instruction set of 2023 and one of 2008 (AVX-512 and SSE 4): what another processor can do at most.
Counts (params, flops, layers) and random stay as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A baseline and the truth of its tasks."""

    baseline: Snapshot
    tasks: tuple[TaskScores, ...]

    def judged(self, current: Snapshot, baseline: Snapshot | None = None) -> Judgement:
        """Hold a changed run against the baseline."""
        return judge(baseline or self.baseline, current, self.tasks)


def committed() -> Setting:
    """The committed baseline: 200 cells, 13 proxies, two tasks."""
    whole = read_baseline(COMMITTED).of(load_suite("gate").plugins)
    baseline = replace(whole, tasks=dict(list(whole.tasks.items())[:2]))
    tables = [load(task) for task in baseline.tasks]
    return Setting(
        baseline=baseline, tasks=tuple(task_scores(table, baseline.population) for table in tables)
    )


def published(n: int) -> Setting:
    """Published scores of 13 proxies on `n` cells of NAS-Bench-201 and one task."""
    table, scores = load(CONNECTED), stored_scores(CONNECTED)
    complete = sorted(set(table.values).intersection(*scores.values()))
    texts = np.random.default_rng(0).permutation(complete)[:n].tolist()
    values = truth({text: table.values[text] for text in texts}, CONNECTED)
    known = installed().of_kind(LoadedProxy)
    plugins = [
        replace(
            state({text: column[text] for text in texts}, name),
            stability=known[name].plugin.stability,
        )
        for name, column in scores.items()
    ]
    baseline = snapshot(plugins, values)
    return Setting(baseline=baseline, tasks=(task_scores(values, baseline.population),))


def faults(where: Setting) -> Iterator[tuple[str, Judgement]]:
    """Judge one planted fault after the other; each is described by how a person would say it."""
    base, victim = where.baseline, where.baseline.plugins[VICTIM]
    yield "nothing changed", where.judged(base)
    negated = {text: -score for text, score in victim.scores.items()}
    flipped = with_plugin(base, replace(victim, scores=negated))
    yield "sign flip, version as before", where.judged(flipped)
    yield "sign flip, version bumped", where.judged(with_plugin(base, bumped(victim, negated)))
    for fall in (0.02, 0.002):
        worse = worse_by(where, fall)
        unchanged = with_plugin(base, replace(victim, scores=worse))
        yield f"{fall} worse, version as before", where.judged(unchanged)
        yield (
            f"{fall} worse, version bumped",
            where.judged(with_plugin(base, bumped(victim, worse))),
        )
    yield "NaN on 5 % of the cells", where.judged(with_plugin(base, without(victim, 0.05)))
    yield "a plugin is missing", where.judged(base.of(set(base.plugins) - {VICTIM}))
    yield "another truth hash on one task", where.judged(base, other_truth(base))
    rounded = rerun_elsewhere(base, np.random.default_rng(2))
    yield "another machine, digits as measured there", where.judged(rounded)
    yield "another machine and the sign flip", where.judged(elsewhere(flipped))
    yield "other cells", where.judged(smaller(base))


def noise_for(where: Setting, fall: float) -> float:
    """Find the noise on the ranks of the victim that lowers its correlation by `fall` on average.

    The first task counts; the average is over 40 draws, fixed by a seed.
    """
    ranks, target = _victim(where)
    trials = np.random.default_rng(99).standard_normal((40, ranks.size))
    goal = rho(ranks, target) - fall
    low, high = 0.0, 2.0
    for _ in range(25):
        scale = (low + high) / 2
        reached = float(np.mean([rho(ranks + scale * noise, target) for noise in trials]))
        low, high = (scale, high) if reached > goal else (low, scale)
    return low


def worsened(where: Setting, scale: float, draws: np.random.Generator) -> dict[str, float]:
    """Add noise to the ranks of the victim."""
    ranks, _ = _victim(where)
    return noisy(where.tasks[0].architectures, ranks, scale, draws)


def noisy(
    texts: Sequence[str], ranks: np.ndarray, scale: float, draws: np.random.Generator
) -> dict[str, float]:
    """Add noise of a scale to ranks."""
    values = ranks + scale * draws.standard_normal(ranks.size)
    return dict(zip(texts, values.tolist(), strict=True))


def worse_by(where: Setting, fall: float) -> dict[str, float]:
    """Return, of 200 such draws, the one whose correlation fell most nearly by `fall`."""
    ranks, target = _victim(where)
    scale, goal = noise_for(where, fall), rho(ranks, target) - fall
    draws = (worsened(where, scale, np.random.default_rng([5, i])) for i in range(200))
    return min(draws, key=lambda draw: abs(rho(np.array(list(draw.values())), target) - goal))


def without(state: PluginState, share: float) -> PluginState:
    """Let a plugin return NaN on a share of the architectures."""
    lost = sorted(state.scores)[: round(share * len(state.scores))]
    kept = {text: score for text, score in state.scores.items() if text not in lost}
    return replace(state, scores=kept, failures=dict.fromkeys(lost, "nonfinite"))


def other_truth(whole: Snapshot) -> Snapshot:
    """Let the baseline have been written with other truth on its first task."""
    first = next(iter(whole.tasks))
    return replace(whole, tasks={**whole.tasks, first: "0" * 64})


def smaller(whole: Snapshot) -> Snapshot:
    """Leave out the last architecture."""
    texts = whole.population.texts[:-1]
    population = Population(name="fewer", digest=digest_lines(texts), texts=texts)
    return replace(whole, population=population)


def rerun_elsewhere(whole: Snapshot, draws: np.random.Generator) -> Snapshot:
    """Change digits as far as another processor does, see `ROUNDING`."""
    moved = {
        name: replace(plugin, scores=_rounded(plugin, draws), parts={})
        for name, plugin in whole.plugins.items()
    }
    return elsewhere(replace(whole, plugins=moved))


def redrawn(where: Setting, draws: np.random.Generator) -> Judgement:
    """Judge a run in which every plugin was bumped and has other draws, but the same quality.

    Old and new scores are the baseline's ranks with independent noise of one size, so that neither
    is better in expectation; new and old ranks correlate by about `AGREEMENT`.
    """
    scale = np.sqrt(1 / 12 * (1 / AGREEMENT - 1))
    then, now = where.baseline, where.baseline
    for plugin in where.baseline.plugins.values():
        texts = list(plugin.scores)
        ranks = ranks_of(np.array([plugin.scores[text] for text in texts]))
        old, new = (ranks + scale * draws.standard_normal(len(texts)) for _ in range(2))
        pair = [dict(zip(texts, side.tolist(), strict=True)) for side in (old, new)]
        then = with_plugin(then, replace(plugin, scores=pair[0], parts={}))
        now = with_plugin(now, bumped(replace(plugin, parts={}), pair[1]))
    return where.judged(now, then)


def detected(where: Setting, scale: float, draws: np.random.Generator) -> Judgement:
    """Judge a run in which one plugin was bumped and its ranks got noise of this scale."""
    victim = where.baseline.plugins[VICTIM]
    worse = bumped(victim, worsened(where, scale, draws))
    return where.judged(with_plugin(where.baseline, worse))


def failed(judge_once: Callable[[np.random.Generator], Judgement], repeats: int) -> int:
    """Count the repeats in which the whole gate fails."""
    generators = (np.random.default_rng([7, repeat]) for repeat in range(repeats))
    return sum(1 for generator in generators if judge_once(generator).exit_code != 0)


def verdict(judgement: Judgement) -> str:
    """Name the kinds of failure, or of warning where nothing fails."""
    for severity in (Severity.FAIL, Severity.WARN, Severity.NOTE):
        kinds = dict.fromkeys(_words(finding.kind.label) for finding in judgement.of(severity))
        if kinds:
            return f"{severity}: {', '.join(kinds)}"
    return "nothing to say"


def _words(label: str) -> str:
    return re.sub("(?<=[a-z])(?=[A-Z])", " ", label).lower()


def main(repeats: int = 200) -> None:
    """Print verdicts, and how often the gate fails in repeats."""
    small = committed()
    for name, judgement in faults(small):
        print(f"| {name} | {verdict(judgement)} | {int(judgement.exit_code)} |")  # noqa: T201
    settings = {"nb201-quick, 200 cells, 13 proxies, 2 tasks": small}
    if "HARNESS_SHARED" in os.environ:
        for n in (200, 1000, 5000):
            settings[f"published scores, {n} cells, 13 proxies, 1 task"] = published(n)
    for name, where in settings.items():
        counts = [
            failed(lambda draws, at=where: at.judged(rerun_elsewhere(at.baseline, draws)), repeats),
            failed(lambda draws, at=where: redrawn(at, draws), repeats),
        ]
        for fall in (0.02, 0.002):
            scale = noise_for(where, fall)
            counts.append(
                failed(lambda draws, at=where, by=scale: detected(at, by, draws), repeats)
            )
        print(f"| {name} | {' | '.join(f'{count}/{repeats}' for count in counts)} |")  # noqa: T201
        sys.stdout.flush()


def _rounded(plugin: PluginState, draws: np.random.Generator) -> dict[str, float]:
    if plugin.name not in ROUNDING:
        return dict(plugin.scores)
    median, largest = ROUNDING[plugin.name]
    # Log-normal about the median, 2.2 standard deviations from the largest of 40, never above it.
    size = median * np.exp(
        np.log(largest / median) / 2.2 * draws.standard_normal(len(plugin.scores))
    )
    relative = np.minimum(size, largest) * draws.choice([-1.0, 1.0], size.size)
    pairs = zip(plugin.scores.items(), relative.tolist(), strict=True)
    return {text: score * (1 + by) for (text, score), by in pairs}


def ranks_of(values: np.ndarray) -> np.ndarray:
    """Return ranks in (0, 1]; equal values have their mean."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(values), dtype=np.float64) / values.size


def _victim(where: Setting) -> tuple[np.ndarray, np.ndarray]:
    task, scores = where.tasks[0], where.baseline.plugins[VICTIM].scores
    return ranks_of(np.array([scores[text] for text in task.architectures])), task.truth


def rho(scores: np.ndarray, target: np.ndarray) -> float:
    """Return Spearman's correlation; 0 where it is undefined."""
    value = measure(find_metric("spearman"), Sample(scores=scores, truth=target))
    return value.value if isinstance(value, Defined) else 0.0


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
