"""What a page shows, section by section, before it becomes HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.core.direction import Direction
from harness.core.identity import Json
from harness.evaluation import Board, Leaderboard, TaskScores
from harness.evaluation.leaderboard import Friedman, Standings
from harness.reports.page.aligned import aligned_scores
from harness.reports.page.diagram import diagram
from harness.reports.page.front import Front, fronts
from harness.reports.page.points import Points, points, short
from harness.reports.page.redundancy import Redundancy, redundancy
from harness.reports.page.rows import diagram_rows, front_rows, redundancy_rows
from harness.reports.page.table import Table, tables
from harness.reports.wording import with_interval

__all__ = ["Chart", "Cohort", "Page", "Scatter", "StandingsSection", "TaskSection", "sections"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart that needs nothing but its rows.

    Attributes:
        key: Its name among the charts of the page.
        name: Name of its specification in the folder ``charts``.
        rows: What it draws.
    """

    key: str
    name: str
    rows: Sequence[Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Tasks whose architectures and scores are the same: they share points and redundancy."""

    tasks: tuple[str, ...]
    points: Points
    redundancy: Redundancy
    chart: Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    """Scores against truth, of a plugin that the reader chooses.

    Attributes:
        cohort: Position of the cohort whose architectures are drawn.
        truth: Their ground truth as it was published, whichever direction is better.
        title: What the truth is.
        captions: Plugin to the finding in words, best plugin first; without those that have no
            score at all.
    """

    cohort: int
    truth: tuple[float, ...]
    title: str
    captions: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSection:
    """One task."""

    board: Board
    complete: Table
    incomplete: Table
    scatter: Scatter
    fronts: tuple[tuple[Front, Chart], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingsSection:
    """Standings of a scope, with a diagram where Friedman's test is defined."""

    standings: Standings
    chart: Chart | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything that a page shows."""

    tasks: tuple[TaskSection, ...]
    cohorts: tuple[Cohort, ...]
    standings: tuple[StandingsSection, ...]

    @property
    def charts(self) -> tuple[Chart, ...]:
        """All charts that need nothing but their rows."""
        return (
            *(one.chart for one in self.standings if one.chart),
            *(chart for task in self.tasks for _, chart in task.fronts),
            *(one.chart for one in self.cohorts),
        )


def sections(leaderboard: Leaderboard, contests: Sequence[TaskScores]) -> Page:
    """Work out what a page shows.

    Args:
        leaderboard: The boards.
        contests: What they were ranked from, in the order of the boards.
    """
    alike: dict[object, list[TaskScores]] = {}
    for one in contests:
        alike.setdefault(_scores_of(one), []).append(one)
    cohorts = tuple(_cohort(leaderboard, members) for members in alike.values())
    positions = {key: position for position, key in enumerate(alike)}
    return Page(
        tasks=tuple(
            _task(leaderboard, board, (positions[_scores_of(one)], cohorts))
            for board, one in zip(leaderboard.boards, contests, strict=True)
        ),
        cohorts=cohorts,
        standings=tuple(_standings(one) for one in leaderboard.standings),
    )


def _scores_of(contest: TaskScores) -> object:
    """Equal for contests with equal scores on equal architectures."""
    return contest.architectures, tuple((one.name, one.key) for one in contest.methods)


def _cohort(leaderboard: Leaderboard, members: Sequence[TaskScores]) -> Cohort:
    scores = aligned_scores(members[0])
    found = redundancy(scores)
    return Cohort(
        tasks=tuple(one.table.task for one in members),
        points=points(members[0], scores, leaderboard.seed),
        redundancy=found,
        chart=Chart(
            key=f"redundancy {members[0].table.task}",
            name="redundancy",
            rows=redundancy_rows(found),
        ),
    )


def _task(
    leaderboard: Leaderboard, board: Board, place: tuple[int, tuple[Cohort, ...]]
) -> TaskSection:
    position, cohorts = place
    complete, incomplete = tables(leaderboard, board)
    return TaskSection(
        board=board,
        complete=complete,
        incomplete=incomplete,
        scatter=_scatter(board, leaderboard.metrics[0], position, cohorts[position].points),
        fronts=tuple(
            (one, _front_chart(board, one)) for one in fronts(board, leaderboard.metrics[0])
        ),
    )


def _scatter(board: Board, headline: str, cohort: int, drawn: Points) -> Scatter:
    truth = board.truth
    lower = ", lower is better" if truth.direction is Direction.LOWER else ""
    return Scatter(
        cohort=cohort,
        truth=tuple(short(truth.values[text]) for text in drawn.architectures),
        title=f"{truth.metric} ({truth.unit}){lower}",
        captions={
            one.plugin: f"{headline} {with_interval(one.measured[headline])} on "
            f"{one.scored} of {one.drawn} architectures"
            for one in board.entries
            if one.scored
        },
    )


def _front_chart(board: Board, front: Front) -> Chart:
    key = f"front {board.truth.task} {front.environment}"
    return Chart(key=key, name="front", rows=front_rows(front, board.truth.noise_ceiling))


def _standings(one: Standings) -> StandingsSection:
    if not isinstance(one.friedman, Friedman):
        return StandingsSection(standings=one, chart=None)
    rows = diagram_rows(diagram(one, one.friedman))
    chart = Chart(key=f"standings {one.scope}", name="standings", rows=rows)
    return StandingsSection(standings=one, chart=chart)
