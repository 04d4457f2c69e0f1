"""A loaded ground truth, and what its repeated runs say of noise."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from harness.core.aggregation import average_ranks
from harness.core.direction import Direction
from harness.spaces.identical import ROWS
from harness.truth.task import Split
from harness.truth.unit import Unit

__all__ = ["UNSTATED", "TruthTable", "content_digest", "noise_ceiling", "spearman"]

UNSTATED = "unstated"
"""Data set of a table that does not say."""

_SMALLEST_SAMPLE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthTable:
    """Values of all architectures of one task.

    Attributes:
        task: Name of the task.
        space: Name of the space that the architectures' texts belong to.
        dataset: Data set.
        split: Split of the data set.
        metric: What was measured, in words.
        unit: Unit of the values.
        direction: Which values are better.
        epochs: Epochs of training, where known.
        sources: Names of the files it was read from; for a user's own truth, their paths.
        values: Text of an architecture to its value; the mean where there are several runs, or
            several rows of one network.
        runs: Text to the values of the single training runs; empty where they are not published.
        noise_ceiling: Mean Spearman correlation between two runs over the architectures that
            have both: no predictor of one run can be expected above it. None without runs.
        digest: SHA-256 of the lines ``text TAB value``, sorted.
        without_value: Number of architectures that the file names without a value; left out.
        identical: What makes networks identical whose rows were merged into one; ``"rows"`` where
            none were looked for.
        rows: Number of rows before they were merged; None where no two rows are one network.
    """

    task: str
    space: str
    dataset: str
    split: Split
    metric: str
    unit: Unit
    direction: Direction
    epochs: int | None
    sources: tuple[str, ...]
    values: Mapping[str, float]
    runs: Mapping[str, tuple[float, ...]]
    noise_ceiling: float | None
    digest: str
    without_value: int = 0
    identical: str = ROWS
    rows: int | None = None

    @property
    def n(self) -> int:
        """Number of architectures."""
        return len(self.values)

    def is_about(self, dataset: str) -> bool:
        """Say whether the values are of a data set, in whatever spelling: ``CIFAR-10``.

        Of a table that does not say, nothing else is known.
        """
        return self.dataset == UNSTATED or _plain(self.dataset) == _plain(dataset)

    def among(self, texts: Collection[str]) -> TruthTable:
        """Return the same of some of its architectures."""
        if len(texts) == self.n:
            return self
        values = {text: self.values[text] for text in texts}
        runs = {text: self.runs[text] for text in texts if text in self.runs}
        return replace(
            self,
            values=values,
            runs=runs,
            noise_ceiling=noise_ceiling(runs),
            digest=content_digest(values),
        )

    def oriented(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return the values of architectures, shape ``(n,)``, turned so that higher is better."""
        values = np.array([self.values[text] for text in texts], dtype=np.float64)
        return self.direction.orient(values)


def content_digest(values: Mapping[str, float]) -> str:
    """Return the SHA-256 of a table's content; the order of its rows does not matter."""
    hasher = hashlib.sha256()
    for line in _lines(values):
        hasher.update(line.encode())
    return hasher.hexdigest()


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def _lines(values: Mapping[str, float]) -> Iterable[str]:
    return sorted(f"{text}\t{value!r}\n" for text, value in values.items())


def noise_ceiling(runs: Mapping[str, tuple[float, ...]]) -> float | None:
    """Return the mean Spearman correlation between two runs, over all pairs of runs.

    A pair counts the architectures that have both of its runs; ties get their mean rank.

    Returns:
        None where no pair of runs has three architectures, or a run has one value only.
    """
    longest = max(map(len, runs.values()), default=0)
    correlations = []
    for first, second in itertools.combinations(range(longest), 2):
        both = np.array(
            [
                (accuracies[first], accuracies[second])
                for accuracies in runs.values()
                if len(accuracies) > second
            ],
            dtype=np.float64,
        )
        if len(both) < _SMALLEST_SAMPLE or np.ptp(both, axis=0).min() == 0:
            continue
        correlations.append(spearman(both))
    return float(np.mean(correlations)) if correlations else None


def spearman(pairs: NDArray[np.float64]) -> float:
    """Return the rank correlation of two columns, shape ``(n, 2)``, neither of them constant."""
    first, second = average_ranks(pairs.T)
    return float(np.corrcoef(first, second)[0, 1])
