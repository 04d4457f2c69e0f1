"""Writes the page: what it shows as HTML, and beside it the data that its charts are drawn from.

A chart is a specification in the folder ``charts`` and rows of data; of all charts the script
knows only the scatter, which the reader can change.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from importlib.metadata import version
from importlib.resources import files
from typing import cast

from harness.core.identity import Json
from harness.evaluation import Contest, Leaderboard
from harness.metrics import find_metric
from harness.report.page.library import library
from harness.report.page.origin import commands
from harness.report.page.points import LIMIT
from harness.report.page.rows import points_json
from harness.report.page.sections import Page, sections
from harness.report.page.table import milliseconds
from harness.report.standing_wording import (
    scope_title,
    standing_cells,
    standing_heads,
    standing_sentences,
)
from harness.report.wording import number

__all__ = ["page"]

_FILTERS = {
    "cells": standing_cells,
    "heads": standing_heads,
    "milliseconds": milliseconds,
    "number": number,
    "scope": scope_title,
    "sentences": standing_sentences,
}


def page(leaderboard: Leaderboard, contests: Sequence[Contest]) -> str:
    """Return a leaderboard as HTML.

    Args:
        leaderboard: The boards and standings.
        contests: What the boards were ranked from, in their order.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("harness.report.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= _FILTERS
    shown = sections(leaderboard, contests)
    script = "\n" + _text("templates/tables.js") + _text("templates/charts.js")
    return environment.get_template("page.html").render(
        leaderboard=leaderboard,
        page=shown,
        limit=LIMIT,
        commands=commands(leaderboard),
        environments=_environments(leaderboard),
        plugins={entry.plugin for board in leaderboard.boards for entry in board.entries},
        populations={one.population_digest for one in leaderboard.boards},
        metrics=[find_metric(name) for name in leaderboard.metrics],
        harness=version("nas-proxy-harness"),
        policy=_policy(library(), script),
        # The rest is written by this package, or made safe by it; whatever else the template
        # shows is escaped.
        style=Markup(_text("templates/page.css")),  # noqa: S704
        library=Markup(library()),  # noqa: S704
        script=Markup(script),  # noqa: S704
        data=Markup(_embedded(_data(leaderboard, shown))),  # noqa: S704
    )


def _environments(leaderboard: Leaderboard) -> list[str]:
    entries = (entry for board in leaderboard.boards for entry in board.entries)
    return sorted({one.timing.environment for one in entries if one.timing})


def _text(path: str) -> str:
    return files("harness.report.page").joinpath(path).read_text(encoding="utf-8")


def _data(leaderboard: Leaderboard, shown: Page) -> Json:
    used = sorted({"scatter", *(one.name for one in shown.charts)})
    return {
        "charts": {
            name: cast("Json", json.loads(_text(f"charts/{name}.vl.json"))) for name in used
        },
        "headline": leaderboard.metrics[0],
        "rows": {one.key: one.rows for one in shown.charts},
        "cohorts": [points_json(one.points) for one in shown.cohorts],
        "scatters": {
            one.board.truth.task: {
                "cohort": one.scatter.cohort,
                "truth": one.scatter.truth,
                "title": one.scatter.title,
                "captions": one.scatter.captions,
            }
            for one in shown.tasks
        },
    }


def _embedded(data: Json) -> str:
    """Write JSON that cannot end the element it stands in, whatever names it holds."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _policy(*scripts: str) -> str:
    """Allow these scripts and nothing else: no request, no text evaluated as code."""
    hashes = (hashlib.sha256(one.encode()).digest() for one in scripts)
    allowed = " ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
