"""Summaries of searches as rows, for the terminal, Markdown, CSV and JSON."""

from __future__ import annotations

from collections.abc import Sequence

from harness.search.summary import Queries, SearchSummary

__all__ = ["cells", "flat", "heads"]

Cell = str | int | float | None


def heads(summaries: Sequence[SearchSummary], share: float) -> list[str]:
    """Return the column heads of the table."""
    return [
        "algorithm",
        "guide",
        f"queries to the best {share:.3g}",
        "reached",
        *(f"regret after {count}" for count in summaries[0].at),
        "s / search",
    ]


def cells(summary: SearchSummary) -> list[str]:
    """Return one row of the table."""
    spans = zip(summary.regret, summary.intervals, strict=True)
    return [
        summary.searcher,
        summary.guide,
        _queries(summary.queries),
        f"{summary.queries.reached:.0%}",
        *(f"{mean:.3f} [{span.low:.3f}, {span.high:.3f}]" for mean, span in spans),
        f"{summary.seconds:.2f}",
    ]


def flat(summary: SearchSummary) -> dict[str, Cell]:
    """Return one row without rounding."""
    queries = summary.queries
    row: dict[str, Cell] = {
        "algorithm": summary.searcher,
        "guide": summary.guide,
        "repeats": summary.repeats,
        "queries": queries.median,
        "queries_low": queries.interval.low if queries.interval else None,
        "queries_high": queries.interval.high if queries.interval else None,
        "reached": queries.reached,
        "seconds": summary.seconds,
    }
    for count, mean, span in zip(summary.at, summary.regret, summary.intervals, strict=True):
        row |= {
            f"regret@{count}": mean,
            f"regret@{count}_low": span.low,
            f"regret@{count}_high": span.high,
        }
    return row


def _queries(queries: Queries) -> str:
    if queries.median is None:
        return "not reached by half"
    if queries.interval is None:
        return f"{queries.median:.0f} [upper end not reached]"
    return f"{queries.median:.0f} [{queries.interval.low:.0f}, {queries.interval.high:.0f}]"
