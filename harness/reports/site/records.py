"""Reads the committed records that a site is made of: boards, mean ranks and predictors.

Of a suite with several boards the one with the most networks is read, of equal ones the last by
name; the time of a file says nothing, since a checkout sets it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.core.errors import DataError
from harness.metrics.values import Defined, Estimate
from harness.reports.report_table import optional_estimate
from harness.reports.site.rows import (
    Record,
    csv_records,
    estimate_in,
    grouped,
    json_records,
    number_in,
    strange,
)
from harness.truth import names_task, task

__all__ = [
    "BoardRow",
    "MeasuredValue",
    "Overall",
    "OverallRow",
    "PredictorRow",
    "TaskBoard",
    "defined",
    "read_boards",
    "read_measured",
    "read_overall",
    "read_predictors",
]

LEAST = 0.95
"""Share of the networks that some method scored, which a method must have scored to be compared."""

_COLUMN = " (column)"
"""End of the name of a figure that the space has of its networks, which is no method."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One method on one task.

    Attributes:
        measured: By metric, its value with its interval.
        pairs: By metric, the number of pairs that it compares, where it does not compare all.
        explained: By part of a network, how much of the ranking follows from it alone (R²).
        failures: Why scores are absent; empty where none are.
    """

    plugin: str
    version: str
    key: str
    scored: int
    drawn: int
    place: Estimate
    measured: Mapping[str, Estimate]
    pairs: Mapping[str, int]
    explained: Mapping[str, float]
    seconds: float | None
    peak_bytes: int | None
    environment: str
    failures: str

    @property
    def is_column(self) -> bool:
        """Whether it is a figure that the space has of its networks."""
        return self.plugin.endswith(_COLUMN)

    def of(self, metric: str) -> Estimate:
        """Return a metric; undefined where the board does not have it."""
        return self.measured.get(metric, optional_estimate(None, None))


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskBoard:
    """All methods on one task, as a committed board has them.

    Attributes:
        space: Name of the space; of a table that the registry does not have, that of the suite.
        headline: Whether it is the first task of its suite.
        metrics: Names of the metrics in the order of the board.
        file: Path of the board below the results folder.
    """

    suite: str
    task: str
    space: str
    headline: bool
    population: str
    population_digest: str
    identical: str
    condition: str
    batch: str
    seed: int
    device: str
    metrics: tuple[str, ...]
    rows: tuple[BoardRow, ...]
    file: str

    @property
    def drawn(self) -> int:
        """Number of different networks with ground truth."""
        return max(row.drawn for row in self.rows)

    @property
    def networks(self) -> int:
        """Number of those that the most complete method scored."""
        return max(row.scored for row in self.rows)

    @property
    def compared(self) -> Mapping[str, BoardRow]:
        """By name, the methods that scored nearly all networks."""
        least = LEAST * self.networks
        return {row.plugin: row for row in self.rows if row.scored >= least and not row.is_column}

    @property
    def command(self) -> str:
        """The command that makes the board again."""
        words = ["harness", "run", self.suite, "--seed", str(self.seed), "--batch", self.batch]
        words += ["--identical", self.identical] if self.identical else []
        drawn = re.search(r"/(\d+)@", self.population)
        return shlex.join([*words, "--sample", drawn[1]] if drawn else words)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverallRow:
    """A proxy, or a rule that combines proxies, over the tables of all spaces.

    Attributes:
        values: By task, Spearman's correlation; absent where it has no scores.
        mean: Over spaces, absent values counting 0.
        lead: How much lower its mean rank is than that of the best single proxy.
    """

    name: str
    values: Mapping[str, float]
    mean: float
    mean_rank: Estimate
    lead: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Overall:
    """The overall ranking, best mean rank first.

    Attributes:
        tasks: One a table, in the order of the record.
        kin: By task, what is held out together: a space, or spaces that share networks.
        networks: By task, the number of its networks.
        file: Path of the record below the results folder.
    """

    tasks: tuple[str, ...]
    kin: Mapping[str, str]
    networks: Mapping[str, int]
    proxies: tuple[OverallRow, ...]
    rules: tuple[OverallRow, ...]
    file: str

    @property
    def by_name(self) -> Mapping[str, OverallRow]:
        """The proxies by their names."""
        return {row.name: row for row in self.proxies}


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictorRow:
    """One way to fit a predictor, judged on every space.

    Attributes:
        reads: What it reads of a network.
        learnt_from: Whose labels it has seen.
        labels: Number of labels of the judged space.
        tables: Tasks of all tables of its record, those among them that are too small for so many
            labels.
        values: By task, Spearman's correlation on networks that it has seen no label of.
        lead: How much higher its mean is than that of the best single proxy.
    """

    name: str
    reads: str
    learnt_from: str
    labels: int
    tables: tuple[str, ...]
    values: Mapping[str, float]
    mean: Estimate
    lead: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredValue:
    """A value in the protocol of a publication.

    Attributes:
        networks: Number of networks behind it.
    """

    estimate: Estimate
    networks: int


def defined(estimate: Estimate) -> float | None:
    """Return the value of an estimate, if it has one."""
    return estimate.value.value if isinstance(estimate.value, Defined) else None


def read_boards(results: Path) -> tuple[TaskBoard, ...]:
    """Read the board of every suite, one entry a task, suites by name.

    Raises:
        DataError: There is no board, or a file is no leaderboard of the harness.
    """
    by_suite: dict[str, list[list[TaskBoard]]] = {}
    for path in sorted(results.glob("leaderboards/*/*.json")):
        if boards := _boards_of(path, results):
            by_suite.setdefault(path.parent.name, []).append(boards)
    boards = [board for files in by_suite.values() for board in max(files, key=_size)]
    if not boards:
        raise DataError(
            f"there is no leaderboard in {results / 'leaderboards'}; name a results folder with "
            "--results, or make one with harness run"
        )
    return tuple(boards)


def read_overall(results: Path) -> Overall | None:
    """Read the mean ranks over the most tables that ``harness combine`` wrote, if there are any.

    Raises:
        DataError: The file is no table of combinations.
    """
    paths = results.glob("leaderboards/combined/*.csv")
    tables = {path: csv_records(path, "harness combine") for path in paths}
    if not tables:
        return None
    path = max(tables, key=lambda path: (len({row["task"] for row in tables[path]}), path.name))
    rows = tables[path]
    try:
        by_name = grouped(rows, "name")
        ranked = [(own[0]["kind"], _overall_row(name, own)) for (name,), own in by_name.items()]
        return Overall(
            tasks=tuple(dict.fromkeys(str(row["task"]) for row in rows)),
            kin={str(row["task"]): str(row["held_out"]) for row in rows},
            networks={str(row["task"]): int(row["networks"] or 0) for row in rows},
            proxies=tuple(row for kind, row in ranked if kind == "proxy"),
            rules=tuple(row for kind, row in ranked if kind == "rule"),
            file=path.relative_to(results).as_posix(),
        )
    except (KeyError, ValueError) as error:
        raise strange(path, "harness combine", error) from error


def read_predictors(results: Path) -> tuple[PredictorRow, ...]:
    """Read how predictors did on spaces that were left out, best mean first.

    Of what stands in several files that over the most tables is taken, of equal ones the first by
    name.

    Raises:
        DataError: A file is no table of ``harness predict --leave-one-space-out``.
    """
    rows: dict[tuple[str, ...], PredictorRow] = {}
    for path in sorted(results.glob("leave-one-space-out/*.json")):
        try:
            records = json_records(path)
            tables = tuple(dict.fromkeys(str(record["task"]) for record in records))
            groups = grouped(records, "name", "reads", "learnt_from", "labels")
            for key, own in groups.items():
                if key not in rows or len(tables) > len(rows[key].tables):
                    rows[key] = _predictor_row(own, tables)
        except (KeyError, ValueError, TypeError) as error:
            raise strange(path, "harness predict --leave-one-space-out", error) from error
    return tuple(sorted(rows.values(), key=lambda row: (row.labels, -(defined(row.mean) or 0.0))))


def read_measured(results: Path) -> dict[tuple[str, str, str], MeasuredValue]:
    """Read what was measured in the protocols of publications, by plugin, task and metric.

    Raises:
        DataError: A file lacks a column.
    """
    found = {}
    for path in sorted(results.glob("fidelity/*.csv")):
        try:
            for row in csv_records(path, "harness check --published"):
                key = (str(row["plugin"]), str(row["task"]), str(row["metric"]))
                networks = int(row["networks"] or 0)
                found[key] = MeasuredValue(estimate=estimate_in(row, "value"), networks=networks)
        except (KeyError, ValueError) as error:
            raise strange(path, "harness check --published", error) from error
    return found


def _size(boards: Sequence[TaskBoard]) -> tuple[int, str]:
    return max(board.networks for board in boards), boards[0].file


def _boards_of(path: Path, results: Path) -> list[TaskBoard]:
    """Return the boards of a file; none of one whose scores were not computed here."""
    records = json_records(path)
    if not records or "condition" not in records[0]:
        return []
    try:
        groups = grouped(records, "task")
        first = str(records[0]["task"])
        file = path.relative_to(results).as_posix()
        return [_board(own, file, headline=name == first) for (name,), own in groups.items()]
    except (KeyError, ValueError, TypeError) as error:
        raise strange(path, "harness run", error) from error


def _board(records: Sequence[Record], file: str, *, headline: bool) -> TaskBoard:
    first = records[0]
    name, suite = str(first["task"]), str(first["suite"])
    low = [key.removesuffix("_low") for key in first if key.endswith("_low")]
    metrics = tuple(key for key in low if key != "place")
    return TaskBoard(
        suite=suite,
        task=name,
        space=task(name).space if names_task(name) else suite,
        headline=headline,
        population=str(first["population"]),
        population_digest=str(first["population_digest"]),
        identical=str(first.get("identical") or ""),
        condition=str(first.get("condition") or ""),
        batch=str(first.get("batch") or ""),
        seed=int(first["seed"] or 0),
        device=str(first.get("device") or ""),
        metrics=metrics,
        rows=tuple(_board_row(record, metrics) for record in records),
        file=file,
    )


def _board_row(record: Record, metrics: Iterable[str]) -> BoardRow:
    peak = number_in(record, "peak_bytes")
    return BoardRow(
        plugin=str(record["plugin"]),
        version=str(record["version"]),
        key=str(record["key"]),
        scored=int(record["scored"] or 0),
        drawn=int(record["drawn"] or 0),
        place=estimate_in(record, "place"),
        measured={metric: estimate_in(record, metric) for metric in metrics},
        pairs={
            key.removesuffix("_pairs"): int(value)
            for key, value in record.items()
            if key.endswith("_pairs") and value is not None
        },
        explained={
            key.removeprefix("r2_"): float(value)
            for key, value in record.items()
            if key.startswith("r2_") and value is not None
        },
        seconds=number_in(record, "seconds"),
        peak_bytes=None if peak is None else int(peak),
        environment=str(record["environment"] or ""),
        failures=str(record["failures"] or ""),
    )


def _overall_row(name: str, records: Sequence[Record]) -> OverallRow:
    first = records[0]
    return OverallRow(
        name=name,
        values=_values(records),
        mean=number_in(first, "mean_spearman") or 0.0,
        mean_rank=estimate_in(first, "mean_rank"),
        lead=estimate_in(first, "lead"),
    )


def _predictor_row(records: Sequence[Record], tables: tuple[str, ...]) -> PredictorRow:
    first = records[0]
    return PredictorRow(
        name=str(first["name"]),
        reads=str(first["reads"]),
        learnt_from=str(first["learnt_from"]),
        labels=int(first["labels"] or 0),
        tables=tables,
        values=_values(records),
        mean=estimate_in(first, "mean_spearman"),
        lead=estimate_in(first, "lead"),
    )


def _values(records: Sequence[Record]) -> dict[str, float]:
    values = {str(record["task"]): number_in(record, "spearman") for record in records}
    return {name: value for name, value in values.items() if value is not None}
