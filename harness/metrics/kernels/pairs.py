"""Kendall's tau-b and its top-weighted form of every resample, in O(n log n) each.

For each draw the kernel counts the draws that disagree with it in order, D, with a Fenwick tree
over y. If a pair weighs the sum of the importance h of its two members, everything that tau
needs follows from D and from sums over runs of ties:

    discordant weight  =  sum of h D over all draws
    weight in a run    =  (sum of h in the run) (draws in the run - 1)

Constant h gives tau-b, in integers; h = 1 / (1 + rank) gives the weighted tau of Vigna.

The walk through the tree is the same for every resample, so the counts of four resamples are
packed into each 64-bit word (two where a resample has 2^16 draws or more) and four words walk
together. Packed sums and differences are exact, since each final count fits its field.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from harness.metrics.kernels.compiler import compiled
from harness.metrics.ordering import run_starts, tied_runs
from harness.metrics.values import BoolArray, Counts, FloatArray, IntArray

__all__ = ["PairLayout", "pair_agreement", "pair_layout"]

_WORDS = 4

Drawn: TypeAlias = npt.NDArray[np.int32]


class PairLayout(NamedTuple):
    """The sorts that all resamples share. A place is a position in ascending order of x, then y.

    Attributes:
        architecture: Architecture at each place.
        level: Dense rank of y, from 1, at each place.
        x_start: Whether a new x begins at a place.
        pair_start: Whether a new (x, y) begins at a place.
        by_x: The places themselves, 0, 1, ...
        by_y: Places in ascending order of y, then x.
        x_ties: Shape (r, 2): first and last-plus-one place of each run of at least two equal x.
        pair_ties: The same for equal (x, y).
        y_ties: The same for equal y, as positions in `by_y`.
    """

    architecture: IntArray
    level: IntArray
    x_start: BoolArray
    pair_start: BoolArray
    by_x: IntArray
    by_y: IntArray
    x_ties: IntArray
    pair_ties: IntArray
    y_ties: IntArray


def pair_layout(x: FloatArray, y: FloatArray) -> PairLayout:
    """Sort two vectors of shape (n,) for `pair_agreement`."""
    architecture = np.lexsort((y, x)).astype(np.int64, copy=False)
    x, y = x[architecture], y[architecture]
    by_y = np.lexsort((x, y)).astype(np.int64, copy=False)
    y_start = run_starts(y[by_y])
    level = np.empty(y.size, dtype=np.int64)
    level[by_y] = np.cumsum(y_start)
    x_start, pair_start = run_starts(x), run_starts(x, y)
    return PairLayout(
        architecture=architecture,
        level=level,
        x_start=x_start,
        pair_start=pair_start,
        by_x=np.arange(x.size, dtype=np.int64),
        by_y=by_y,
        x_ties=tied_runs(x_start),
        pair_ties=tied_runs(pair_start),
        y_ties=tied_runs(y_start),
    )


@compiled
def pair_agreement(counts: Counts, layout: PairLayout, harmonic: FloatArray) -> FloatArray:
    """Return tau-b or the weighted tau of every resample.

    Args:
        counts: Shape (B, n): weights of the resamples, each with fewer than 2^31 draws.
        layout: Sorts of the two variables.
        harmonic: Empty for tau-b. Else the partial sums 0, 1, 1 + 1/2, ... up to the largest
            number of draws; tau is then the mean over the two lexicographic rankings.

    Returns:
        Shape (B,); NaN where a variable is constant.
    """
    resamples, n = counts.shape
    bits = 16 if _most_draws(counts) < 65536 else 32
    fields = _WORDS * (64 // bits)
    result = np.empty(resamples, dtype=np.float64)
    packed = np.empty((2, n, _WORDS), dtype=np.int64)
    tree = np.empty((3, layout.level.max() + 1, _WORDS), dtype=np.int64)
    weight = np.empty((fields, n), dtype=np.int32)
    discordant = np.empty((fields, n), dtype=np.int32)
    for first in range(0, resamples, fields):
        block = counts[first : first + fields]
        _pack(block, layout.architecture, bits, packed[0])
        _count_discordant(packed[0], layout, tree, packed[1])
        _unpack(packed[0], bits, weight)
        _unpack(packed[1], bits, discordant)
        for row in range(block.shape[0]):
            result[first + row] = _tau(weight[row], discordant[row], layout, harmonic)
    return result


@compiled
def _most_draws(counts: Counts) -> int:
    most = 0
    for row in range(counts.shape[0]):
        most = max(most, int(np.int64(counts[row].sum())))  # a sum of unsigned is unsigned
    return most


@compiled
def _pack(counts: Counts, architecture: IntArray, bits: int, packed: IntArray) -> None:
    """Write counts of up to 64 / `bits` resamples into each word, place by place."""
    per_word = 64 // bits
    for word in range(_WORDS):
        first = per_word * word
        last = min(first + per_word, counts.shape[0])
        for place in range(architecture.size):
            value = np.int64(0)
            for row in range(last - 1, first - 1, -1):
                value = (value << bits) | np.int64(counts[row, architecture[place]])
            packed[place, word] = value


@compiled
def _unpack(packed: IntArray, bits: int, result: Drawn) -> None:
    """Write the fields of the words as one row of counts per resample."""
    per_word = 64 // bits
    mask = (1 << bits) - 1
    for row in range(result.shape[0]):
        word, shift = row // per_word, bits * (row % per_word)
        for place in range(result.shape[1]):
            result[row, place] = (packed[place, word] >> shift) & mask


@compiled
def _count_discordant(
    weight: IntArray, layout: PairLayout, tree: IntArray, result: IntArray
) -> None:
    """Write, for each place, how many draws are discordant with it; all counts are packed."""
    n = weight.shape[0]
    below, inserted, tree = tree[0], tree[1], tree[2]
    _count_below(weight, layout.level, below)
    inserted[:] = 0
    tree[:] = 0
    seen = np.zeros(_WORDS, dtype=np.int64)
    prefix = np.zeros(_WORDS, dtype=np.int64)
    less = np.zeros(_WORDS, dtype=np.int64)
    run = np.zeros(_WORDS, dtype=np.int64)
    first = 0
    while first < n:
        less[:] = 0
        run[:] = 0
        last = first
        while last == first or (last < n and not layout.x_start[last]):
            level = layout.level[last]
            _prefix(tree, level, prefix)
            for word in range(_WORDS):
                if layout.pair_start[last]:
                    less[word] += run[word]
                    run[word] = 0
                # Smaller x with greater y, and greater x with smaller y.
                above = seen[word] - prefix[word]
                smaller = prefix[word] - inserted[level, word]
                result[last, word] = above + below[level, word] - smaller - less[word]
                run[word] += weight[last, word]
            last += 1
        for place in range(first, last):
            _insert(tree, layout.level[place], weight, place)
            for word in range(_WORDS):
                inserted[layout.level[place], word] += weight[place, word]
                seen[word] += weight[place, word]
        first = last


@compiled
def _count_below(weight: IntArray, level: IntArray, below: IntArray) -> None:
    """Write, for each level of y, how many draws have a lower one."""
    below[:] = 0
    for place in range(level.size):
        for word in range(_WORDS):
            below[level[place], word] += weight[place, word]
    for word in range(_WORDS):
        lower = 0
        for node in range(below.shape[0]):
            lower += below[node, word]
            below[node, word] = lower - below[node, word]


@compiled
def _prefix(tree: IntArray, level: int, result: IntArray) -> None:
    """Sum the Fenwick tree over the levels 1 to `level`."""
    result[:] = 0
    while level > 0:
        for word in range(_WORDS):
            result[word] += tree[level, word]
        level &= level - 1


@compiled
def _insert(tree: IntArray, level: int, weight: IntArray, place: int) -> None:
    """Add the draws at one place to the Fenwick tree."""
    while level < tree.shape[0]:
        for word in range(_WORDS):
            tree[level, word] += weight[place, word]
        level += level & -level


@compiled
def _tau(weight: Drawn, discordant: Drawn, layout: PairLayout, harmonic: FloatArray) -> float:
    """Return tau-b of one resample, or the mean weighted tau of its two rankings."""
    if harmonic.size == 0:
        return _balance(weight, weight, discordant, layout)
    first = _balance(weight, _importance(weight, layout.by_x, harmonic), discordant, layout)
    second = _balance(weight, _importance(weight, layout.by_y, harmonic), discordant, layout)
    return 0.5 * (first + second)


@compiled
def _importance(weight: Drawn, order: IntArray, harmonic: FloatArray) -> FloatArray:
    """Sum 1 / (1 + rank) over the copies of each place; the last of `order` has rank 0."""
    result = np.empty(order.size, dtype=np.float64)
    rank, below = 0, 0.0
    for position in range(order.size - 1, -1, -1):
        place = order[position]
        rank += weight[place]
        result[place] = harmonic[rank] - below
        below = harmonic[rank]
    return result


@compiled
def _balance(
    weight: Drawn, importance: Drawn | FloatArray, discordant: Drawn, layout: PairLayout
) -> float:
    """Return (concordant - discordant) / sqrt(pairs untied in x * pairs untied in y).

    The scale of the importance cancels: the weights themselves, as integers, give tau-b.
    """
    zero: float = (
        0 * importance[0]
    )  # of the type of the importance: integers are summed much faster
    draws, mass, copies, against = 0, zero, zero, zero
    for place in range(weight.size):
        draws += weight[place]
        mass += importance[place]
        copies += importance[place] * (weight[place] - 1)
        against += importance[place] * discordant[place]
    tied_x = copies + _tied(weight, importance, layout.by_x, layout.x_ties)
    tied_y = copies + _tied(weight, importance, layout.by_y, layout.y_ties)
    tied_both = copies + _tied(weight, importance, layout.by_x, layout.pair_ties)
    pairs = mass * (draws - 1)
    # One differing draw frees at least 1 / draws of the pairs: less is rounding.
    if min(pairs - tied_x, pairs - tied_y) <= 1e-12 * pairs:
        return np.nan
    balance = pairs - tied_x - tied_y + tied_both - 2 * against
    tau = balance / np.sqrt(pairs - tied_x) / np.sqrt(pairs - tied_y)
    return float(min(1.0, max(-1.0, tau)))


@compiled
def _tied(weight: Drawn, importance: Drawn | FloatArray, order: IntArray, ties: IntArray) -> float:
    """Sum the weight of pairs inside runs of ties, but for pairs of copies of one place."""
    zero: float = 0 * importance[0]
    result = zero
    for run in range(ties.shape[0]):
        draws, mass, copies = 0, zero, zero
        for position in range(ties[run, 0], ties[run, 1]):
            place = order[position]
            draws += weight[place]
            mass += importance[place]
            copies += importance[place] * (weight[place] - 1)
        result += mass * (draws - 1) - copies
    return result
