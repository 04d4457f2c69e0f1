"""Ground truth of different networks: the rows of identical ones merged.

A table that repeats networks counts them several times, in every metric. The value of a network is
the mean of its rows, and how far these agree is a noise ceiling: the rows are trainings of one
network, or measurements, under other seeds.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from harness.spaces.identical import ROWS, classes_of
from harness.truth.table import TruthTable, content_digest, noise_ceiling
from harness.truth.unit import Unit

__all__ = ["merge_identical", "repeats_ceiling"]

_FEWEST = 30
"""Fewest networks with several rows that a noise ceiling is quoted for."""

_MOST_COPIES = 0.25
"""Share of these whose rows may be equal."""

_OF_MACHINES = (Unit.SECONDS, Unit.MILLISECONDS, Unit.MILLIJOULES, Unit.IMAGES_PER_SECOND)


def merge_identical(table: TruthTable, identical: str, among: Collection[str] = ()) -> TruthTable:
    """Return a table with one row for every different network.

    Args:
        table: One row for every architecture.
        identical: What makes networks identical: a kind of `Space.canonical`, or ``"rows"``.
        among: Texts that stand for their networks where they are in the table; else the first of
            the table does.

    Raises:
        UsageError: The space says nothing of this kind.
    """
    if identical == ROWS:
        return table
    preferred = set(among)
    texts = [text for text in table.values if text in preferred]
    texts += [text for text in table.values if text not in preferred]
    classes = classes_of(table.space, texts, identical)
    if classes.are_rows:
        return replace(table, identical=identical)
    means = classes.mean(np.array([table.values[text] for text in texts], dtype=np.float64))
    values = {texts[row]: mean for row, mean in zip(classes.first, means.tolist(), strict=True)}
    runs: dict[str, tuple[float, ...]] = {}
    for text, number in zip(texts, classes.numbers, strict=True):
        if text in table.runs:
            network = texts[classes.first[number]]
            runs[network] = (*runs.get(network, ()), *table.runs[text])
    ceiling = table.noise_ceiling
    return replace(
        table,
        identical=identical,
        rows=table.n,
        values=values,
        runs=runs,
        noise_ceiling=repeats_ceiling(table, identical) if ceiling is None else ceiling,
        digest=content_digest(values),
    )


def repeats_ceiling(table: TruthTable, identical: str) -> float | None:
    """Return the Spearman correlation between two rows of one network, over the networks.

    Of every network that has several rows the first two count. None where these are fewer than 30;
    where more than a quarter of them are equal, since then one measurement is written down several
    times; and for times, energies and throughputs, which the parts that are removed for the
    comparison add to.
    """
    if table.unit in _OF_MACHINES:
        return None
    texts = list(table.values)
    classes = classes_of(table.space, texts, identical)
    pairs: dict[int, tuple[float, ...]] = {}
    for text, number in zip(texts, classes.numbers.tolist(), strict=True):
        pair = pairs.setdefault(number, ())
        if len(pair) < 2:
            pairs[number] = (*pair, table.values[text])
    repeated = {str(number): pair for number, pair in pairs.items() if len(pair) > 1}
    copies = sum(first == second for first, second in repeated.values())
    if len(repeated) < _FEWEST or copies > _MOST_COPIES * len(repeated):
        return None
    return noise_ceiling(repeated)
