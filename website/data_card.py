"""Writes the figures of the archive into its data card and the page on reproducibility.

``python website/data_card.py`` writes them anew; a test holds that this changes nothing.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from pathlib import Path

import harness
from harness.records.store import Store
from harness.reports.archive import ArchivedScores, ArchiveTable
from harness.reports.report_table import ReportTable, columns, fixed
from harness.reports.writers import markdown_table

ROOT = Path(__file__).parents[1]
ARCHIVE = ROOT / "results" / "archive"
PAGES = (ROOT / "docs" / "data-card.md", ROOT / "docs" / "reproducibility.md")
_BLOCK = re.compile(r"(<!-- (\w+)[^>]*-->\n).*?(<!-- /\2 -->)", re.DOTALL)


def written(text: str) -> str:
    """Return the text of a page with every block between its two comments."""
    blocks = _blocks()
    return _BLOCK.sub(lambda block: f"{block[1]}\n{blocks[block[2]]}\n{block[3]}", text)


@functools.cache
def _blocks() -> dict[str, str]:
    held = harness.archive(into=ARCHIVE)
    return {
        "facts": _facts(held),
        "content": _content(held.rows),
        "licences": _licences(held),
        "hours": _hours(held),
    }


def _facts(held: ArchiveTable) -> str:
    store = Store(ARCHIVE)
    machines = store.environments().values()
    outcomes = sum(
        len(record.scores)
        for condition in store.conditions()
        for record in store.records(condition)
    )
    versions = sorted({machine.packages["nas-proxy-harness"] for machine in machines})
    torch = sorted({machine.packages["torch"] for machine in machines})
    numpy = sorted({machine.packages["numpy"] for machine in machines})
    processors = sorted({machine.processor for machine in machines})
    hours = sum(row.hours for row in held.rows)
    return (
        f"* {outcomes:,} outcomes, each one proxy on one network, under {len(held.rows)} "
        f"conditions, in {held.size_bytes / 2**20:.1f} MiB of Parquet and JSON.\n"
        f"* {hours:.1f} processor hours, passes and proxies together.\n"
        f"* Computed by nas-proxy-harness {', '.join(versions)}, torch {', '.join(torch)} and "
        f"numpy {', '.join(numpy)} on {'; '.join(processors)}, at "
        f"{len({machine.commit for machine in machines})} commits. The commit says which code; the "
        "version is the one that the checkout was installed as.\n"
    )


def _hours(held: ArchiveTable) -> str:
    hours = sum(row.hours for row in held.rows)
    places = {(row.condition.space, row.condition.dataset) for row in held.rows}
    return (
        f"The scores of {len(places)} spaces and data sets in the archive, on which the boards "
        f"of these pages rest, took {hours:.1f} processor hours (`harness archive`); with them in "
        "place a board takes seconds to minutes.\n"
    )


def _content(rows: Sequence[ArchivedScores]) -> str:
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
            for row in rows
        ),
    )
    return markdown_table(table) + "\n"


def _proxies(row: ArchivedScores) -> str:
    """Return how many proxies have all networks, and how many have some or none."""
    less = [f"{len(row.parts)} on fewer networks"] if row.parts else []
    less += [f"{len(row.lacking)} not"] if row.lacking else []
    return f"{len(row.plugins)}" + (f" ({', '.join(less)})" if less else "")


def _licences(held: ArchiveTable) -> str:
    sources = {source.name: source for source in harness.data_sources()}
    spaces = {row.condition.space for row in held.rows}
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


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(written(page.read_text(encoding="utf-8")), encoding="utf-8")
