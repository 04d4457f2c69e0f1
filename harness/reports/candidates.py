"""Ranked candidates of a space: tables, page, and the list of architectures to train."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.candidates import MEAN_RANK, MethodFolds, Ranked, RankedCandidate, Selection
from harness.core.short_repr import ShortRepr
from harness.metrics import Defined, Estimate, Undefined
from harness.reports.page.curves import Section, curves_document
from harness.reports.report_table import (
    Cell,
    Column,
    Mark,
    ReportTable,
    cell_text,
    columns,
    fixed,
)
from harness.reports.writers import forms, latex, markdown, write_files

__all__ = ["RankTable", "write_ranking"]

_ON_PAGE = 500
"""Most candidates on a page; the CSV has all."""

_METRICS = ("kendall", "spearman", "regret@1")
_ESTIMATE = Column(head="", number=fixed(3))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class RankTable(ShortRepr):
    """Candidates of a space in the order of a method.

    Attributes:
        space: Name of the space.
        ranked: The candidates.
        shown: Names of the proxies that have a column in tables for people.
        top: How many of them are to be trained.
        facts: How candidates came about, what limits rejected, what failed; a sentence each.
        selection: What labels said of the methods; None where there are none.
    """

    space: str
    ranked: Ranked
    shown: tuple[str, ...]
    top: int
    facts: tuple[str, ...]
    selection: Selection | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """The architectures to train, the best first."""
        return tuple(
            candidate.architecture.text for candidate in self.ranked.candidates[: self.top]
        )

    @property
    def train_list(self) -> str:
        """The architectures to train, one a line."""
        return "".join(f"{text}\n" for text in self.texts)

    @property
    def table(self) -> ReportTable:
        """The candidates to train."""
        return self._table(self.ranked.candidates[: self.top], f"The first {self.top}")

    @property
    def data(self) -> ReportTable:
        """One row a candidate, for programs."""
        return ReportTable.of_records(
            [
                self._record(each, train=place < self.top)
                for place, each in enumerate(self.ranked.candidates)
            ]
        )

    @property
    def methods(self) -> ReportTable | None:
        """One row a method on held-out labels, and what the rule comes to."""
        return None if self.selection is None else _methods(self.selection)

    @property
    def method_notes(self) -> tuple[str, ...]:
        """What must be known to read the methods, a sentence each."""
        return () if self.selection is None else selection_notes(self.selection)

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be known to read the ranking, a sentence each."""
        cut = self.ranked.cut_tie(self.top)
        ties = (
            (
                f"as good as the last of the first {self.top}: {cut} more; the order among equals "
                "is that of a digest of their texts",
            )
            if cut
            else ()
        )
        return (*self.facts, *ties)

    def _table(self, candidates: tuple[RankedCandidate, ...], title: str) -> ReportTable:
        first, method = self.ranked.candidates[0], self.ranked.method
        proxies = [name for name in self.shown if name != method]
        failed = any(candidate.reason for candidate in candidates)
        return ReportTable(
            title=title,
            columns=columns(
                *("architecture", "rank", Column(head=method, number=_six)),
                *(Column(head=name, number=_six) for name in proxies),
                *(Column(head=name, number=_count) for name in first.figures),
                *(("no score since",) if failed else ()),
            ),
            rows=tuple(
                (
                    each.architecture.text,
                    _rank(each),
                    _shown(method, each.score),
                    *(each.proxies[name] for name in proxies),
                    *each.figures.values(),
                    *((each.reason,) if failed else ()),
                )
                for each in candidates
            ),
        )

    def _record(self, each: RankedCandidate, *, train: bool) -> Mapping[str, Cell]:
        return {
            "rank": each.rank,
            "architecture": each.architecture.text,
            "train": int(train),
            "method": self.ranked.method,
            "score": each.score,
            "tied": each.tied,
            **{f"proxy:{name}": score for name, score in each.proxies.items()},
            **each.figures,
            "reason": each.reason,
        }

    @property
    def page_table(self) -> ReportTable:
        """The candidates that a page shows."""
        shown = self.ranked.candidates[:_ON_PAGE]
        return self._table(shown, "All candidates")


def selection_notes(selection: Selection) -> tuple[str, ...]:
    """Say what the rule takes, how sure that is, and what to expect of the pick."""
    plan, chosen = selection.plan, selection.chosen
    size = selection.n / plan.folds
    notes = [
        f"Methods are compared on {selection.n} labels, {plan.folds} folds held out in turn, "
        f"divided anew {plan.repeats} times; brackets hold 95 % intervals that allow for the "
        "overlap of the folds. regret@1 is the best label of a held-out fold less that of the "
        f"pick, among {size:.3g} networks",
        f"Ranked by {chosen.name} ({chosen.kind})",
    ]
    notes += _differences(selection)
    if selection.within_noise:
        notes.append(noise_warning(selection))
    kendall = chosen.estimate("kendall", plan).value
    if isinstance(kendall, Defined) and kendall.value <= 0:
        notes.append(
            f"{chosen.name} orders the held-out labels no better than chance; give more labels, or "
            "take the choice that needs none by ranking without them"
        )
    notes.append(
        f"Expected regret of the pick: {_text(selection.regret(selection.of_the_rule))} when the "
        "other folds of a division choose the method, "
        f"{_text(selection.regret(selection.at_random))} for a random pick"
        + "".join(
            f", {_text(method.estimate('regret@1', plan))} for {method.name}"
            for method in selection.methods
            if method.name == "params" and method is not chosen
        )
    )
    return tuple(notes)


def _differences(selection: Selection) -> list[str]:
    """Say how far the leader is ahead of the usual choice, and the chosen one of the label-free."""
    usual, label_free = selection.usual, selection.label_free
    pairs = {
        (selection.leader, usual): "usual" if usual is not label_free else "label-free",
        (selection.chosen, label_free): "label-free",
    }
    return [
        f"{rival.name} less the {role} choice, {other.name}, on the same folds: "
        f"kendall {_text(selection.ahead(rival, other, 'kendall'))}, regret@1 "
        f"{_text(selection.ahead(rival, other, 'regret@1'))}"
        for (rival, other), role in pairs.items()
        if rival is not other
    ]


def noise_warning(selection: Selection) -> str:
    """Say that the leader is not taken since it leads within noise; empty where it is."""
    if not selection.within_noise:
        return ""
    needs_none = selection.chosen is selection.label_free
    known = "needs no label" if needs_none else "is the best on known spaces"
    return (
        f"{selection.leader.name} leads on the held-out labels, but within one standard error of "
        f"{selection.chosen.name}, which {known} and is kept; more labels could tell them apart"
    )


def write_ranking(ranking: RankTable, stem: str, results: Path) -> list[Path]:
    """Write all forms into ``rankings/SPACE``, and the list to train; return their paths.

    Raises:
        InfrastructureError: A file would lie outside the folder.
    """
    heading = f"# Candidates of {ranking.space}"
    tables = [ranking.table, *([ranking.methods] if ranking.methods else [])]
    notes = [f"{note}." for note in (*ranking.notes, *ranking.method_notes)]
    contents = {
        **forms(ranking.data, markdown([heading, *notes, *tables])),
        ".tex": latex(tables, notes),
        ".html": ranking_page(ranking),
        "-train.txt": ranking.train_list,
    }
    return write_files(results, Path("rankings") / ranking.space / stem, contents)


def ranking_page(ranking: RankTable) -> str:
    """Return the ranking as HTML."""
    whole = ranking.page_table
    count = len(ranking.ranked.candidates)
    sections = [_section(ranking.table, "To train", _sentences(ranking.notes))]
    if ranking.methods is not None:
        lead = _sentences(ranking.method_notes)
        sections.append(_section(ranking.methods, "Methods on held-out labels", lead))
    shown = f"The first {_ON_PAGE} of {count}." if count > _ON_PAGE else f"All {count}."
    sections.append(_section(whole, "Candidates", shown))
    return curves_document(f"Candidates of {ranking.space}", sections)


def _sentences(notes: Sequence[str]) -> str:
    return " ".join(f"{note}." for note in notes)


def _section(table: ReportTable, title: str, lead: str) -> Section:
    return Section(
        title=title,
        lead=lead,
        pictures=(),
        bars="",
        caption=table.title,
        heads=table.heads,
        cells=table.texts,
    )


def _methods(selection: Selection) -> ReportTable:
    methods = selection.methods
    rows: list[tuple[Cell, ...]] = [
        (
            method.name,
            str(method.kind),
            *(method.estimate(metric, selection.plan) for metric in _METRICS),
            _remark(method, selection),
        )
        for method in methods
    ]
    nothing = Undefined(reason="")
    absent = Estimate(value=nothing, interval=nothing)
    for name, regrets in (
        ("the rule", selection.of_the_rule),
        ("random pick", selection.at_random),
    ):
        rows.append((name, "", absent, absent, selection.regret(regrets), ""))
    return ReportTable(
        title="Methods on held-out labels",
        columns=columns("method", "kind", *_METRICS, "verdict", number=fixed(3)),
        rows=tuple(rows),
        marks={(methods.index(selection.chosen), 0): Mark.BEST},
    )


def _remark(method: MethodFolds, selection: Selection) -> str:
    remarks = {
        "taken": method is selection.chosen,
        "leads": method is selection.leader,
        "usual": method is selection.usual,
    }
    return ", ".join(word for word, holds in remarks.items() if holds)


def _rank(each: RankedCandidate) -> str:
    if each.rank is None:
        return "none"
    return f"{each.rank}=" if each.tied else str(each.rank)


def _shown(method: str, score: float | None) -> float | None:
    """Return a score as people read it: mean ranks are 1 for the best."""
    return -score if score is not None and method == MEAN_RANK else score


def _text(estimate: Estimate) -> str:
    return cell_text(estimate, _ESTIMATE)


def _six(value: float) -> str:
    return f"{value:.6g}"


def _count(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:.6g}"
