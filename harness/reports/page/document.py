"""Writes the page: what it shows as HTML, and beside it the data that its charts are drawn from.

A chart is a specification in the folder ``charts`` and rows of data; of all charts the script
knows only the scatter, which the reader can change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from harness.core.identity import Json
from harness.evaluation import Leaderboard, TaskScores
from harness.metrics import find_metric
from harness.reports.page.origin import commands
from harness.reports.page.points import LIMIT
from harness.reports.page.rows import points_json
from harness.reports.page.sections import Page, sections
from harness.reports.page.shell import rendered, specification
from harness.reports.page.table import milliseconds
from harness.reports.standing_wording import (
    scope_title,
    standing_cells,
    standing_heads,
    standing_sentences,
)
from harness.reports.wording import number, truth_notes

__all__ = ["page"]

_FILTERS: Mapping[str, Callable[..., object]] = {
    "cells": standing_cells,
    "heads": standing_heads,
    "milliseconds": milliseconds,
    "number": number,
    "scope": scope_title,
    "sentences": standing_sentences,
    "truth_notes": truth_notes,
}


def page(leaderboard: Leaderboard, contests: Sequence[TaskScores]) -> str:
    """Return a leaderboard as HTML.

    Args:
        leaderboard: The boards and standings.
        contests: What the boards were ranked from, in their order.
    """
    shown = sections(leaderboard, contests)
    return rendered(
        "page.html",
        _data(leaderboard, shown),
        _FILTERS,
        leaderboard=leaderboard,
        page=shown,
        limit=LIMIT,
        commands=commands(leaderboard),
        environments=_environments(leaderboard),
        plugins={entry.plugin for board in leaderboard.boards for entry in board.entries},
        populations={one.population_digest for one in leaderboard.boards},
        metrics=[find_metric(name) for name in leaderboard.metrics],
    )


def _environments(leaderboard: Leaderboard) -> list[str]:
    entries = (entry for board in leaderboard.boards for entry in board.entries)
    return sorted({one.timing.environment for one in entries if one.timing})


def _data(leaderboard: Leaderboard, shown: Page) -> Json:
    used = sorted({"scatter", *(one.name for one in shown.charts)})
    return {
        "charts": {name: specification(name) for name in used},
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
