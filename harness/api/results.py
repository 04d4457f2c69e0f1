"""What the functions of the harness return, and what they tell of their progress.

`harness.frame` turns any of these into a pandas frame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from harness.api.brief import Brief

if TYPE_CHECKING:
    from harness.checks import Finding
    from harness.core.identity import Json
    from harness.costing import CostReport
    from harness.evaluation import Leaderboard
    from harness.execution.network_scores import NetworkScore
    from harness.execution.remaining import Remaining
    from harness.fidelity import Fidelity
    from harness.operation_scorer import OperationReference
    from harness.operation_scoring import ScorerSummary
    from harness.proxy_search import Found
    from harness.regression_gate import Judgement
    from harness.reports.candidates import RankTable
    from harness.reports.operations import OperationTable
    from harness.reports.picks import PickTable
    from harness.reports.predictors import PredictorCurves
    from harness.reports.searches import SearchTable
    from harness.reports.seeds import SeedTable
    from harness.reports.transfer import TransferMatrix
    from harness.submissions import Judgement as SubmissionJudgement

__all__ = [
    "ContractResult",
    "CostResult",
    "Effort",
    "GateResult",
    "OperationsResult",
    "PicksResult",
    "PredictResult",
    "Progress",
    "PublishedResult",
    "RankResult",
    "ReportResult",
    "RunResult",
    "ScoreResult",
    "SimulationResult",
    "Step",
    "SubmissionResult",
    "TaskCurves",
    "TrainResult",
    "TransferResult",
    "TuneResult",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How much of something is done.

    Attributes:
        what: What is being done, e.g. ``"scoring smoke"``.
        done: Number of pieces of work done.
        total: Number of all of them.
        remaining: What is left, in time, of a run that scores.
    """

    what: str
    done: int
    total: int
    remaining: Remaining | None = None


Progress: TypeAlias = Callable[[Step], None]
"""Is told of every step."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RunResult(Brief):
    """What `harness.run` scored, and the table of it.

    Attributes:
        suite: Name of the suite.
        population: Name of the architectures.
        table: The leaderboard; with several seeds, the table over seeds; of a shard, none.
        computed: Number of scores computed now, by seed.
        reused: Number of scores that were stored before, by seed.
        archived: Number of scores taken from the archive, and of archived ones that were computed
            again, by seed.
        failed: What failed on every architecture, and why.
        files: Files of the table.
    """

    suite: str
    population: str
    table: Leaderboard | SeedTable | None
    computed: Mapping[int, int]
    reused: Mapping[int, int]
    archived: Mapping[int, tuple[int, int]]
    failed: Mapping[str, str]
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ReportResult(Brief):
    """What `harness.report` ranked.

    Attributes:
        leaderboard: The suite's; of published scores that of all tasks ranked together, which is
            absent where none of them could be read.
        by_task: Of published scores, the leaderboard of each task alone.
        faults: Of published scores, tasks that could not be read, and why.
        files: Files of all leaderboards.
    """

    leaderboard: Leaderboard | None
    by_task: tuple[Leaderboard, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ScoreResult(Brief):
    """What `harness.score` computed.

    Attributes:
        scores: One a network and proxy, network by network.
    """

    scores: tuple[NetworkScore, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TaskCurves(Brief):
    """Predictors on one task.

    Attributes:
        predicted: Fits and curves.
        files: Files of the curves.
    """

    predicted: PredictorCurves
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PredictResult(Brief):
    """What `harness.predict` measured without sources.

    Attributes:
        tasks: One for each task.
        failed: Predictors all of whose fits failed, and why the first did.
    """

    tasks: tuple[TaskCurves, ...]
    failed: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TransferResult(Brief):
    """What `harness.predict` measured with sources.

    Attributes:
        matrix: One cell a source, target and number of the target's labels.
        failed: The predictor where all of its fits failed, and why the first did.
        files: Files of the matrix.
    """

    matrix: TransferMatrix
    failed: Mapping[str, str]
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class SimulationResult(Brief):
    """What searches of a truth table needed.

    Attributes:
        searches: What was searched, and one summary an algorithm and guide.
        files: Files of the table.
    """

    searches: SearchTable
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What searches for the highest score of one proxy asked for.

    Attributes:
        proxy: Its name.
        asked: Scores asked for.
        computed: Those that were not stored before.
        failures: Architectures without a score, and why.
    """

    proxy: str
    asked: int
    computed: int
    failures: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PicksResult(Brief):
    """What searches without labels ended in, each looked up in the table afterwards.

    Attributes:
        picked: One pick a search, with its rank in the table.
        n: Architectures in the table.
        higher: For each pick, how many architectures of the table have a higher score; None where
            that would take a network for each of them.
        efforts: Of searches for the highest score: one a proxy.
        files: Files of the picks.
    """

    picked: PickTable
    n: int
    higher: tuple[int | None, ...]
    efforts: tuple[Effort, ...]
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RankResult(Brief):
    """What `harness.rank` ranked.

    Attributes:
        ranking: The candidates, the best first, and what labels said of the methods.
        computed: Number of scores computed now.
        reused: Number of scores that were stored before.
        files: Files of the ranking; the list of architectures to train is among them.
    """

    ranking: RankTable
    computed: int
    reused: int
    files: tuple[Path, ...]

    @property
    def train(self) -> tuple[str, ...]:
        """Texts of the architectures to train, the best first."""
        return self.ranking.texts


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TuneResult(Brief):
    """What `harness.tune` found, and how it ranks.

    Attributes:
        found: Settings that were searched now.
        leaderboard: Proxies of these and of stored settings, beside others.
        failed: What failed on every architecture, and why.
        settings_files: Files of the settings that were searched now.
        files: Files of the leaderboard.
    """

    found: tuple[Found, ...]
    leaderboard: Leaderboard
    failed: Mapping[str, str]
    settings_files: tuple[Path, ...]
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OperationsResult(Brief):
    """How well scorers tell which operations of a supernet matter.

    Attributes:
        scored: One summary a scorer and measuring proxy.
        references: Published values of the same scorers, each with the verdict on ours.
        failed: Scorers all of whose seeds failed, and why the first did.
        files: Files of the table.
    """

    scored: OperationTable
    references: tuple[tuple[ScorerSummary, OperationReference, str], ...]
    failed: Mapping[str, str]
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ContractResult(Brief):
    """Whether plugins keep their contract.

    Attributes:
        findings: By name of the plugin, one for each rule.
    """

    findings: Mapping[str, tuple[Finding, ...]]

    @property
    def passed(self) -> bool:
        """Whether no rule is broken."""
        return not any(
            finding.verdict == "broken" for rules in self.findings.values() for finding in rules
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PublishedResult(Brief):
    """Whether plugins reproduce their published values.

    Attributes:
        values: One a plugin and published value, by verdict.
    """

    values: tuple[Fidelity, ...]

    @property
    def passed(self) -> bool:
        """Whether no value deviates."""
        return not any(value.verdict == "deviates" for value in self.values)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class GateResult(Brief):
    """What a gate did.

    Attributes:
        judgement: Whether the run is as good as its baseline; absent where one was written.
        changes: What a new baseline changed, a line each.
        failed: What failed on every architecture, and why.
        files: Files of a new baseline.
    """

    judgement: Judgement | None
    changes: tuple[str, ...]
    failed: Mapping[str, str]
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SubmissionResult(Brief):
    """What became of a submission.

    Attributes:
        name: Name of the proxy; empty where it could not be loaded.
        judgement: Verdict, reasons and boards; absent where it was only scored.
        comment: The comment on the pull request, in Markdown.
        files: Files of comment and verdict; the folder of scores where it was only scored.
    """

    name: str
    judgement: SubmissionJudgement | None
    comment: str
    files: tuple[Path, ...]

    @property
    def accepted(self) -> bool:
        """Whether nothing speaks against it, as far as that was judged."""
        return self.judgement is None or self.judgement.accepted


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CostResult(Brief):
    """What proxies cost.

    Attributes:
        report: Costs by proxy, in seconds and bytes.
        batch: Source and size of the images, e.g. ``"photographs:16"``.
        processor: Model of the processor.
    """

    report: CostReport
    batch: str
    processor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainResult:
    """What was trained.

    Attributes:
        file: Where it was written; absent where a recipe was only judged.
        metrics: What was measured on what was held out.
    """

    file: Path | None
    metrics: Mapping[str, Json]
