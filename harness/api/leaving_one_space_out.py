"""Predictors fitted on every space but the judged one, beside proxies and rules of proxies."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np

from harness.api.choice import Plugin, choose
from harness.api.results import Progress
from harness.api.running import steps
from harness.api.scored_tables import load_scored_tables
from harness.catalog import LoadedPredictor, LoadedProxy
from harness.core.architecture import Architecture
from harness.core.deferred import Deferred
from harness.core.errors import UsageError
from harness.evaluation.combination import LABEL_FREE
from harness.evaluation.leave_one_out import NESTED, judge_rules
from harness.learning.leave_one_space_out import (
    Contestant,
    LearntFrom,
    Ranked,
    SpacesPlan,
    rank_by_predictors,
    rank_by_scores,
)
from harness.learning.space_rows import PROXY, rows_over_spaces
from harness.metrics import Undefined
from harness.metrics.scored_table import ScoredTable
from harness.metrics.values import FloatArray
from harness.reports.leave_one_space_out import SpacesMatrix, write_leave_one_space_out
from harness.spaces.knowledge import why_untraceable
from harness.spaces.registry import space

__all__ = ["leave_one_space_out"]

_log = logging.getLogger(__name__)

_PREDICTORS = ("ensemble-zc", "random_forest-zc", "xgboost-zc", "ridge-zc", "gp-zc")
_PROXIES = ("params", "flops", "nsc", "meco_opt", "w_pca", "near", "synflow", "nwot")
_RULES = (NESTED, *LABEL_FREE, "top-5", "least-squares")
_RESAMPLES = 10_000


def leave_one_space_out(
    suites: Sequence[str],
    *,
    plugins: Sequence[Plugin],
    beside: Sequence[Plugin],
    plan: SpacesPlan,
    results: Path,
    progress: Progress | None,
) -> SpacesMatrix:
    """Judge predictors, rules and single proxies on the same networks of every space.

    See docs/leave-one-space-out.md for the protocol.

    Args:
        suites: Names of suites, or paths of their TOML files, whose stored scores are read.
        plugins: Predictors that read ``zc``; those of the protocol when empty.
        beside: Single proxies; those of the protocol when empty, where they have scores.
        plan: Numbers of labels, draws and seed.
        results: Folder of the stored scores, and for fits and tables.
        progress: Called with a `harness.api.results.Step` after every table.

    Raises:
        UsageError: There are fewer than three spaces, nothing is stored, or options do not fit.
        DataError: Stored scores or ground truth cannot be read.
    """
    predictors = choose(LoadedPredictor, plugins or _PREDICTORS)
    tables = [_with_traced(table) for table in load_scored_tables(suites, results=results)]
    named = [proxy.name for proxy in choose(LoadedProxy, beside, "--beside")]
    proxies = _proxies(tables, named)
    told = steps(progress, "leaving out a space")
    ranked = rank_by_predictors(tables, predictors, plan, results, told)
    for name in proxies:
        ranked += _by_proxy(name, tables, plan)
    ranked += _by_rules(tables, plan, progress)
    rows = rows_over_spaces(ranked, tables, _RESAMPLES, plan.seed)
    matrix = SpacesMatrix(rows=rows, tables=tuple(tables), plan=plan, failed=_failed(ranked))
    for sentence in matrix.sure_in_part:
        _log.warning("%s", sentence)
    return write_leave_one_space_out(matrix, results)


def _with_traced(table: ScoredTable) -> ScoredTable:
    """Add numbers of the traced networks, computed where a predictor reads them."""
    return replace(table, traced=Deferred(lambda: _traced(table)))


def _traced(table: ScoredTable) -> Mapping[str, FloatArray]:
    from harness.computation_graphs.features import features_of
    from harness.encodings.traced import graphs_of

    reason = why_untraceable(space(table.space))
    if reason:
        _log.warning(
            "no predictor reads traced networks here, since %s: %s; leave its suite out for that",
            *(table.space, reason),
        )
        return {}
    graphs = graphs_of([Architecture(space=table.space, text=text) for text in table.architectures])
    rows = [features_of(graph) for graph in graphs]
    return {f"traced: {name}": np.array([row[name] for row in rows]) for name in rows[0]}


def _proxies(tables: Sequence[ScoredTable], beside: Sequence[str]) -> tuple[str, ...]:
    known = {name for table in tables for name in table.members}
    for name in beside:
        if name not in known:
            raise UsageError(
                f"proxy {name} in --beside has no scores of any of these spaces; run their suites "
                f"with --plugin {name}"
            )
    chosen = tuple(beside) or tuple(name for name in _PROXIES if name in known)
    if not chosen:
        raise UsageError(
            f"none of {', '.join(_PROXIES)} has scores of these spaces; name proxies to hold "
            "predictors against with --beside"
        )
    return chosen


def _by_proxy(name: str, tables: Sequence[ScoredTable], plan: SpacesPlan) -> Iterator[Ranked]:
    proxy = Contestant(name=name, reads=PROXY, learnt_from=LearntFrom.NOTHING)
    for table in tables:
        if name in table.row:
            yield from rank_by_scores(proxy, table, table.scores[name], plan)


def _by_rules(
    tables: Sequence[ScoredTable], plan: SpacesPlan, progress: Progress | None
) -> Iterator[Ranked]:
    """Rank by the combinations of `harness combine`."""
    judged = judge_rules(tables, _RESAMPLES, plan.seed, steps(progress, "combining proxies"))
    for rule in (row for row in judged if row.is_rule and row.name in _RULES):
        learnt_from = LearntFrom.NOTHING if rule.name in LABEL_FREE else LearntFrom.OTHERS
        contestant = Contestant(name=rule.name, reads="rule", learnt_from=learnt_from)
        for table in tables:
            mean = table.criteria.mean(table.row_weights(rule.weights[table.task]))
            yield from rank_by_scores(contestant, table, np.asarray(mean), plan)


def _failed(ranked: Sequence[Ranked]) -> dict[str, str]:
    """Return the predictors all of whose fits failed, and why the first did.

    One that failed whatever it read and learnt from is named once.
    """
    fits: dict[str, dict[str, list[Ranked]]] = {}
    for each in ranked:
        fits.setdefault(each.contestant.name, {}).setdefault(each.contestant.label, []).append(each)
    failed: dict[str, str] = {}
    for name, by_label in fits.items():
        lost = _all_failed(by_label)
        if len(lost) == len(by_label):
            lost = _all_failed({name: list(chain.from_iterable(by_label.values()))})
        failed |= lost
    return failed


def _all_failed(fits: Mapping[str, Sequence[Ranked]]) -> dict[str, str]:
    failed = {}
    for label, own in fits.items():
        values = [value for each in own for value in each.values]
        if sum(each.failed for each in own) == len(values) and isinstance(values[0], Undefined):
            failed[f"{label} failed on all {len(values)} fits"] = values[0].reason
    return failed
