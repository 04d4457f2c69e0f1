"""What predictors read of networks of any space: ranks of numbers within the network's own space.

See docs/leave-one-space-out.md for the protocol.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from harness.core.architecture import Architecture
from harness.core.deferred import Deferred
from harness.core.identity import derived_seed
from harness.encodings import Features, FloatArray, Padded, ScoreTable, Subjects
from harness.encodings.subjects import Graphs
from harness.metrics.scored_table import ScoredTable
from harness.metrics.values import IntArray
from harness.plugins.preparation import normal_scores
from harness.predictor import Inputs, Predictor, inputs_of

__all__ = ["Reads", "Rows", "columns_read", "inputs_of_rows", "rows_of_spaces", "with_prediction"]

_SAW_LABELS = ("tg_nas",)
"""Proxies that were trained on labels of a space."""

_STRUCTURAL = (
    *("active_edges", "depth", "flops", "layers", "layers_attention", "layers_convolution"),
    *("layers_feed_forward", "macs", "params", "params_attention", "params_embedding"),
    *("params_feed_forward", "params_without_embedding", "width"),
)
"""Proxies that count parts of a network."""

_ROWS = 40
"""Networks of each space that are learnt from."""


class Reads(StrEnum):
    """What the features are.

    Attributes:
        PROXIES: All proxies but those that saw labels.
        COUNTS: Proxies that count parts of a network.
        TRACED: Numbers of the traced network; no proxy.
        ALL: Proxies and numbers of the traced network.
    """

    PROXIES = "proxies"
    COUNTS = "counts"
    TRACED = "traced networks"
    ALL = "proxies and traced networks"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Some networks of one table.

    Attributes:
        table: The table; its truth is not read here.
        indices: Rows of it, shape ``(n,)``; one may stand several times.
    """

    table: ScoredTable
    indices: IntArray


def columns_read(
    table: ScoredTable, others: Sequence[ScoredTable], reads: Reads
) -> tuple[str, ...]:
    """Return the names of the features on a judged table; none where it lacks them.

    Args:
        table: The judged one, whose members the proxies are.
        others: Tables that are learnt from, at least half of which have them too.
        reads: Of which kind.
    """
    traced = tuple(table.traced.value) if reads in {Reads.TRACED, Reads.ALL} else ()
    if reads is Reads.TRACED or (reads is Reads.ALL and not traced):
        return traced
    proxies = tuple(
        name
        for name in table.members
        if name not in _SAW_LABELS
        and (reads is not Reads.COUNTS or name in _STRUCTURAL)
        and 2 * sum(name in other.row for other in others) >= len(others)
    )
    return (*proxies, *traced)


def rows_of_spaces(tables: Sequence[ScoredTable], seed: int) -> list[Rows]:
    """Draw `_ROWS` networks of each space, which tables of one space share.

    Where there are fewer, all are taken again before any is taken a third time.
    """
    kin = [table.kin for table in tables]
    rows = []
    for table in tables:
        generator = np.random.default_rng(derived_seed(seed, "other spaces", table.task))
        order = generator.permutation(len(table.truth))
        rows.append(Rows(table=table, indices=np.resize(order, _ROWS // kin.count(table.kin))))
    return rows


def inputs_of_rows(parts: Sequence[Rows], columns: Sequence[str], predictor: Predictor) -> Inputs:
    """Return what a predictor reads of networks of several tables, one table after another.

    Args:
        parts: The networks.
        columns: Names of the features.
        predictor: It reads the encoding ``zc``; of graphs there are none.
    """
    values = [_quantiles(part.table, columns)[part.indices] for part in parts]
    architectures = tuple(
        Architecture(space=part.table.space, text=part.table.architectures[index])
        for part in parts
        for index in part.indices
    )
    subjects = Subjects(
        space=" and ".join(dict.fromkeys(part.table.space for part in parts)),
        architectures=architectures,
        drawn=Deferred(lambda: Graphs(whole=(), cells={})),
        scores=ScoreTable(proxies=tuple(columns), values=np.concatenate(values)),
    )
    none = Padded(
        vocabulary=(),
        operations=np.empty((len(architectures), 0), np.int64),
        edges=np.empty((len(architectures), 0, 0), np.bool_),
    )
    inputs = inputs_of(subjects, predictor.encoding)
    return replace(inputs, padded=Deferred(lambda: none))


def with_prediction(inputs: Inputs, predicted: FloatArray) -> Inputs:
    """Add what was learnt from other spaces as one more column.

    It is an encoding of its own: models that give every encoding one weight give this column as
    much as all others together.

    Args:
        inputs: n networks of one table.
        predicted: What is predicted of them, shape ``(n,)``.
    """
    own = inputs.features
    names = (*(f"zc:{name}" for name in own.columns), "other spaces:prediction")
    values = np.column_stack([own.values, predicted])
    return replace(inputs, features=Features(columns=names, values=values))


def _quantiles(table: ScoredTable, columns: Sequence[str]) -> FloatArray:
    """Return normal quantiles of ranks among what is scored, shape ``(n, columns)``."""
    return np.stack(list(_columns(table, columns)), axis=1)


def _columns(table: ScoredTable, columns: Sequence[str]) -> Iterator[FloatArray]:
    reads_traced = any(name not in table.scores for name in columns)
    traced = table.traced.value if reads_traced else {}
    for name in columns:
        quantiles = np.full(len(table.truth), np.nan)
        if name in table.row:
            known = np.isfinite(table.scores[name])
            quantiles[known] = normal_scores(table.scores[name][known])
        elif name in traced:
            quantiles = normal_scores(traced[name])
        yield quantiles
