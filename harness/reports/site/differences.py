"""Reads how far any two proxies are apart on the tables of the overall ranking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from harness.metrics.values import Estimate
from harness.reports.combination import PAIRS
from harness.reports.site.records import Overall
from harness.reports.site.rows import csv_records, estimate_in, strange

__all__ = ["Difference", "Differences", "read_differences"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How far two proxies are apart on a table of the overall ranking.

    Attributes:
        estimate: Spearman's correlation of the first less that of the second, with its paired
            interval.
        networks: Number of networks of the table that both have scored, which it rests on.
    """

    estimate: Estimate
    networks: int


Differences: TypeAlias = Mapping[tuple[str, str, str], Difference]
"""By task, first and second proxy in the order of their names."""


def read_differences(results: Path, overall: Overall | None) -> Differences:
    """Read what ``harness combine`` wrote beside the overall ranking; nothing where it did not.

    Raises:
        DataError: The file is no table of differences.
    """
    if overall is None:
        return {}
    path = results / "leaderboards" / PAIRS / Path(overall.file).name
    if not path.is_file():
        return {}
    try:
        return {
            (str(row["task"]), str(row["first"]), str(row["second"])): Difference(
                estimate=estimate_in(row, "difference"), networks=int(str(row["networks"]))
            )
            for row in csv_records(path, "harness combine")
        }
    except (KeyError, ValueError) as error:
        raise strange(path, "harness combine", error) from error
