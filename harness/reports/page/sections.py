"""What a page shows, section by section, before it becomes HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from harness.core.direction import Direction
from harness.core.identity import Json
from harness.evaluation import Board, Entry, Leaderboard, TaskScores
from harness.evaluation.leaderboard import Friedman, OverallRanking
from harness.reports.overall_ranking import overall_ranking_table
from harness.reports.page.diagram import draw_diagram
from harness.reports.page.explained import (
    explained_caption,
    explained_rows,
    explained_table,
)
from harness.reports.page.front import Front, find_fronts, front_rows
from harness.reports.page.points import Points, align_scores, draw_points, short
from harness.reports.page.redundancy import Redundancy, find_redundancy, redundancy_rows
from harness.reports.page.table import Table, board_tables
from harness.reports.report_table import Column, Reasons, ReportTable, cell_text

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
    """Tasks whose architectures and scores are the same: they share what no truth changes.

    Attributes:
        explained: What their scores are made of; without rows where nothing is known of it.
    """

    tasks: tuple[str, ...]
    points: Points
    redundancy: Redundancy
    chart: Chart
    explained: ReportTable
    explained_chart: Chart
    explained_caption: str


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
    """The overall ranking of a scope, with a diagram where Friedman's test is defined."""

    standings: OverallRanking
    table: ReportTable
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
            *(section.chart for section in self.standings if section.chart),
            *(chart for task in self.tasks for _, chart in task.fronts),
            *(cohort.explained_chart for cohort in self.cohorts if cohort.explained.rows),
            *(cohort.chart for cohort in self.cohorts),
        )


def sections(leaderboard: Leaderboard, tasks: Sequence[TaskScores]) -> Page:
    """Work out what a page shows.

    Args:
        leaderboard: The boards.
        tasks: What they were ranked from, in the order of the boards.
    """
    alike: dict[object, list[TaskScores]] = {}
    for task in tasks:
        alike.setdefault(_scores_of(task), []).append(task)
    entries = {board.truth.task: board.entries for board in leaderboard.boards}
    cohorts = tuple(
        _cohort(leaderboard.seed, members, entries[members[0].table.task])
        for members in alike.values()
    )
    positions = {key: position for position, key in enumerate(alike)}
    return Page(
        tasks=tuple(
            _task(leaderboard, board, positions[_scores_of(task)], cohorts)
            for board, task in zip(leaderboard.boards, tasks, strict=True)
        ),
        cohorts=cohorts,
        standings=tuple(
            _overall_ranking(standings, leaderboard.level) for standings in leaderboard.overall
        ),
    )


def _scores_of(task: TaskScores) -> object:
    """Equal for tasks with equal scores on equal architectures."""
    return task.architectures, tuple((method.name, method.key) for method in task.methods)


def _cohort(seed: int, members: Sequence[TaskScores], entries: Sequence[Entry]) -> Cohort:
    scores, first = align_scores(members[0]), members[0].table.task
    redundancy, explained = find_redundancy(scores), explained_table(entries)
    return Cohort(
        tasks=tuple(task.table.task for task in members),
        points=draw_points(members[0], scores, seed),
        redundancy=redundancy,
        chart=Chart(key=f"redundancy {first}", name="redundancy", rows=redundancy_rows(redundancy)),
        explained=explained,
        explained_chart=Chart(
            key=f"explained {first}", name="explained", rows=explained_rows(explained)
        ),
        explained_caption=explained_caption(explained),
    )


def _task(
    leaderboard: Leaderboard, board: Board, position: int, cohorts: tuple[Cohort, ...]
) -> TaskSection:
    headline = leaderboard.metrics[0]
    complete, incomplete = board_tables(leaderboard, board)
    return TaskSection(
        board=board,
        complete=complete,
        incomplete=incomplete,
        scatter=_scatter(board, headline, position, cohorts[position].points),
        fronts=tuple(
            (front, _front_chart(board, front))
            for front in find_fronts(board, leaderboard.headline)
        ),
    )


def _scatter(board: Board, headline: str, cohort: int, drawn: Points) -> Scatter:
    truth, column = board.truth, Column(head=headline, reasons=Reasons.ALL, whole=True)
    lower = ", lower is better" if truth.direction is Direction.LOWER else ""
    return Scatter(
        cohort=cohort,
        truth=tuple(short(truth.values[text]) for text in drawn.architectures),
        title=f"{truth.metric} ({truth.unit}){lower}",
        captions={
            entry.plugin: f"{headline} {cell_text(entry.measured[headline], column)} on "
            f"{entry.scored} of {entry.drawn} architectures"
            for entry in board.entries
            if entry.scored
        },
    )


def _front_chart(board: Board, front: Front) -> Chart:
    key = f"front {board.truth.task} {front.environment}"
    return Chart(key=key, name="front", rows=front_rows(front, board.truth.noise_ceiling))


def _overall_ranking(standings: OverallRanking, level: float) -> StandingsSection:
    chart = None
    if isinstance(standings.friedman, Friedman):
        marks = draw_diagram(standings, standings.friedman)
        rows = [asdict(mark) for mark in marks]
        chart = Chart(key=f"standings {standings.scope}", name="standings", rows=rows)
    table = overall_ranking_table(standings, level)
    return StandingsSection(standings=standings, table=table, chart=chart)
