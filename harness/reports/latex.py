"""A leaderboard as LaTeX: methods down, tasks across, for ``\\input`` beside ``booktabs``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from harness.evaluation import Board, Entry, Leaderboard
from harness.metrics import Estimate, Interval, find_metric
from harness.metrics.values import Defined
from harness.reports.wording import truth_notes

__all__ = ["latex"]

_ACROSS = 4  # tasks that fit on a page beside their intervals

_SPECIAL = {
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


def latex(leaderboard: Leaderboard) -> str:
    """Return tables of the headline metric with its interval, a few tasks each.

    Plugins stand in the order of the first task of a table. The best complete entry of a task is
    bold, with all that equal it; an entry that scored only a part carries a dagger.
    """
    panels = [
        leaderboard.boards[start : start + _ACROSS]
        for start in range(0, len(leaderboard.boards), _ACROSS)
    ]
    parts = [_comment(leaderboard), *(_panel(leaderboard, panel) for panel in panels)]
    return "\n".join(parts)


def _comment(leaderboard: Leaderboard) -> str:
    lines = [
        f"Leaderboard of {leaderboard.suite}: {leaderboard.metrics[0]}, brackets hold "
        f"{leaderboard.level:.0%} intervals from {leaderboard.resamples} bootstrap resamples, "
        f"seed {leaderboard.seed}.",
        "Needs \\usepackage{booktabs}.",
        *(
            f"{one.truth.task}: {one.drawn} architectures of {one.population}, digest "
            f"{one.population_digest}, truth {one.truth.digest}"
            + "".join(f"; {note}" for note in truth_notes(one))
            for one in leaderboard.boards
        ),
    ]
    return "".join(f"% {' '.join(line.split())}\n" for line in lines)


def _panel(leaderboard: Leaderboard, boards: Sequence[Board]) -> str:
    headline = leaderboard.metrics[0]
    entries = [{one.plugin: one for one in board.entries} for board in boards]
    best = [_best(board, headline) for board in boards]
    names = list(dict.fromkeys(name for one in entries for name in one))
    heads = [_escape(board.truth.task) for board in boards]
    lines = [
        rf"\begin{{tabular}}{{l{'r' * len(boards)}}}",
        r"\toprule",
        _row(["method", *heads]),
        r"\midrule",
        *(_row([_escape(name), *_cells(name, entries, best, headline)]) for name in names),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"


def _cells(
    name: str, entries: Sequence[Mapping[str, Entry]], best: Sequence[float | None], headline: str
) -> list[str]:
    return [
        _cell(found[name], top, headline) if name in found else "--"
        for found, top in zip(entries, best, strict=True)
    ]


def _cell(entry: Entry, best: float | None, headline: str) -> str:
    measured = entry.measured[headline]
    if not isinstance(measured.value, Defined):
        return "undefined"
    complete = entry.scored == entry.drawn
    value = f"{measured.value.value:.3f}"
    shown = rf"\mathbf{{{value}}}" if complete and measured.value.value == best else value
    mark = "" if complete else r"^{\dagger}"
    return f"${shown}{mark}${_interval(measured)}"


def _interval(measured: Estimate) -> str:
    match measured.interval:
        case Interval(low=low, high=high):
            return rf" {{\scriptsize $[{low:.3f}, {high:.3f}]$}}"
        case _:
            return ""


def _best(board: Board, headline: str) -> float | None:
    values = [one.measured[headline].value for one in board.entries if one.scored == one.drawn]
    defined = [one.value for one in values if isinstance(one, Defined)]
    return max(defined, key=find_metric(headline).direction.orient, default=None)


def _escape(text: str) -> str:
    escaped = "".join(_SPECIAL.get(one, one) for one in " ".join(text.split()))
    return re.sub("-(?=-)", "-{}", escaped)  # or two hyphens would become a dash
