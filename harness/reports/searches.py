"""Searches as tables: simulated ones with their page, picks without a label, and their files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from harness.architecture_search import Pick, Prices, Problem, SearchSummary
from harness.architecture_search.summary import QUERIES, Progress, Reach
from harness.metrics import estimate_mean
from harness.metrics.metric import UNBOUNDED
from harness.metrics.values import Defined, Undefined
from harness.operation_scoring import TableRank
from harness.reports.page.curves import Picture, Section, chart_point, curves_document
from harness.reports.report_table import (
    Cell,
    Column,
    ReportTable,
    brackets,
    cell_text,
    columns,
    fixed,
    optional_estimate,
    percent,
)
from harness.reports.writers import forms, write_files

__all__ = ["PickTable", "SearchTable", "search_page", "write_picks", "write_searches"]

_SHOWN = (10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SearchTable:
    """Simulated searches on one task.

    Attributes:
        problem: What was searched.
        summaries: At least one.
        share: Which part of the table counts as the best.
        prices: What a query costs, where that was asked for.
    """

    problem: Problem
    summaries: Sequence[SearchSummary]
    share: float
    prices: Prices | None

    @property
    def facts(self) -> str:
        """Say in one line what was searched, and how often."""
        problem, share, prices = self.problem, self.share, self.prices
        timed = (
            ""
            if prices is None
            else f"; the time of a training is taken to grow with {prices.proxy}"
        )
        return (
            f"{problem.truth.task}: {problem.n} architectures, best {problem.values.max():.4g}; "
            f"the best {share:.3g} of them begin at {problem.threshold(share):.4g}; "
            f"{self.summaries[0].repeats} searches a row; brackets hold 95 % intervals over the "
            f"searches{timed}"
        )

    @property
    def tables(self) -> dict[str, ReportTable]:
        """One table for each unit of what a search spends, with one row a search."""
        return {unit: self._table(unit) for unit in self.summaries[0].progress}

    @property
    def data(self) -> ReportTable:
        """One row a search, for programs."""
        task = self.problem.truth.task
        return ReportTable.of_records(
            [{"task": task, "best": self.share, **_record(each)} for each in self.summaries]
        )

    def _table(self, unit: str) -> ReportTable:
        shown = _shown(self.summaries[0])
        regrets = [Column(head=f"regret after {spent:.0f}", number=fixed(3)) for spent in shown]
        return ReportTable(
            columns=columns(
                *("algorithm", "guide", f"{unit} to the best {self.share:.3g}"),
                Column(head="reached", number=percent),
                *(*regrets, Column(head="s / search", number=fixed(2))),
            ),
            rows=tuple(
                (
                    *(summary.searcher, summary.guide, _reach(summary.progress[unit].reach)),
                    summary.reached,
                    *(_regret(summary.progress[unit], spent) for spent in shown),
                    summary.seconds,
                )
                for summary in self.summaries
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PickTable:
    """Picks of searches without labels on one task, with their ranks in its table.

    Attributes:
        picks: At least one.
    """

    task: str
    picks: Sequence[tuple[Pick, TableRank | Undefined]]

    @property
    def table(self) -> ReportTable:
        """One row a search."""
        return ReportTable(
            columns=columns(
                *("algorithm", "guide", "seed", "architecture"),
                Column(head="score", number=lambda score: f"{score:.6g}"),
                Column(head="value", number=fixed(2)),
                *("rank", "scored", Column(head="s", number=fixed(2))),
            ),
            rows=tuple(
                (
                    *(pick.searcher, pick.guide, pick.seed, pick.architecture.text, pick.score),
                    rank.reason if isinstance(rank, Undefined) else rank.value,
                    "" if isinstance(rank, Undefined) else f"{rank.rank} of {rank.of}",
                    *(pick.scored, pick.seconds),
                )
                for pick, rank in self.picks
            ),
        )

    @property
    def means(self) -> list[str]:
        """What several searches of one algorithm and one proxy came to, a line each."""
        groups: dict[tuple[str, str], list[TableRank | Undefined]] = {}
        for pick, rank in self.picks:
            groups.setdefault((pick.searcher, pick.guide), []).append(rank)
        return [
            f"{searcher} by {guide}: {_mean(ranks)}, over {len(ranks)} searches"
            for (searcher, guide), ranks in groups.items()
            if len(ranks) > 1
        ]

    @property
    def data(self) -> ReportTable:
        """One row a search, for programs."""
        return ReportTable.of_records(
            [{"task": self.task, **_pick_record(*row)} for row in self.picks]
        )


def write_searches(searches: SearchTable, asked: str, results: Path) -> list[Path]:
    """Write CSV, JSON and a page into ``searches/TASK`` and return their paths.

    Args:
        searches: What is written.
        asked: Digest of what the searches depend on beside their names: another command must not
            write the same file.
        results: The results folder.

    Raises:
        InfrastructureError: The folder cannot be written.
    """
    summaries = searches.summaries
    searchers = "-".join(dict.fromkeys(summary.searcher for summary in summaries))
    stem = f"{searchers}-{summaries[0].repeats}x{summaries[0].budget}-{asked}"
    contents = {**forms(searches.data), ".html": search_page(searches)}
    return write_files(results, _folder(searches.problem.truth.task) / stem, contents)


def write_picks(picked: PickTable, asked: str, results: Path) -> list[Path]:
    """Write CSV and JSON into ``searches/TASK``, named by algorithms and proxies; return the paths.

    Args:
        picked: What is written.
        asked: Digest of what the picks depend on beside these names and seeds.
        results: The results folder.

    Raises:
        InfrastructureError: The folder cannot be written.
    """
    searchers = "-".join(dict.fromkeys(pick.searcher for pick, _ in picked.picks))
    guides = "-".join(dict.fromkeys(pick.guide for pick, _ in picked.picks))
    seeds = [pick.seed for pick, _ in picked.picks]
    stem = f"{searchers}--{guides}--seeds{min(seeds)}-{max(seeds)}-{asked}"
    return write_files(results, _folder(picked.task) / stem, forms(picked.data))


def search_page(searches: SearchTable) -> str:
    """Return simulated searches as HTML: a picture of each algorithm and a table for every unit."""
    sections = [_section(searches, unit, table) for unit, table in searches.tables.items()]
    return curves_document(f"Searches on {searches.problem.truth.task}", sections)


def _folder(task: str) -> Path:
    return Path("searches") / Path(task).stem


def _record(summary: SearchSummary) -> dict[str, Cell]:
    record: dict[str, Cell] = {
        "algorithm": summary.searcher,
        "guide": summary.guide,
        "repeats": summary.repeats,
        "budget": summary.budget,
        "reached": summary.reached,
        "seconds": summary.seconds,
    }
    for unit, progress in summary.progress.items():
        name, reach = "queries" if unit == QUERIES else "time", progress.reach
        record[name] = optional_estimate(reach.median, reach.interval)
        for spent in _shown(summary):
            record[f"regret@{spent:.0f}_{name}"] = _regret(progress, spent)
    return record


def _shown(summary: SearchSummary) -> list[float]:
    budget = float(summary.budget)
    return [*(spent for spent in _SHOWN if spent < budget), budget]


def _regret(progress: Progress, spent: float) -> Cell:
    """Return the mean regret; absent where some of the searches had ended before."""
    point = progress.at(spent)
    if point is None:
        return optional_estimate(None, None)
    return optional_estimate(point.regret, point.interval)


def _reach(reach: Reach) -> str:
    if reach.median is None:
        return "not reached by half"
    if reach.interval is None:
        return f"{reach.median:.0f} [upper end not reached]"
    return f"{reach.median:.0f} {brackets(reach.interval, fixed(0))}"


def _section(searches: SearchTable, unit: str, table: ReportTable) -> Section:
    summaries = searches.summaries
    algorithms = dict.fromkeys(summary.searcher for summary in summaries)
    return Section(
        title=f"Regret after so many {unit}",
        lead=f"{searches.facts}.",
        pictures=[
            _picture(name, [each for each in summaries if each.searcher == name], unit)
            for name in algorithms
        ],
        bars="Bars are intervals of the mean over the searches.",
        caption=f"Mean regret after so many {unit}",
        heads=table.heads,
        cells=table.texts,
        headings=2,
    )


def _picture(algorithm: str, summaries: Sequence[SearchSummary], unit: str) -> Picture:
    return Picture(
        title=f"{algorithm}: regret against {unit}",
        across=unit,
        finding=_finding(summaries, unit),
        scale="sqrt",
        rows=[
            chart_point(summary.guide, point.spent, point.regret, point.interval, unit)
            for summary in summaries
            for point in summary.progress[unit].points
        ],
    )


def _finding(summaries: Sequence[SearchSummary], unit: str) -> str:
    """Say which guide has the least regret at the end of its searches."""
    ends = {
        summary.guide: summary.progress[unit].points[-1]
        for summary in summaries
        if summary.progress[unit].points
    }
    if not ends:
        return "No moment is shared by all searches."
    best = min(ends, key=lambda name: ends[name].regret)
    end = ends[best]
    return f"Least regret at the end: {best}, {end.regret:.3f} after {end.spent:.0f} {unit}."


def _pick_record(pick: Pick, rank: TableRank | Undefined) -> dict[str, Cell]:
    known = rank if isinstance(rank, TableRank) else None
    return {
        "algorithm": pick.searcher,
        "guide": pick.guide,
        "seed": pick.seed,
        "architecture": pick.architecture.text,
        "score": pick.score,
        "value": known.value if known else None,
        "rank": known.rank if known else None,
        "of": known.of if known else None,
        "scored": pick.scored,
        "seconds": pick.seconds,
    }


def _mean(ranks: Sequence[TableRank | Undefined]) -> str:
    known = [rank for rank in ranks if isinstance(rank, TableRank)]
    if len(known) < len(ranks):
        return f"{len(ranks) - len(known)} not in the table"
    mean = estimate_mean([Defined(value=rank.value) for rank in known], UNBOUNDED)
    written = cell_text(mean, Column(head="mean", number=fixed(3)))
    return f"mean {written}, median rank {median(each.rank for each in known):g}"
