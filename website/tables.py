"""Writes the tables of pages that state committed records: boards, rankings and the archive.

``python -m website.tables`` writes them anew; a test holds that this changes nothing. A table
stands between two comments that name it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import harness
from harness.catalog import LoadedProxy, installed
from harness.metrics.values import Interval
from harness.records.store import Store
from harness.regression_gate.archive_sample import read_sample
from harness.reports.archive import ArchivedScores, ArchiveTable
from harness.reports.report_table import ReportTable, columns, fixed
from harness.reports.site.content import ranked_boards
from harness.reports.site.findings import rank_text
from harness.reports.site.records import (
    BoardRow,
    OverallRow,
    TaskBoard,
    defined,
    read_boards,
    read_overall,
)
from harness.reports.writers import markdown_table
from website.left_out import calibration, left_out_gains, left_out_of
from website.markdown_tables import markdown
from website.measured import cells, power, printed, whole

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "results"
ARCHIVE = RESULTS / "archive"
PAGES = tuple(
    page
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    if "written by website/tables.py" in page.read_text(encoding="utf-8")
)
_BLOCK = re.compile(
    r"(<!-- ([\w-]+): written by website/tables\.py -->\n).*?(<!-- /\2 -->)", re.DOTALL
)

_RULES = (
    *("nested", "top-8", "top-5", "top-1", "similar-3", "similar-5", "spectral", "all"),
    *("greedy", "least-squares"),
)
"""Rules that the page on combinations shows."""


def written(text: str) -> str:
    """Return the text of a page with every block between its two comments."""
    return _BLOCK.sub(lambda found: f"{found[1]}\n{block(found[2])}\n{found[3]}", text)


@functools.cache
def block(name: str) -> str:
    """Return one block as Markdown.

    Raises:
        KeyError: There is no block of this name.
    """
    return BLOCKS[name]()


def first_board() -> str:
    """Return six rows of the leaderboard of ``nb201-quick``."""
    (board,) = (board for board in read_boards(RESULTS) if board.task == "nb201-analog-baseline")
    rows = {row.plugin: row for row in board.rows}
    chosen = ("vkdnw_agg", "meco", "jacov", "params", "synflow", "random")
    return (
        "| place | plugin | spearman [95%] | kendall | best@10 | ms / network |\n"
        "| ---: | --- | ---: | ---: | ---: | ---: |\n"
    ) + "".join(f"| {' | '.join(_first_cells(rows[plugin]))} |\n" for plugin in chosen)


def _first_cells(row: BoardRow) -> tuple[str, ...]:
    return (
        f"{defined(row.place):g}",
        row.plugin,
        rank_text(row.of("spearman"), 3),
        f"{defined(row.of('kendall')):.3f}",
        f"{defined(row.of('best@10')):.2f}",
        f"{(row.seconds or 0) * 1000:.0f}",
    )


@functools.cache
def every_space() -> tuple[Mapping[str, str], Sequence[TaskBoard], Sequence[OverallRow]]:
    """Return mean ranks as texts, the board of every table, and the proxies."""
    overall = read_overall(RESULTS)
    if overall is None:
        raise SystemExit(f"no mean ranks in {RESULTS}; run harness combine first")
    boards = tuple(ranked_boards(read_boards(RESULTS), overall).values())
    return {row.name: rank_text(row.mean_rank) for row in overall.proxies}, boards, overall.proxies


def over_spaces(cell: Callable[[BoardRow | None], str], *, ranks: bool = False) -> str:
    """Return a table of every proxy on every space."""
    mean_ranks, boards, proxies = every_space()
    compared = [board.compared for board in boards]
    head = ["", *(["mean rank"] if ranks else []), *(f"{b.suite} ({b.networks})" for b in boards)]
    return markdown(
        head,
        [
            [
                *(row.name, *([mean_ranks[row.name]] if ranks else [])),
                *(cell(rows.get(row.name)) for rows in compared),
            ]
            for row in proxies
        ],
    )


def measured(metric: str) -> Callable[[BoardRow | None], str]:
    """Return what writes a metric of a row with two digits."""
    return lambda row: number(defined(row.of(metric)) if row else None)


def number(value: float | None) -> str:
    """Write a correlation with two digits, without its leading zero."""
    return "–" if value is None else f"{value:.2f}".replace("0.", ".")


def interval(row: BoardRow | None) -> str:
    """Write the interval of Spearman's correlation."""
    ends = row and row.of("spearman").interval
    return f"{number(ends.low)} to {number(ends.high)}" if isinstance(ends, Interval) else "–"


def seconds(row: BoardRow | None) -> str:
    """Write the seconds of one network with two digits."""
    return f"{row.seconds:.2g}" if row and row.seconds is not None else "–"


def combined() -> str:
    """Return rules that combine proxies, then the first five proxies and params."""
    overall = read_overall(RESULTS)
    if overall is None:
        raise SystemExit(f"no mean ranks in {RESULTS}; run harness combine first")
    rules = {row.name: row for row in overall.rules}
    proxies = [row for row in overall.proxies[:5] if row.name != "params"]
    first = overall.proxies[0].name
    shown = [
        (f"`{name}`" if name in rules else name, row)
        for name, row in [
            *((rule, rules[rule]) for rule in _RULES),
            *((row.name, row) for row in (*proxies, overall.by_name["params"])),
        ]
    ]
    return markdown(
        ["", "mean Spearman", "mean rank", f"lead over {first}, the best single proxy"],
        [
            (
                *(name, f"{row.mean:.3f}".replace("0.", ".", 1), rank_text(row.mean_rank, 2)),
                "" if name == first else rank_text(row.lead, 2),
            )
            for name, row in shown
        ],
    )


@functools.cache
def held() -> ArchiveTable:
    """Return what the archive holds."""
    return harness.archive(into=ARCHIVE)


def facts() -> str:
    """Return the size of the archive and what computed it."""
    store = Store(ARCHIVE)
    machines = store.environments().values()
    versions = sorted({machine.packages["nas-proxy-harness"] for machine in machines})
    torch = sorted({machine.packages["torch"] for machine in machines})
    numpy = sorted({machine.packages["numpy"] for machine in machines})
    processors = sorted({machine.processor for machine in machines})
    hours = sum(row.hours for row in held().rows)
    return (
        f"* {held().outcomes:,} outcomes, each one proxy on one network, under {len(held().rows)} "
        f"conditions, in {held().size_bytes / 2**20:.1f} MiB of Parquet and JSON.\n"
        f"* {hours:.1f} processor hours, passes and proxies together.\n"
        f"* Computed by nas-proxy-harness {', '.join(versions)}, torch {', '.join(torch)} and "
        f"numpy {', '.join(numpy)} on {'; '.join(processors)}, at "
        f"{len({machine.commit for machine in machines})} commits. The commit says which code; the "
        "version is the one that the checkout was installed as.\n"
    )


def hours() -> str:
    """Return what the archive took."""
    hours = sum(row.hours for row in held().rows)
    places = {(row.condition.space, row.condition.dataset) for row in held().rows}
    return (
        f"The scores of {len(places)} spaces and data sets in the archive, on which the boards "
        f"of these pages rest, took {hours:.1f} processor hours (`harness archive`); with them in "
        "place a board takes seconds to minutes.\n"
    )


def content() -> str:
    """Return the conditions of the archive."""
    table = ReportTable(
        columns=columns(
            "space", "data set", "batch", "seed", "networks", "proxies", "hours", number=fixed(2)
        ),
        rows=tuple(
            (
                *(row.condition.space, row.condition.dataset),
                f"{row.condition.batch_source}:{row.condition.batch_size}",
                *(row.condition.seed, row.networks, _proxies(row), row.hours),
            )
            for row in held().rows
        ),
    )
    return markdown_table(table) + "\n"


def _proxies(row: ArchivedScores) -> str:
    """Return how many proxies have all networks, and how many have some or none."""
    less = [f"{len(row.parts)} on fewer networks"] if row.parts else []
    less += [f"{len(row.lacking)} not"] if row.lacking else []
    return f"{len(row.plugins)}" + (f" ({', '.join(less)})" if less else "")


def licences() -> str:
    """Return whose accuracies belong to the archived spaces."""
    sources = {source.name: source for source in harness.data_sources()}
    spaces = {row.condition.space for row in held().rows}
    names: dict[tuple[str, str], set[str]] = {}
    tasks = {task.name: task for task in harness.list_tasks()}
    for suite in harness.list_suites():
        for task in (tasks[name] for name in suite.tasks if suite.space in spaces):
            found = sources[task.source]
            names.setdefault((found.citation, found.licence), set()).add(suite.space)
    table = ReportTable(
        columns=columns("accuracies of", "spaces", "licence"),
        rows=tuple(
            (citation, ", ".join(sorted(of)), licence)
            for (citation, licence), of in sorted(names.items())
        ),
    )
    return markdown_table(table) + "\n"


def gate_sample() -> str:
    """Return how much of each archived space ``harness gate`` computes again."""
    store = Store(ARCHIVE)
    archived = {condition.key: condition for condition in store.conditions()}
    rows, networks, scores = [], 0, 0
    for part in sorted(read_sample(ARCHIVE).spaces, key=lambda part: part.space):
        condition = archived[part.condition]
        held = store.read(condition)
        keys = installed().of_kind(LoadedProxy).values()
        kept = [proxy.key for proxy in keys if proxy.name not in part.left_out]
        own = sum(int(held.column(key, part.networks).scored.sum()) for key in kept)
        name = part.space.partition(" (")
        of = f"{len(part.networks)} of {len(held.texts())}"
        shown = f"{name[0]} ({condition.dataset})" if name[1] else name[0]
        rows.append((shown, of, str(own), ", ".join(part.left_out)))
        networks, scores = networks + len(part.networks), scores + own
    rows.append(("all", str(networks), f"{scores:,}", ""))
    return markdown(["space", "networks", "scores", "too slow"], rows)


BLOCKS: Mapping[str, Callable[[], str]] = {
    "board": first_board,
    "spearman": lambda: over_spaces(measured("spearman"), ranks=True),
    "controlled": lambda: over_spaces(measured("partial-spearman-depth")),
    "groups": lambda: over_spaces(measured("stratified-kendall")),
    "intervals": lambda: over_spaces(interval),
    "seconds": lambda: over_spaces(seconds),
    "combined": combined,
    "without-labels": lambda: left_out_of(0),
    "ten-labels": lambda: left_out_of(10),
    "fifty-labels": lambda: left_out_of(50),
    "gains": left_out_gains,
    "calibration": calibration,
    "default": lambda: whole("rank-by-default"),
    "labels": lambda: whole("rank-with-labels"),
    "cells": cells,
    "facts": facts,
    "content": content,
    "licences": licences,
    "hours": hours,
    "gate-sample": gate_sample,
    "planted": lambda: printed("planted-archive", 0),
    "repeats": lambda: printed("planted-archive", 1),
    "power": power,
}
"""What stands on pages, by the name that the comments around it give."""


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(written(page.read_text(encoding="utf-8")), encoding="utf-8")
