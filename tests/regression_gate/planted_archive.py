"""How often the gate over the archive fails: power, false alarms, and how much of it is one space.

Nothing is scored: old scores are the archived ones, and new ones are made of them. Called by
``python -m tests.regression_gate.planted``, which prints the tables of ``docs/gate.md``.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from harness.api.archive_gating import open_spaces
from harness.evaluation import TaskScores, join
from harness.execution.population import population_of
from harness.execution.run import Options
from harness.regression_gate import Rule, Severity, Snapshot
from harness.regression_gate.archived_space import changed_scores
from harness.regression_gate.comparison import Comparison, combine, compare_all
from harness.regression_gate.quality import quality
from tests.regression_gate.planted import noisy, ranks_of, rerun_elsewhere, rho
from tests.regression_gate.snapshots import bumped, with_plugin
from tests.score_tables import COMPUTED

ARCHIVE = Path(__file__).parents[2] / "results" / "archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One archived space.

    Attributes:
        sampled: Archived scores of the networks that every gate computes.
        whole: Archived scores of all networks with ground truth.
        task: Their ground truth.
    """

    sampled: Snapshot
    whole: Snapshot
    task: TaskScores

    def ranks(self, name: str) -> tuple[tuple[str, ...], np.ndarray, np.ndarray] | None:
        """Return texts, ranks and ground truth of what a plugin scored; None for nothing."""
        known = self.whole.plugins.get(name)
        truth = dict(zip(self.task.architectures, self.task.truth.tolist(), strict=True))
        texts = tuple(text for text in truth if known and text in known.scores)
        if known is None or len(texts) < 3:
            return None
        scores = np.array([known.scores[text] for text in texts])
        if np.ptp(scores) == 0:
            return None
        return texts, ranks_of(scores), np.array([truth[text] for text in texts])


def sides(names: Sequence[str] = ()) -> list[Side]:
    """Read all spaces of the archive."""
    read = []
    with tempfile.TemporaryDirectory() as empty:
        options = Options(results=Path(empty), workers=0)
        for space in open_spaces(ARCHIVE, names)[0]:
            truth = space.truth
            texts = [text for text in sorted(space.scores.texts()) if text in truth.values]
            kept = list(space.plugins)
            sampled = space.archived_scores(space.open(space.sample.networks, kept, options))
            whole = space.archived_scores(space.open(texts, kept, options))
            population = population_of("archived", space.sample.space, tuple(texts))
            task = join(truth, population, (), COMPUTED)
            whole = replace(whole, tasks={task.table.task: task.table.digest})
            read.append(Side(sampled=sampled, whole=whole, task=task))
    return read


def fails_elsewhere(read: Sequence[Side], draws: np.random.Generator) -> bool:
    """Compute the sample on another processor, nothing changed."""
    return any(
        finding.severity is Severity.FAIL
        for side in read
        for finding in changed_scores(side.sampled, rerun_elsewhere(side.sampled, draws))
    )


def fails_redrawn(read: Sequence[Side], names: Sequence[str], draws: np.random.Generator) -> bool:
    """Raise the version of plugins whose scores are drawn anew, none better in expectation."""
    scale = math.sqrt(1 / 12 * (1 / 0.97 - 1))
    return _fails(_compared(read, dict.fromkeys(names, (scale, scale)), draws))


def fails_worse(
    read: Sequence[Side], name: str, scale: float, draws: np.random.Generator
) -> tuple[bool, Comparison]:
    """Raise the version of one plugin whose ranks got noise of this scale on every space."""
    compared = _compared(read, {name: (0.0, scale)}, draws)
    return _fails(compared), compared[0]


def noise_for(read: Sequence[Side], name: str, fall: float) -> float:
    """Find the noise that lowers the mean correlation of a plugin by `fall` on average."""
    known = [ranks for side in read if (ranks := side.ranks(name))]
    sizes = np.array([len(texts) for texts, _, _ in known])
    trials = [np.random.default_rng(99).standard_normal((30, size)) for size in sizes]

    def reached(scale: float) -> float:
        values = [
            np.mean([rho(ranks + scale * noise, truth) for noise in drawn])
            for (_, ranks, truth), drawn in zip(known, trials, strict=True)
        ]
        return float(np.average(values, weights=sizes))

    goal, low, high = reached(0.0) - fall, 0.0, 3.0
    if reached(high) > goal:
        return math.nan
    for _ in range(15):
        scale = (low + high) / 2
        low, high = (scale, high) if reached(scale) > goal else (low, scale)
    return low


def forecast(read: Sequence[Side], name: str, repeats: int = 10) -> tuple[int, float]:
    """Return the networks of a plugin, and the power for 0.02 by a normal approximation."""
    scale = noise_for(read, name, 0.02)
    drawn = [fails_worse(read, name, scale, np.random.default_rng([11, r]))[1]
             for r in range(repeats)]  # fmt: skip
    ratio = float(np.mean([each.fall / each.noise.value for each in drawn]))
    return drawn[0].n, 0.5 * math.erfc((2.576 - ratio) / math.sqrt(2))


def _compared(
    read: Sequence[Side], scales: dict[str, tuple[float, float]], draws: np.random.Generator
) -> tuple[Comparison, ...]:
    comparisons: list[Comparison] = []
    for side in read:
        then = now = side.whole.of(())
        for name, (before, after) in scales.items():
            if (known := side.ranks(name)) is None:
                continue
            texts, ranks, _ = known
            old, new = (noisy(texts, ranks, scale, draws) for scale in (before, after))
            plugin = replace(side.whole.plugins[name], parts={})
            then = with_plugin(then, replace(plugin, scores=old))
            now = with_plugin(now, bumped(plugin, new))
        comparisons += compare_all(then, now, [side.task], Rule())
    return combine(comparisons)


def _fails(comparisons: Sequence[Comparison]) -> bool:
    found = [finding for each in comparisons for finding in quality(each, Rule())]
    return any(finding.severity is Severity.FAIL for finding in found)
