"""Writes a site: pages, the files of their tables, one style and one script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from harness.core.errors import DataError, UsageError
from harness.core.files import inside, write_at_once
from harness.core.short_repr import ShortRepr
from harness.reports.page.shell import embedded, packaged_text
from harness.reports.page.table import milliseconds
from harness.reports.report_table import ReportTable, general, number
from harness.reports.site.content import Content
from harness.reports.site.page import Page
from harness.reports.site.pages import pages_of
from harness.reports.site.shown import ShownTable

if TYPE_CHECKING:
    from jinja2 import Environment
    from markdown_it import MarkdownIt
    from markupsafe import Markup

__all__ = ["Site", "write_site"]

_REMEDY = "choose another folder with --out"
_FILES = "files.txt"
"""The files of a site, a line each; by it a later one removes what it no longer has."""
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)]+\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPage:
    """A page that was written.

    Attributes:
        path: From the root of the site.
        kind: What it is about.
    """

    path: str
    kind: str
    title: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Site(ShortRepr):
    """What was written.

    Attributes:
        start: Its first page.
        pages: All pages.
        tables: Number of tables, each of which has a CSV and a LaTeX file.
        size_bytes: Of all files.
    """

    start: Path
    pages: tuple[WrittenPage, ...]
    tables: int
    size_bytes: int

    @property
    def facts(self) -> str:
        """How much it is, in a sentence."""
        largest = max(self.pages, key=lambda page: page.size_bytes)
        return (
            f"{len(self.pages)} pages and {self.tables} tables, {self.size_bytes:,} bytes, the "
            f"largest page {largest.path} with {largest.size_bytes:,}"
        )

    @property
    def data(self) -> ReportTable:
        """One row a page."""
        return ReportTable.of_records([asdict(page) for page in self.pages])


def write_site(content: Content, out: Path) -> Site:
    """Write a site into a folder; the same content gives the same bytes.

    Raises:
        UsageError: The folder holds something that is no site.
        DataError: The list of its files is damaged.
        InfrastructureError: It cannot be written, or its list names files outside of it.
    """
    _require_site(out)
    pages = pages_of(content)
    environment = _environment(pages, content)
    written: dict[str, str] = {
        "site.css": packaged_text("templates/page.css") + packaged_text("site.css", "site"),
        "site.js": packaged_text("site.js", "site"),
    }
    html = {page.path: _render(page, environment) for page in pages}
    tables = {table.key: table for page in pages for table in _tables_of(page.shown)}
    for table in tables.values():
        written |= table.files
    written |= html
    written[_FILES] = "".join(f"{path}\n" for path in sorted(written))
    stale = [inside(out, out / path) for path in _former_files(out) - written.keys()]
    for path, text in written.items():
        write_at_once(inside(out, out / path), text, _REMEDY)
    for file in stale:
        file.unlink(missing_ok=True)
    return Site(
        start=out / "index.html",
        pages=tuple(
            WrittenPage(
                path=page.path,
                kind=page.kind,
                title=page.title,
                size_bytes=len(html[page.path].encode()),
            )
            for page in pages
        ),
        tables=len(tables),
        size_bytes=sum(len(text.encode()) for text in written.values()),
    )


def _require_site(out: Path) -> None:
    """Refuse a folder with files of something else, among which a site would be lost."""
    if out.exists() and any(out.iterdir()) and not (out / "site.js").is_file():
        raise UsageError(f"{out} holds files that are no site of the harness; {_REMEDY}")


def _former_files(out: Path) -> set[str]:
    """Return what an older site wrote and is still there; a folder is never one of its files."""
    listed = out / _FILES
    if not listed.is_file():
        return set()
    try:
        lines = listed.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise DataError(f"{listed} is damaged ({error.reason}); remove it, or {_REMEDY}") from error
    return {line for line in lines if (out / line).is_file()}


def _environment(pages: Sequence[Page], content: Content) -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("harness.reports.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    links = _links(pages)
    filters: Mapping[str, Callable[..., object]] = {
        "document": _document,
        "embedded": embedded,
        "general": general,
        "milliseconds": milliseconds,
        "number": number,
        "sentence": partial(_sentence, links),
    }
    environment.filters |= filters
    environment.globals |= {
        "harness": version("nas-proxy-harness"),
        "has_changes": bool(content.changes),
        "links": links,
    }
    return environment


def _links(pages: Sequence[Page]) -> dict[str, str]:
    """Return the page of every name that a cell may hold; of equal names that of the method."""
    folders = ("data", "spaces", "tasks", "predictors", "methods")
    return {
        page.title: page.path
        for folder in folders
        for page in pages
        if page.path.startswith(f"{folder}/") and page.kind != "list"
    }


def _render(page: Page, environment: Environment) -> str:
    return environment.get_template(page.template).render(page=page, root=page.root, **page.shown)


def _tables_of(shown: object) -> Iterator[ShownTable]:
    """Yield the tables among what a template is given, however deep."""
    match shown:
        case ShownTable():
            yield shown
        case Mapping():
            for value in shown.values():
                yield from _tables_of(value)
        case list() | tuple():
            for value in shown:
                yield from _tables_of(value)


def _sentence(links: Mapping[str, str], text: str, root: str) -> Markup:
    """Return a sentence in which names between backticks lead to their pages."""
    from markupsafe import Markup

    parts = text.split("`")
    named = Markup('<a href="{}">{}</a>')
    return Markup("").join(
        named.format(root + links[part], part) if number % 2 and part in links else part
        for number, part in enumerate(parts)
    )


def _document(text: str) -> Markup:
    """Return Markdown of this repository as HTML; links to its other files become their texts."""
    from markupsafe import Markup

    return Markup(_markdown().render(_LINK.sub(r"\1", text)))  # noqa: S704 - raw HTML is escaped


def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")
