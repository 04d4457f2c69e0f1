"""Every proxy on every space: prints the tables of docs/every-space.md from committed records.

    for SUITE in ...: harness run SUITE --sample N
    harness combine SUITE ...
    python tests/benchmarks/every_space.py results SUITE ...

Boards and mean ranks are those that ``harness site`` shows. Printed are Spearman's correlations
with mean ranks, the same controlled, intervals, and seconds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from harness.metrics.values import Interval
from harness.reports.site.findings import rank_text
from harness.reports.site.records import BoardRow, defined, read_boards, read_overall


def number(value: float | None) -> str:
    """Write a correlation with two digits, without its leading zero."""
    return "–" if value is None else f"{value:.2f}".replace("0.", ".")


def cell(row: BoardRow | None, metric: str) -> str:
    return number(row and defined(row.of(metric)))


def interval(row: BoardRow | None) -> str:
    ends = row and row.of("spearman").interval
    return f"{number(ends.low)} to {number(ends.high)}" if isinstance(ends, Interval) else "–"


def seconds(row: BoardRow | None) -> str:
    return f"{row.seconds:.2g}" if row and row.seconds is not None else "–"


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join([title, "", *(f"| {' | '.join(line)} |" for line in lines), "", ""])


def main(results: Path, suites: Sequence[str]) -> None:
    first = {board.suite: board for board in read_boards(results) if board.headline}
    boards = [first[suite] for suite in suites]
    overall = read_overall(results)
    if overall is None:
        raise SystemExit(f"no mean ranks in {results}; run harness combine first")
    head = ["", *(f"{board.suite} ({board.networks})" for board in boards)]

    def of_all(written: Callable[[BoardRow | None], str]) -> list[list[str]]:
        compared = [board.compared for board in boards]
        return [[own.name, *(written(rows.get(own.name)) for rows in compared)]
                for own in overall.proxies]  # fmt: skip

    spearman = of_all(lambda row: cell(row, "spearman"))
    ranked = [
        [own.name, rank_text(own.mean_rank), *values]
        for own, (_, *values) in zip(overall.proxies, spearman, strict=True)
    ]
    pages = [table("Spearman", ["", "mean rank", *head[1:]], ranked)]
    for metric in ("partial-spearman-depth", "stratified-kendall"):
        pages.append(table(metric, head, of_all(lambda row, name=metric: cell(row, name))))
    pages.append(table("Intervals", head, of_all(interval)))
    pages.append(table("Seconds a network", head, of_all(seconds)))
    sys.stdout.write("".join(pages))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
