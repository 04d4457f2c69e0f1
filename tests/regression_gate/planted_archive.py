"""Plants faults into the archive.

    python -m tests.regression_gate.planted_archive [REPEATS]

Prints the tables of ``docs/gate.md``: verdicts of the gate on copies of two spaces, four proxies in
each, and how often it fails in repeats. In the repeats nothing is scored: old scores are the
archived ones, and new ones are made of them.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import harness
from harness.api.archive_gating import open_spaces
from harness.core.outcome import SCORE, Outcome, Scored
from harness.evaluation import TaskScores, join
from harness.execution.population import population_of
from harness.execution.run import Options
from harness.metrics import Defined
from harness.records.store import Store
from harness.regression_gate import Rule, Severity, Snapshot
from harness.regression_gate.archive_sample import GateSample, read_sample
from harness.regression_gate.archived_space import changed_scores
from harness.regression_gate.comparison import Comparison, combine, compare_all
from harness.regression_gate.quality import quality
from harness.suite import load_suite
from tests.benchmarks.printed import say_archive, say_head, say_row
from tests.regression_gate.archives import Change, plant, scaled, with_sample
from tests.regression_gate.planted import noisy, ranks_of, rerun_elsewhere, rho, verdict
from tests.regression_gate.snapshots import bumped, with_plugin
from tests.score_tables import COMPUTED

FEW = ("params", "zerolm", "az_nas", "params_attention")
TWO = ("nas-bench-201", "lts-gpt2")
CELLS = "nas-bench-201 (cifar10,"
VICTIM = "zerolm"
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


def fails_worse(read: Sequence[Side], name: str, scale: float, draws: np.random.Generator) -> bool:
    """Raise the version of one plugin whose ranks got noise of this scale on every space."""
    return _fails(_compared(read, {name: (0.0, scale)}, draws))


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
    """Return the networks of a plugin, and the power for 0.02 by a normal approximation.

    Both are 0 where no noise lowers its mean correlation by as much, or any noise does.
    """
    scale = noise_for(read, name, 0.02)
    if math.isnan(scale) or scale < 1e-6:
        return 0, 0.0
    drawn: list[Comparison] = []
    for repeat in range(repeats):
        drawn += _compared(read, {name: (0.0, scale)}, np.random.default_rng([11, repeat]))
    ratio = float(np.mean([each.fall / _error(each) for each in drawn]))
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


def _error(comparison: Comparison) -> float:
    assert isinstance(comparison.noise, Defined)
    return comparison.noise.value


def _fails(comparisons: Sequence[Comparison]) -> bool:
    found = [finding for each in comparisons for finding in quality(each, Rule())]
    return any(finding.severity is Severity.FAIL for finding in found)


def faults(folder: Path) -> Iterator[tuple[str, str, int]]:
    """Plant one fault after the other into copies of two spaces, and run the gate on them."""
    sampled = (part for part in read_sample(ARCHIVE).spaces if part.space.startswith(CELLS))
    first, second, *_ = next(sampled).networks
    known = {
        record.architecture: score.result()
        for condition in Store(ARCHIVE).conditions()
        if f"{condition.space} ({condition.dataset}," == CELLS
        for record in Store(ARCHIVE).records(condition)
        for key, score in record.scores.items()
        if key.startswith(f"{VICTIM}:")
    }
    swapped = {first: known[second], second: known[first]}

    def of_victim(change: Callable[[str, Outcome], Outcome]) -> Change:
        return lambda name, text, outcome: change(text, outcome) if name == VICTIM else outcome

    def attention(name: str, _: str, outcome: Outcome) -> Outcome:
        # cells have no attention: where the archive says that they had a score, it is lost now
        lost = name == "params_attention" and not isinstance(outcome, Scored)
        return Scored(components={SCORE: 1.0}) if lost else outcome

    planted: dict[str, Callable[[Path], Path]] = {
        "nothing changed": copy,
        f"sign flip of {VICTIM}, version as before": lambda to: copy(
            to, of_victim(lambda _, o: scaled(o, -1))
        ),
        f"1e-3 in one score of {VICTIM}": lambda to: copy(
            to, of_victim(lambda text, o: scaled(o, 1.001) if text == first else o)
        ),
        "two networks exchanged": lambda to: copy(to, of_victim(swapped.get)),
        "another rule of a set-level proxy": lambda to: with_sample(copy(to), other_rule),
        "NaN on a network of the sample": lambda to: copy(to, attention),
        "a plugin is missing": lambda to: copy(to, keys={VICTIM: "gone:1:x"}),
        "another ground truth, new version": lambda to: with_sample(
            copy(to, keys={"params": "params:0:x"}), other_truth
        ),
        "other images": lambda to: copy(to, digest="other"),
        "another machine, nothing changed": lambda to: copy(to, processor="another"),
    }
    for number, (name, make) in enumerate(planted.items()):
        judgement = harness.gate(baseline=make(folder / str(number))).judgement
        assert judgement is not None
        yield name, verdict(judgement), int(judgement.exit_code)


def copy(to: Path, change: Change = lambda name, text, outcome: outcome, **others: Any) -> Path:
    """Copy two spaces and a few proxies of the archive with a fault."""
    return plant(ARCHIVE, to, change, names=FEW, spaces=TWO, **others)


def other_rule(sample: GateSample) -> GateSample:
    """Let aggregated scores have been made by another rule."""
    parts = [
        part.model_copy(update={"aggregated": {key: v[::-1] for key, v in part.aggregated.items()}})
        for part in sample.spaces
    ]
    return sample.model_copy(update={"spaces": tuple(parts)})


def other_truth(sample: GateSample) -> GateSample:
    """Let ground truth have been another."""
    parts = [part.model_copy(update={"truth": "0" * 64}) for part in sample.spaces]
    return sample.model_copy(update={"spaces": tuple(parts)})


def seen_nan(read: Sequence[Side], name: str, draws: np.random.Generator) -> bool:
    """Tell whether the sample has one of 5 % of all networks, drawn at random."""
    for side in read:
        scored = sorted(side.whole.plugins[name].scores) if name in side.whole.plugins else []
        lost = {text for text in scored if draws.random() < 0.05}
        if lost & set(side.sampled.population.texts):
            return True
    return False


def main(repeats: int = 200) -> None:
    """Print verdicts, how often the gate fails in repeats, and the power of every proxy."""

    def count(once: Callable[[np.random.Generator], bool]) -> str:
        seeds = (np.random.default_rng([7, repeat]) for repeat in range(repeats))
        return f"{sum(map(once, seeds))}/{repeats}"

    say_archive(ARCHIVE.parent)
    say_head("fault", "finding", "exit code", texts=2)
    with tempfile.TemporaryDirectory() as folder:
        for fault, found, code in faults(Path(folder)):
            say_row(fault, found, str(code))
    say_head("change", "fails")
    read = sides()
    several = load_suite("gate").plugins
    elsewhere, redrawn = "another processor, no new version", f"{len(several)} new versions"
    say_row(elsewhere, count(lambda draws: fails_elsewhere(read, draws)))
    say_row(f"{redrawn}, other draws", count(lambda draws: fails_redrawn(read, several, draws)))
    nan = count(lambda draws: seen_nan(read, "synflow", draws))
    say_row("NaN on 5 % of all networks, one proxy", nan)
    for name in ("synflow", "nsc", "snip"):
        for fall in (0.02, 0.002):
            worse = partial(fails_worse, read, name, noise_for(read, name, fall))
            say_row(f"{name} {fall} worse, new version", count(worse))
    say_head("proxy", "networks", "power for 0.02")
    for name in sorted({name for side in read for name in side.whole.plugins}):
        networks, chance = forecast(read, name)
        say_row(name, str(networks), f"{chance:.2f}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
