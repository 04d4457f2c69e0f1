"""The writers of tables: Markdown, CSV, JSON, LaTeX and the terminal, one each."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from harness.core.files import csv_text, inside, logged_if_unwritable, remove, write_at_once
from harness.core.output import data_output
from harness.metrics.values import Defined, Estimate, Interval
from harness.reports.report_table import Cell, Column, Mark, ReportTable, brackets, cell_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = [
    "Part",
    "escaped",
    "forms",
    "latex",
    "markdown",
    "markdown_table",
    "print_notes",
    "print_table",
    "rich_table",
    "write_files",
]

Part: TypeAlias = str | ReportTable
"""A paragraph of a page, or a table in it."""

_REMEDY = "choose another folder with --results"

_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "{''}",  # a straight double quote needs another encoding of fonts
    "`": "{}`{}",  # together with a question or exclamation mark it would turn that round
}


def markdown(parts: Sequence[Part]) -> str:
    """Return a page of paragraphs and tables; a table's title is a heading of the second level."""
    paragraphs: list[str] = []
    for part in parts:
        if isinstance(part, str):
            paragraphs.append(part)
        else:
            title = [f"## {part.title}"] if part.title else []
            paragraphs += [*title, markdown_table(part), *part.notes]
    return "\n\n".join(paragraphs) + "\n"


def markdown_table(table: ReportTable) -> str:
    """Return a table alone, whose first column is text and whose others are numbers."""
    lines = [table.heads, ["---", *["---:"] * (len(table.heads) - 1)]]
    lines += [[escaped(text) for text in row] for row in table.texts]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def escaped(text: str) -> str:
    """Return a text that neither ends a cell of Markdown nor opens an element of HTML."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def forms(data: ReportTable, page: str = "") -> dict[str, str]:
    """Return a page for people and the data for programs by the endings of their files.

    Args:
        data: For CSV and JSON.
        page: Made by `markdown`; no file where there is none.
    """
    texts = {".md": page} if page else {}
    document = json.dumps(data.records, indent=1, allow_nan=False) + "\n"
    return {**texts, ".csv": csv_text(data.records), ".json": document}


def write_files(results: Path, stem: Path, contents: Mapping[str, str | None]) -> list[Path]:
    """Write files, each at once or not at all, and return the paths of those that are there.

    The first that cannot be written is logged, and no other is tried: what they say is shown too.

    Args:
        results: The results folder.
        stem: Path below it, without what the names end in.
        contents: What the name of a file ends in to its text; None for one that there is none of
            this time, so that what an earlier command left under the name is removed.

    Raises:
        InfrastructureError: A file would lie outside the folder.
    """
    paths = [
        inside(results, results / stem.with_name(f"{stem.name}{ending}")) for ending in contents
    ]
    written = []
    with logged_if_unwritable():
        for path, content in zip(paths, contents.values(), strict=True):
            if content is None:
                remove(path, _REMEDY)
            else:
                write_at_once(path, content, _REMEDY)
                written.append(path)
    return written


def latex(tables: Sequence[ReportTable], comments: Sequence[str]) -> str:
    """Return tables for ``\\input`` beside ``booktabs``, after comments of one line each.

    The best cell of a column is bold; one that rests on a part alone carries a dagger.
    """
    lines = [f"% {' '.join(comment.split())}\n" for comment in comments]
    return "\n".join(["".join(lines), *(_tabular(table) for table in tables)])


def _tabular(table: ReportTable) -> str:
    lines = [
        rf"\begin{{tabular}}{{l{'r' * (len(table.columns) - 1)}}}",
        r"\toprule",
        _latex_row([_latex_text(head) for head in table.heads]),
        r"\midrule",
        *(
            _latex_row(
                [
                    _latex_cell(cell, column, table.marks.get((row, position)))
                    for position, (cell, column) in enumerate(
                        zip(cells, table.columns, strict=True)
                    )
                ]
            )
            for row, cells in enumerate(table.rows)
        ),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(lines) + "\n"


def _latex_row(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"


def _latex_cell(cell: Cell, column: Column, mark: Mark | None) -> str:
    match cell:
        case None:
            return "--"
        case Estimate(value=Defined(value=known), interval=interval):
            value = column.number(known)
            value = rf"\mathbf{{{value}}}" if mark is Mark.BEST else value
            dagger = r"^{\dagger}" if mark is Mark.PARTIAL else ""
            ends = brackets(interval, column.number) if isinstance(interval, Interval) else ""
            return f"${value}{dagger}$" + (rf" {{\scriptsize ${ends}$}}" if ends else "")
        case _:
            return _latex_text(cell_text(cell, column))


def _latex_text(text: str) -> str:
    safe = "".join(_LATEX.get(character, character) for character in " ".join(text.split()))
    return re.sub("-(?=-)", "-{}", safe)  # or two hyphens would become a dash


def print_table(table: ReportTable) -> None:
    """Print a table, and its notes below it.

    Where standard output is not a terminal, it is tab-separated, and the notes go to standard
    error.
    """
    if not data_output().isatty():
        for row in [table.heads, *table.texts]:
            data_output().write("\t".join(row) + "\n")
        for note in table.notes:
            sys.stderr.write(f"{note}\n")
        return
    from rich.console import Console

    console = Console(file=data_output())
    console.print(rich_table(table, titled=False))
    print_notes(console, table.notes, margin="")


def rich_table(table: ReportTable, *, titled: bool = True) -> Table:
    """Return a table for a terminal; with its title above it has its numbers at the right."""
    from rich.table import Table
    from rich.text import Text

    drawn = Table(
        title=Text(table.title) if titled else None,
        title_justify="left",
        header_style="bold",
        box=None,
        pad_edge=titled,
    )
    for position, head in enumerate(table.heads):
        drawn.add_column(Text(head), justify="right" if titled and position else "left")
    for row in table.texts:
        drawn.add_row(*(Text(text) for text in row))
    return drawn


def print_notes(console: Console, notes: Sequence[str], margin: str = " ") -> None:
    """Print sentences below a table, a line each."""
    from rich.text import Text

    for note in notes:
        console.print(Text(f"{margin}{note}"))
