"""A comparison as tables: what differs, how alike two orders are, where they disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.core.pipe_table import pipe_table
from harness.evaluation import SIGNIFICANCE, Comparison, Contrast, CostRatio
from harness.metrics.intervals import Difference
from harness.metrics.values import Defined, Undefined, Value
from harness.reports.wording import number, p_value, place, with_interval

__all__ = ["Sheet", "comparison_markdown", "sheets"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table with what must be known to read it."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str


def comparison_markdown(title: str, shown: Sequence[Sheet]) -> str:
    """Return a comparison as Markdown that can be pasted into an issue or a pull request."""
    parts = [f"# {title}"]
    for sheet in shown:
        parts += [f"## {sheet.title}", pipe_table(sheet.heads, sheet.rows), sheet.note]
    return "\n\n".join(part for part in parts if part) + "\n"


def sheets(found: Sequence[Comparison], level: float, resamples: int) -> list[Sheet]:
    """Return the tables of a comparison; architectures only where a single pair is compared."""
    pairs = {(one.first, one.second) for one in found}
    single = len(pairs) == 1
    return [
        _differences(found, level, resamples, single=single),
        _agreement(found, single=single),
        *(_disagreements(found) if single else []),
    ]


def _differences(
    found: Sequence[Comparison], level: float, resamples: int, *, single: bool
) -> Sheet:
    shown = sum(len(one.contrasts) for one in found)
    return Sheet(
        title="Quality",
        heads=(
            "task",
            *_pair_heads(single=single),
            *("metric", "A", "B", f"A - B [{level:.0%}]", "p", "p (Holm)"),
        ),
        rows=tuple(
            (one.task, *_pair_cells(one, single=single), *_contrast_cells(contrast))
            for one in found
            for contrast in one.contrasts
        ),
        note=f"Differences are paired: both sides on the same {resamples} bootstrap resamples of "
        f"the architectures that both scored. Holm's correction is for the {shown} rows."
        + _resolution(shown, resamples),
    )


def _resolution(rows: int, resamples: int) -> str:
    """Say that the correction leaves nothing significant whatever the scores, where it does."""
    smallest = min(1.0, 2 * rows / (resamples + 1))
    if smallest < SIGNIFICANCE:
        return ""
    return (
        f" With {resamples} resamples and {rows} rows no corrected p can be below "
        f"{p_value(smallest)}: compare fewer, or use more --resamples."
    )


def _contrast_cells(one: Contrast) -> tuple[str, ...]:
    found = one.difference
    if isinstance(found, Difference):
        ends = f"[{number(found.interval.low)}, {number(found.interval.high)}]"
        difference, p = f"{number(found.value)} {ends}", p_value(found.p_value)
    else:
        difference, p = f"undefined: {found.reason}", ""
    adjusted = p_value(one.p_adjusted.value) if isinstance(one.p_adjusted, Defined) else ""
    values = (with_interval(one.first), with_interval(one.second))
    return one.metric, *values, difference, p, adjusted


def _agreement(found: Sequence[Comparison], *, single: bool) -> Sheet:
    names = list(dict.fromkeys(name for one in found for name in one.agreement))
    rows = tuple(
        (
            one.task,
            *_pair_cells(one, single=single),
            *(_value(one.agreement[name]) for name in names),
            *(str(n) for n in (one.n, one.only_first, one.only_second)),
            f"{one.cost.value:.2f}" if isinstance(one.cost, CostRatio) else "",
        )
        for one in found
    )
    reasons = dict.fromkeys(one.cost.reason for one in found if isinstance(one.cost, Undefined))
    return Sheet(
        title="Agreement and cost",
        heads=(
            *("task", *_pair_heads(single=single)),
            *(f"{name} of A and B" for name in names),
            *("both scored", "only A", "only B", "cost A / B"),
        ),
        rows=rows,
        note=f"No cost ratio: {'; '.join(reasons)}." if reasons else "",
    )


def _disagreements(found: Sequence[Comparison]) -> list[Sheet]:
    """Return one table for all tasks on which the same architectures are apart."""
    alike: dict[tuple[tuple[str, float, float], ...], list[Comparison]] = {}
    for one in found:
        key = tuple((each.architecture, each.first, each.second) for each in one.disagreements)
        if key:
            alike.setdefault(key, []).append(one)
    return [_apart(group) for group in alike.values()]


def _apart(group: Sequence[Comparison]) -> Sheet:
    first = group[0]
    return Sheet(
        title=f"Where A and B disagree most, of {first.n} architectures",
        heads=("architecture", "place by A", "place by B", *(one.task for one in group)),
        rows=tuple(
            (
                each.architecture,
                *(place(each.first), place(each.second)),
                *(number(one.disagreements[row].truth) for one in group),
            )
            for row, each in enumerate(first.disagreements)
        ),
        note="",
    )


def _pair_heads(*, single: bool) -> tuple[str, ...]:
    return () if single else ("plugin",)


def _pair_cells(one: Comparison, *, single: bool) -> tuple[str, ...]:
    return () if single else (one.first,)


def _value(value: Value) -> str:
    return number(value.value) if isinstance(value, Defined) else "undefined"
