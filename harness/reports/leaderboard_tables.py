"""The tables of a leaderboard: of one task, of the headline over tasks, and of all for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from harness.evaluation import (
    PARTS,
    Agreement,
    Board,
    ComputedScores,
    Entry,
    Leaderboard,
    Provenance,
    PublishedScores,
    agreement_text,
    failures_without_reasons,
)
from harness.metrics import Metric
from harness.metrics.values import Defined, Undefined
from harness.reports.failures import failure_cell, failure_notes, kinds_with_reasons
from harness.reports.report_table import (
    Cell,
    Column,
    Mark,
    Reasons,
    ReportTable,
    columns,
    fixed,
    general,
    optional_estimate,
    shortened,
)
from harness.reports.writers import escaped
from harness.spaces.identical import ROWS

__all__ = [
    "agreement_notes",
    "board_table",
    "complete_and_incomplete",
    "headline_panels",
    "headline_table",
    "identity_text",
    "leaderboard_data",
    "missing_text",
    "pair_notes",
    "truth_notes",
    "undefined_notes",
]

_ACROSS = 4  # tasks that fit on a printed page beside their intervals


def leaderboard_data(leaderboard: Leaderboard) -> ReportTable:
    """Return one row a task and plugin for programs."""
    return ReportTable.of_records(
        [
            _record(leaderboard, board, entry)
            for board in leaderboard.boards
            for entry in board.entries
        ]
    )


def complete_and_incomplete(board: Board) -> tuple[list[Entry], list[Entry]]:
    """Return the entries that scored every architecture, and the others."""
    complete = [entry for entry in board.entries if entry.scored == entry.drawn]
    return complete, [entry for entry in board.entries if entry.scored < entry.drawn]


def board_table(leaderboard: Leaderboard, board: Board, entries: Sequence[Entry]) -> ReportTable:
    """Return the table of some entries of a task; below it is why values are absent."""
    computed = isinstance(board.provenance, ComputedScores)
    metrics = [
        Column(head=name, reasons=Reasons.INTERVAL, whole=True) for name in leaderboard.metrics
    ]
    costs = (Column(head="ms / network", number=fixed(1)), Column(head="peak MiB", number=fixed(0)))
    notes = [*pair_notes(leaderboard, entries), *undefined_notes(leaderboard, entries)]
    notes += [escaped(note) for note in failure_notes(entries)]
    return ReportTable(
        columns=columns(
            "plugin",
            Column(head=f"place [{leaderboard.level:.0%}]", number=general),
            *metrics,
            "scored",
            "distinct",
            *(costs if computed else ()),
        ),
        rows=tuple(
            (
                entry.plugin,
                entry.rank or optional_estimate(None, None),
                *(entry.measured[name] for name in leaderboard.metrics),
                _scored(entry, board.provenance),
                entry.distinct,
                *((_milliseconds(entry), _peak_mib(entry)) if computed else ()),
            )
            for entry in entries
        ),
        notes=(" ".join(notes),) if notes else (),
    )


def headline_table(leaderboard: Leaderboard, title: str) -> ReportTable:
    """Return one row a plugin and one column a task, with the facts of the first task."""
    headline, first = leaderboard.metrics[0], leaderboard.boards[0]
    tasks = [board.truth.task for board in leaderboard.boards]
    shared = _shared_prefix(tasks)
    single = len(leaderboard.boards) == 1
    computed = isinstance(first.provenance, ComputedScores)
    second = [Column(head=name, reasons=Reasons.NONE) for name in leaderboard.metrics[1:2]]
    return ReportTable(
        title=title,
        columns=columns(
            "plugin",
            *(Column(head=name.removeprefix(shared), reasons=Reasons.ALL) for name in tasks),
            *([Column(head=f"place [{leaderboard.level:.0%}]", number=general)] if single else []),
            *second,
            "scored",
            *([Column(head="ms / network", number=fixed(1))] if computed else []),
        ),
        rows=tuple(
            (
                entry.plugin,
                *(_headline(board, entry.plugin, headline) for board in leaderboard.boards),
                *([entry.rank or optional_estimate(None, None)] if single else []),
                *(entry.measured[column.head].value for column in second),
                f"{entry.scored}/{entry.drawn}{', archived' if entry.archived else ''}",
                *([_milliseconds(entry)] if computed else []),
            )
            for entry in first.entries
        ),
    )


def headline_panels(leaderboard: Leaderboard) -> Iterator[ReportTable]:
    """Return tables of the headline metric, methods down, a few tasks each.

    Plugins are in the order of the first task of a table. The best complete entry of a task is
    marked, with all that equal it; so is an entry that scored only a part.
    """
    for start in range(0, len(leaderboard.boards), _ACROSS):
        yield _panel(leaderboard.headline, leaderboard.boards[start : start + _ACROSS])


def truth_notes(board: Board) -> list[str]:
    """Say what a reader of a task's numbers should know of its truth, one sentence each."""
    truth, origin = board.truth, board.provenance
    notes = []
    if isinstance(origin, ComputedScores) and not truth.is_about(origin.dataset):
        notes.append(
            f"Networks and images are of data set {origin.dataset}; the values are of "
            f"{truth.dataset}."
        )
    if truth.without_value:
        count = truth.without_value
        notes.append(
            f"The table names {count} more architecture{'s' if count > 1 else ''} without a value, "
            "left out."
        )
    return notes


def agreement_notes(boards: Sequence[Board]) -> list[str]:
    """Say whether proxies agree enough to be trusted; once for tasks of the same scores.

    Where it is not the same on all tasks, the names of the tasks come first.
    """
    tasks: dict[str, list[str]] = {}
    for board in boards:
        if isinstance(board.agreement, Agreement):
            tasks.setdefault(f"{agreement_text(board.agreement)}.", []).append(board.truth.task)
    if len(tasks) < 2:
        return list(tasks)
    return [f"{', '.join(names)}: {text}" for text, names in tasks.items()]


def identity_text(board: Board) -> str:
    """Say what the rows of a board are: networks, of which identical ones are merged, or not."""
    kind = board.truth.identical
    if kind == ROWS:
        return "identical networks are not merged (identical: rows)"
    return f"{board.drawn} different networks (identical: {kind})"


def pair_notes(leaderboard: Leaderboard, entries: Sequence[Entry]) -> list[str]:
    """Say how many pairs the metrics of a table compare that do not compare all."""
    notes = []
    for metric in leaderboard.measures:
        counts = {entry.pairs[metric.name] for entry in entries if metric.name in entry.pairs}
        if metric.pairs is not None and max(counts, default=0):
            span = " to ".join(f"{count:,}" for count in sorted({min(counts), max(counts)}))
            notes.append(f"{metric.name}: {span} pairs of architectures with {metric.pairs.alike}.")
    return notes


def undefined_notes(leaderboard: Leaderboard, entries: Sequence[Entry]) -> list[str]:
    """Say why values of a table are undefined, one sentence a metric and reason.

    Those of plugins without any score are left out: their counts and `failure_notes` say why.
    """
    undefined: dict[tuple[str, str], list[str]] = {}
    for name in leaderboard.metrics:
        for entry in entries:
            value = entry.measured[name].value
            if isinstance(value, Undefined) and entry.scored:
                undefined.setdefault((name, value.reason), []).append(entry.plugin)
    every = len(entries)
    return [
        f"{name} is undefined for {'all' if len(plugins) == every > 1 else ', '.join(plugins)}: "
        f"{reason}."
        for (name, reason), plugins in undefined.items()
    ]


def archived_text(entry: Entry) -> str:
    """Say how many scores are taken from an archive; nothing where none is."""
    return f"{entry.archived} archived" if entry.archived else ""


def missing_text(entry: Entry, provenance: Provenance) -> str:
    """Say how many architectures have no outcome at all; nothing where all have one."""
    if not entry.missing:
        return ""
    if entry.imported:
        return f"{entry.missing} not imported"
    match provenance:
        case ComputedScores():
            return f"{entry.missing} not asked"
        case PublishedScores():
            return f"{entry.missing} not published"
        case _:
            assert_never(provenance)


def _panel(metric: Metric, boards: Sequence[Board]) -> ReportTable:
    headline = metric.name
    entries = [{entry.plugin: entry for entry in board.entries} for board in boards]
    best = [_best(board, metric) for board in boards]
    names = list(dict.fromkeys(name for named in entries for name in named))
    marks = {
        (row, column + 1): mark
        for row, name in enumerate(names)
        for column, named in enumerate(entries)
        if name in named and (mark := _mark(named[name], headline, best[column])) is not None
    }
    tasks = [
        Column(head=board.truth.task, number=fixed(3), reasons=Reasons.NONE) for board in boards
    ]
    return ReportTable(
        columns=columns("method", *tasks),
        rows=tuple(
            (
                name,
                *(named[name].measured[headline] if name in named else None for named in entries),
            )
            for name in names
        ),
        marks=marks,
    )


def _mark(entry: Entry, headline: str, best: float | None) -> Mark | None:
    if entry.scored < entry.drawn:
        return Mark.PARTIAL
    value = entry.measured[headline].value
    return Mark.BEST if isinstance(value, Defined) and value.value == best else None


def _best(board: Board, metric: Metric) -> float | None:
    values = [entry.measured[metric.name].value for entry in complete_and_incomplete(board)[0]]
    defined = [value.value for value in values if isinstance(value, Defined)]
    return max(defined, key=metric.direction.orient, default=None)


def _record(leaderboard: Leaderboard, board: Board, entry: Entry) -> dict[str, Cell]:
    timing = entry.timing
    quartiles = timing.quartiles_s if timing else (None, None, None)
    return {
        "suite": leaderboard.suite,
        "task": board.truth.task,
        "truth": board.truth.digest,
        "population": board.population,
        "population_digest": board.population_digest,
        "identical": board.truth.identical,
        "plugin": entry.plugin,
        "version": entry.version,
        "key": entry.key,
        **_origin(board.provenance, leaderboard.seed),
        "drawn": entry.drawn,
        "scored": entry.scored,
        "missing": entry.missing,
        "archived": entry.archived,
        "failures": failure_cell(entry.failures),
        "distinct": entry.distinct,
        "place": entry.rank or optional_estimate(None, None),
        **entry.measured,
        **{
            f"{metric.name}_pairs": entry.pairs.get(metric.name)
            for metric in leaderboard.measures
            if metric.pairs is not None
        },
        **{f"r2_{part}": entry.explained.get(part) for part in PARTS},
        "seconds": quartiles[1],
        "seconds_q1": quartiles[0],
        "seconds_q3": quartiles[2],
        "gpu_seconds": timing.gpu_s if timing else None,
        "peak_bytes": timing.peak_bytes if timing else None,
        "environment": timing.environment if timing else None,
    }


def _origin(provenance: Provenance, seed: int) -> dict[str, Cell]:
    match provenance:
        case ComputedScores():
            return {
                "condition": provenance.condition,
                "batch": provenance.batch,
                "seed": seed,
                "device": provenance.device,
            }
        case PublishedScores():
            return {"sources": " ".join(provenance.sources), "seed": seed}
        case _:
            assert_never(provenance)


def _headline(board: Board, plugin: str, headline: str) -> Cell:
    entry = next((entry for entry in board.entries if entry.plugin == plugin), None)
    if entry is None:
        return None
    if not entry.scored and entry.failures:  # a note below says why
        return f"no score: {failures_without_reasons(entry.failures)}"
    return entry.measured[headline]


def _scored(entry: Entry, provenance: Provenance) -> str:
    reasons = [shortened(text) for text in kinds_with_reasons(entry.failures)]
    missing = missing_text(entry, provenance)
    counts = [f"{entry.scored}/{entry.drawn}", archived_text(entry), *reasons, missing]
    return ", ".join(filter(None, counts))


def _milliseconds(entry: Entry) -> float | str | None:
    if entry.timing is None:
        return "unknown" if entry.imported else None
    return entry.timing.quartiles_s[1] * 1000


def _peak_mib(entry: Entry) -> float | str | None:
    peak = entry.timing.peak_bytes if entry.timing else None
    if peak is None and entry.imported:
        return "unknown"
    return peak / 2**20 if peak else None


def _shared_prefix(names: Sequence[str]) -> str:
    shared = []
    for parts in zip(*(name.split("-")[:-1] for name in names), strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return "".join(f"{part}-" for part in shared)
