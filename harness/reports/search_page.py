"""The page and the files of simulated searches."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.architecture_search import Objectives, SearchSummary
from harness.reports.page.curves import Picture, Section, chart_point, curves_document
from harness.reports.page.objectives import FrontPicture, front_rows, rows_near, table_rows
from harness.reports.report_table import ReportTable
from harness.reports.searches import SearchTable
from harness.reports.writers import forms, write_files

__all__ = ["search_page", "write_searches"]

_TABLE_FRONT = "front of the table"


def write_searches(searches: SearchTable, asked: str, results: Path) -> list[Path]:
    """Write CSV, JSON and a page into ``searches/TASK`` and return their paths.

    With several objectives, the front as CSV and JSON too.

    Args:
        searches: What is written.
        asked: Digest of what the searches depend on beside their names: another command must not
            write the same file.
        results: The results folder.

    Raises:
        InfrastructureError: A file would lie outside the folder.
    """
    summaries, objectives = searches.summaries, searches.problem.objectives
    searchers = "-".join(dict.fromkeys(summary.searcher for summary in summaries))
    stem = f"{searchers}-{summaries[0].repeats}x{summaries[0].budget}-{asked}"
    contents = {**forms(searches.data), ".html": search_page(searches)}
    if objectives is not None:
        front = forms(searches.front(objectives))
        contents |= {f"-front{ending}": text for ending, text in front.items()}
    folder = Path("searches") / Path(searches.problem.truth.task).stem
    return write_files(results, folder / stem, contents)


def search_page(searches: SearchTable) -> str:
    """Return simulated searches as HTML: a picture of each algorithm and a table for every unit."""
    sections = [_section(searches, unit, table) for unit, table in searches.tables.items()]
    if (objectives := searches.problem.objectives) is not None:
        sections.insert(0, _front_section(searches, objectives))
    if (predicted := searches.predicted_fronts) is not None:
        sections.insert(1, _predicted_section(predicted))
    if (disturbed := searches.disturbed) is not None:
        sections.append(_disturbed_section(disturbed))
    return curves_document(f"Searches on {searches.problem.truth.task}", sections)


def _by_algorithm(searches: SearchTable) -> dict[str, list[SearchSummary]]:
    groups: dict[str, list[SearchSummary]] = {}
    for summary in searches.summaries:
        groups.setdefault(summary.searcher, []).append(summary)
    return groups


def _section(searches: SearchTable, unit: str, table: ReportTable) -> Section:
    what = "Regret" if searches.problem.objectives is None else "Hypervolume lacking"
    return Section(
        title=f"{what} after so many {unit}",
        lead=f"{searches.facts}.",
        pictures=[
            _picture(algorithm, summaries, unit, what.lower())
            for algorithm, summaries in _by_algorithm(searches).items()
        ],
        bars="Bars are intervals of the mean over the searches.",
        caption=f"Mean {what.lower()} after so many {unit}",
        heads=table.heads,
        cells=table.texts,
        headings=2,
    )


def _picture(algorithm: str, summaries: Sequence[SearchSummary], unit: str, what: str) -> Picture:
    return Picture(
        title=f"{algorithm}: {what} against {unit}",
        across=unit,
        finding=_finding(summaries, unit, what),
        scale="sqrt",
        rows=[
            chart_point(summary.guide, point.spent, point.regret, point.interval, unit)
            for summary in summaries
            for point in summary.progress[unit].points
        ],
    )


def _finding(summaries: Sequence[SearchSummary], unit: str, what: str) -> str:
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
    return f"Least {what} at the end: {best}, {end.regret:.3f} after {end.spent:.4g} {unit}."


def _front_section(searches: SearchTable, objectives: Objectives) -> Section:
    table = searches.front(objectives)
    return Section(
        title="Pareto front",
        lead=(
            f"The {objectives.size} points of the table's front, and the front of what the first "
            "search of each guide queried; in the table, the share of the searches that found a "
            "point."
        ),
        pictures=[
            _front_picture(searches, objectives, algorithm, column)
            for algorithm in _by_algorithm(searches)
            for column in range(1, len(objectives.names))
        ],
        bars="Grey: architectures near by, of a table of more than 2,000 a draw.",
        caption="Architectures on the front",
        heads=table.heads,
        cells=table.texts,
    )


def _predicted_section(predicted: ReportTable) -> Section:
    return Section(
        title="Predicted fronts",
        lead=(
            "The front by a guide's scores in place of the values: how many architectures are on "
            "it, and what training all of them finds of the table's front."
        ),
        pictures=[],
        bars="",
        caption="Predicted fronts, trained as a whole",
        heads=predicted.heads,
        cells=predicted.texts,
    )


def _front_picture(
    searches: SearchTable, objectives: Objectives, algorithm: str, column: int
) -> FrontPicture:
    summaries = _by_algorithm(searches)[algorithm]
    first, other = objectives.names[0], objectives.names[column]
    texts = [architecture.text for architecture in searches.problem.architectures]
    fronts = front_rows(objectives, column, texts, (_TABLE_FRONT, None))
    for summary in summaries:
        if summary.found is not None:
            fronts += front_rows(objectives, column, texts, (summary.guide, summary.found.first))
    shares = {
        summary.guide: float(summary.found.hits.mean())
        for summary in summaries
        if summary.found is not None
    }
    most = max(shares, key=lambda guide: shares[guide])
    return FrontPicture(
        title=f"{algorithm}: {first.name} against {other.name}",
        across=other,
        up=first,
        stairs=len(objectives.names) == 2,
        finding=f"Most of the front was found with {most}, {shares[most]:.0%} of its points.",
        rows=[*rows_near(table_rows(objectives, column, texts), fronts), *fronts],
    )


def _disturbed_section(disturbed: ReportTable) -> Section:
    return Section(
        title="Disturbed trainings",
        lead=(
            f"{len(disturbed.rows)} trainings took so long that the machine must have done "
            "something else; they count what the others make likely."
        ),
        pictures=[],
        bars="",
        caption="Measured hours of disturbed trainings, and what they count as",
        heads=disturbed.heads,
        cells=disturbed.texts,
    )
