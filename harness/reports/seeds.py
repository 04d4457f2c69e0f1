"""Proxies over several seeds as rows, for the terminal, Markdown, CSV and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.core.files import csv_text, inside, write_at_once
from harness.core.pipe_table import pipe_table, shortened
from harness.evaluation import OverSeeds
from harness.metrics import Defined, Difference, Interval, Undefined, Value
from harness.reports.failures import failure_cell, kinds_with_reasons
from harness.reports.files import REMEDY, file_stem
from harness.reports.wording import number, with_interval

__all__ = ["SeedTable", "cells", "heads", "rows", "write_seeds"]

Cell = str | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedTable:
    """Proxies over several seeds on the tasks of a suite.

    Attributes:
        suite: Name of the suite.
        edition: Which of the suite's tables this is: names its files.
        facts: What must be known to read it.
        metric: Name of the metric.
        against: Proxy that the others are held against, or nothing.
        rows: One a task and proxy.
    """

    suite: str
    edition: str
    facts: str
    metric: str
    against: str
    rows: tuple[OverSeeds, ...]


def heads(table: SeedTable) -> list[str]:
    """Return the heads of the table."""
    lead = [f"ahead of {table.against}"] if table.against else []
    mean = f"mean {table.metric}"
    return ["task", "plugin", mean, "by seed", "deviation", "agreement", *lead, "scored"]


def cells(table: SeedTable) -> list[list[str]]:
    """Return the rows of the table, rounded."""
    return [
        [
            one.task,
            one.plugin,
            shortened(with_interval(one.mean)),
            _span(one.each),
            _short(one.deviation),
            _short(one.agreement),
            *([_lead(one.lead)] if table.against else []),
            ", ".join(
                [f"{one.scored}/{one.drawn}", *map(shortened, kinds_with_reasons(one.failures))]
            ),
        ]
        for one in table.rows
    ]


def rows(table: SeedTable) -> list[dict[str, Cell]]:
    """Return one row a task and proxy, unrounded."""
    return [_row(found, table.against) for found in table.rows]


def write_seeds(table: SeedTable, results: Path) -> list[Path]:
    """Write the table under ``leaderboards/SUITE`` as Markdown, CSV and JSON; return the paths.

    Raises:
        InfrastructureError: The folder cannot be written.
    """
    flat = rows(table)
    shown = pipe_table(heads(table), cells(table))
    target = results / "leaderboards" / table.suite / file_stem(table.edition)
    contents = {
        ".md": f"# {table.suite}\n\n{table.facts}.\n\n{shown}\n",
        ".csv": csv_text(flat),
        ".json": json.dumps(flat, indent=1, allow_nan=False) + "\n",
    }
    paths = []
    for ending, content in contents.items():
        paths.append(inside(results, target.with_name(target.name + ending)))
        write_at_once(paths[-1], content, REMEDY)
    return paths


def _row(found: OverSeeds, against: str) -> dict[str, Cell]:
    interval = found.mean.interval if isinstance(found.mean.interval, Interval) else None
    lead = found.lead if isinstance(found.lead, Difference) else None
    return {
        "task": found.task,
        "plugin": found.plugin,
        "metric": found.metric,
        "seeds": found.seeds,
        "drawn": found.drawn,
        "scored": found.scored,
        "failures": failure_cell(found.failures),
        "mean": _number(found.mean.value),
        "mean_low": interval.low if interval else None,
        "mean_high": interval.high if interval else None,
        "each": " ".join(
            "" if (one := _number(each)) is None else repr(one) for each in found.each
        ),
        "deviation": _number(found.deviation),
        "agreement": _number(found.agreement),
        "against": against,
        "lead": lead.value if lead else None,
        "lead_low": lead.interval.low if lead else None,
        "lead_high": lead.interval.high if lead else None,
    }


def _number(value: Value) -> float | None:
    return value.value if isinstance(value, Defined) else None


def _span(each: Sequence[Value]) -> str:
    known = [one.value for one in each if isinstance(one, Defined)]
    return f"{number(min(known))} to {number(max(known))}" if known else ""


def _short(value: Value) -> str:
    match value:
        case Defined(value=known):
            return number(known)
        case Undefined(reason=reason):
            return f"undefined: {reason}"


def _lead(lead: Difference | Undefined | None) -> str:
    match lead:
        case None:
            return ""
        case Undefined(reason=reason):
            return f"undefined: {reason}"
        case Difference(value=value, interval=interval):
            return f"{number(value)} [{number(interval.low)}, {number(interval.high)}]"
