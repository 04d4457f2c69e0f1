"""Every proxy on every space: reads boards and combined ranks, and prints the tables of the docs.

    for SUITE in ...: harness run SUITE --sample N
    harness combine SUITE ...
    python tests/benchmarks/every_space.py results SUITE ...

Of a suite the first task's newest board is read, of ``combined`` the newest table. Printed are
Spearman's correlations with mean ranks, the same controlled, intervals, and seconds.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Row = Mapping[str, str]
Board = Mapping[str, Row]

LEAST = 0.95
"""Share of the networks that some proxy scored, which a proxy must have scored."""


def newest(folder: Path) -> list[Row]:
    """Read the CSV file of a folder that was written last."""
    other = ("-pairs", "-standings")
    paths = [path for path in folder.glob("*.csv") if not path.stem.endswith(other)]
    if not paths:
        raise SystemExit(f"no board in {folder}; run harness run {folder.name} first")
    with max(paths, key=lambda path: path.stat().st_mtime).open() as file:
        return list(csv.DictReader(file))


def board(folder: Path) -> Board:
    """Return the rows of the first task by proxy."""
    rows = [row for row in newest(folder) if not row["plugin"].endswith("(column)")]
    rows = [row for row in rows if row["task"] == rows[0]["task"]]
    least = LEAST * max(int(row["scored"]) for row in rows)
    return {row["plugin"]: row for row in rows if int(row["scored"]) >= least}


def number(text: str | None) -> str:
    """Write a correlation with two digits, without its leading zero."""
    return f"{float(text):.2f}".replace("0.", ".") if text else "–"


def cell(row: Row | None, metric: str) -> str:
    return number(row[metric]) if row is not None else "–"


def interval(row: Row | None, metric: str) -> str:
    if row is None or not row[f"{metric}_low"]:
        return "–"
    return f"{number(row[f'{metric}_low'])} to {number(row[f'{metric}_high'])}"


def seconds(row: Row | None) -> str:
    return f"{float(row['seconds']):.2g}" if row is not None else "–"


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join([title, "", *(f"| {' | '.join(line)} |" for line in lines), "", ""])


def rank(row: Row) -> str:
    return "{:.1f} [{:.1f}, {:.1f}]".format(
        *(float(row[f"mean_rank{end}"]) for end in ("", "_low", "_high"))
    )


def main(results: Path, suites: Sequence[str]) -> None:
    boards = [board(results / "leaderboards" / suite) for suite in suites]
    combined = newest(results / "leaderboards" / "combined")
    ranks = {row["name"]: row for row in combined if row["kind"] == "proxy"}
    names = sorted(ranks, key=lambda name: float(ranks[name]["mean_rank"]))
    drawn = [max(int(row["scored"]) for row in rows.values()) for rows in boards]
    head = ["", *(f"{suite} ({n})" for suite, n in zip(suites, drawn, strict=True))]

    def of_all(written: Callable[[Row | None], str]) -> list[list[str]]:
        return [[name, *(written(rows.get(name)) for rows in boards)] for name in names]

    spearman = of_all(lambda row: cell(row, "spearman"))
    ranked = [[name, rank(ranks[name]), *values] for name, *values in spearman]
    pages = [table("Spearman", ["", "mean rank", *head[1:]], ranked)]
    for metric in ("partial-spearman-depth", "stratified-kendall"):
        pages.append(table(metric, head, of_all(lambda row, name=metric: cell(row, name))))
    pages.append(table("Intervals", head, of_all(lambda row: interval(row, "spearman"))))
    pages.append(table("Seconds a network", head, of_all(seconds)))
    sys.stdout.write("".join(pages))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
