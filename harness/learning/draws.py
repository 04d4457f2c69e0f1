"""Nested labelled draws and the population that they are evaluated on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.core.errors import UsageError
from harness.core.identity import derived_seed, digest, digest_lines
from harness.metrics.values import IntArray

__all__ = ["FEWEST", "SIZES", "Draw", "draws"]

SIZES = (8, 16, 32, 64, 100, 128, 256, 400, 512, 1024)
"""Numbers of labels of a whole curve."""

FEWEST = 10
"""Fewest architectures that a rank correlation is quoted for."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draw:
    """One repeat.

    Attributes:
        repeat: Its number, from 0.
        order: Indices of labelled architectures; the first s of them are the draw of s labels,
            so smaller draws lie inside larger ones.
        evaluation: Indices of the architectures to predict, ascending; none of them is in `order`.
        texts: Texts of all architectures, by index.
    """

    repeat: int
    order: IntArray
    evaluation: IntArray
    texts: Sequence[str]

    def labelled(self, size: int) -> IntArray:
        """Return the indices of the draw of `size` labels."""
        return self.order[:size]

    def digest(self, size: int) -> str:
        """Digest of the labelled architectures, in order, and of the set to predict."""
        labelled = [self.texts[index] for index in self.labelled(size)]
        return digest([labelled, digest_lines(self.texts[index] for index in self.evaluation)])


def draws(
    texts: Sequence[str], largest: int, repeats: int, seed: int, evaluate_on: int | None = None
) -> tuple[Draw, ...]:
    """Draw labelled architectures and what they are evaluated on.

    Args:
        texts: Texts of all architectures.
        largest: Labels of the largest draw.
        repeats: Number of draws.
        seed: Seed; equal seeds and texts give equal draws, and the first repeats are the same
            however many there are.
        evaluate_on: Evaluate on so many architectures, the same in all repeats, and never label
            them; by default on everything outside the largest draw of the repeat.

    Raises:
        UsageError: Fewer than `evaluate_on` or than ten would be left to evaluate on.
    """
    n, wanted = len(texts), FEWEST if evaluate_on is None else evaluate_on
    if wanted < FEWEST:
        raise UsageError(
            f"--evaluate-on {wanted}: a correlation of so few says nothing; evaluate on at least "
            f"{FEWEST}"
        )
    if n <= FEWEST:
        raise UsageError(
            f"there are {n} architectures with labels, and a predictor is evaluated on at least "
            f"{FEWEST} beside those that it learns from; give a table of more"
        )
    if n - largest < wanted:
        raise UsageError(
            f"{largest} labels leave {max(0, n - largest)} of {n} architectures to evaluate on, "
            f"fewer than {wanted}; ask for fewer with --labels or --evaluate-on"
        )
    where = digest_lines(texts)
    fixed = np.sort(_shuffled(np.arange(n), seed, "evaluation", where)[: evaluate_on or 0])
    candidates = np.setdiff1d(np.arange(n), fixed)
    drawn = []
    for repeat in range(repeats):
        order = _shuffled(candidates, seed, "labelled", where, str(evaluate_on), str(repeat))
        rest = np.sort(order[largest:])
        drawn.append(
            Draw(
                repeat=repeat,
                order=order[:largest],
                evaluation=rest if evaluate_on is None else fixed,
                texts=texts,
            )
        )
    return tuple(drawn)


def _shuffled(indices: IntArray, seed: int, *parts: str) -> IntArray:
    generator = np.random.default_rng(derived_seed(seed, *parts))
    return generator.permutation(indices)
