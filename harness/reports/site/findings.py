"""What the figures say, in sentences that are computed from them; names stand in backticks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from harness.core.counts import listed
from harness.metrics.values import Estimate, Interval
from harness.reports.report_table import brackets, fixed
from harness.reports.site.content import Content
from harness.reports.site.records import BoardRow, Overall, OverallRow, defined

__all__ = ["method_findings", "overall_findings", "rank_text"]

_GOOD = 0.5
"""A correlation whose interval lies above it is worth following."""

_STRATIFIED = "stratified-kendall"

_FEWEST_PAIRS = 30
"""Of fewer pairs a rank correlation says little, whatever its interval."""

_MOST_NAMED = 6


def rank_text(estimate: Estimate, decimals: int = 1) -> str:
    """Write an estimate with its interval."""
    value = defined(estimate)
    if value is None:
        return "none"
    written = fixed(decimals)
    interval = estimate.interval
    ends = f" [{brackets(interval, written)[1:-1]}]" if isinstance(interval, Interval) else ""
    return f"{written(value)}{ends}"


def overall_findings(content: Content) -> list[str]:
    """Say what the overall ranking means, most important first."""
    overall = content.overall
    if overall is None:
        return []
    best = overall.proxies[0]
    return [
        _leader(overall, best),
        _leaders(overall),
        _rules(overall),
        _beyond_size(content, best),
        *_where_size_fails(content),
    ]


def method_findings(name: str, content: Content) -> list[str]:
    """Say where a method works and where it does not, and whether it knows more than size."""
    known = {
        task: row
        for task, board in content.ranked_boards.items()
        if (row := board.compared.get(name)) is not None
    }
    if not known:
        return []
    works = [task for task, row in known.items() if _low(row, "spearman") > _GOOD]
    fails = [task for task, row in known.items() if _low(row, "spearman") <= 0]
    wrong = [task for task in fails if _is_wrong(known[task])]
    absent = [task for task in content.ranked_boards if task not in known]
    beyond = {
        task: row for task, row in known.items() if row.pairs.get(_STRATIFIED, 0) >= _FEWEST_PAIRS
    }
    ahead = [task for task, row in beyond.items() if _low(row, _STRATIFIED) > 0]
    return [
        f"Works: on {_counted(works, len(known))} its interval lies above {_GOOD:g}.",
        f"Does not: on {_counted(fails, len(known))} its interval holds zero or lies below it"
        + (f"; it is wrong with certainty on {_named(wrong)}." if wrong else "."),
        f"Beyond size: among networks of equal depth and width its interval lies above zero on "
        f"{_counted(ahead, len(beyond))} with {_FEWEST_PAIRS} pairs of such networks or more.",
        *([f"Without scores, or with too few, on {_named(absent)}."] if absent else []),
    ]


def _leader(overall: Overall, best: OverallRow) -> str:
    level = [row.name for row in overall.proxies[1:] if _holds_zero(row.lead)]
    strongest = max(overall.proxies, key=lambda row: row.mean)
    text = (
        f"`{best.name}` has the best mean rank, {rank_text(best.mean_rank)} of "
        f"{len(overall.proxies)}; {len(level)} others cannot be told from it ({_named(level)})."
    )
    if strongest is best:
        return text
    return (
        f"{text} The highest mean correlation has `{strongest.name}`, {strongest.mean:.3f} against "
        f"{best.mean:.3f}."
    )


def _leaders(overall: Overall) -> str:
    """Say how many methods lead somewhere: one space says little of another."""
    first = [
        max(overall.proxies, key=lambda row: row.values.get(task, float("-inf"))).name
        for task in overall.tasks
    ]
    counts = Counter(first).most_common()
    most = [name for name, count in counts if count == counts[0][1]]
    return (
        f"What leads on one space does not lead on another: {len(counts)} methods have the highest "
        f"correlation on one of the {len(first)} tables, most often {_named(most)} "
        f"({counts[0][1]} times)."
    )


def _rules(overall: Overall) -> str:
    if not overall.rules:
        return "No rule that combines proxies was judged."
    ahead = [row for row in overall.rules if _end(row.lead, high=False) > 0]
    first = overall.rules[0]
    said = f"{len(ahead)} are" if ahead else "None is"
    return (
        f"{said} shown to be ahead of the best single proxy, of {len(overall.rules)} rules that "
        f"combine proxies; the best, `{first.name}`, leads by {rank_text(first.lead)} ranks."
    )


def _beyond_size(content: Content, best: OverallRow) -> str:
    rows = [board.compared.get(best.name) for board in content.ranked_boards.values()]
    values = [
        value
        for row in rows
        if row is not None and (value := defined(row.of(_STRATIFIED))) is not None
    ]
    if not values:
        return "No board has networks of equal depth and width."
    negative = sum(value < 0 for value in values)
    return (
        f"Most of it is size: among networks of equal depth and width `{best.name}` has Kendall's "
        f"tau of {min(values):.2f} to {max(values):.2f}, and is negative on {negative} of the "
        f"{len(values)} spaces that have such networks."
    )


def _where_size_fails(content: Content) -> list[str]:
    texts = []
    for task, board in content.ranked_boards.items():
        rows = board.compared
        if "params" in rows and _is_wrong(rows["params"]):
            above = [name for name, row in rows.items() if _low(row, "spearman") > 0]
            texts.append(
                f"On `{task}` larger networks are worse: of {len(rows)} methods {len(above)} "
                f"{'has' if len(above) == 1 else 'have'} an interval above zero"
                + (f" ({_named(above)})." if above else ".")
            )
    return texts


def _counted(tasks: Sequence[str], of: int) -> str:
    return f"{len(tasks)} of {of} spaces" + (f" ({_named(tasks)})" if tasks else "")


def _named(names: Iterable[str]) -> str:
    return listed([f"`{name}`" for name in names], most=_MOST_NAMED)


def _holds_zero(estimate: Estimate) -> bool:
    return _end(estimate, high=False) <= 0 <= _end(estimate, high=True)


def _low(row: BoardRow, metric: str) -> float:
    return _end(row.of(metric), high=False)


def _is_wrong(row: BoardRow) -> bool:
    return _end(row.of("spearman"), high=True) < 0


def _end(estimate: Estimate, *, high: bool) -> float:
    """Return an end of an interval; where there is none, what proves nothing."""
    interval = estimate.interval
    if not isinstance(interval, Interval):
        return float("inf") if high else float("-inf")
    return interval.high if high else interval.low
