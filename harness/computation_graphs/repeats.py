"""Equal blocks in a row as one block that is counted.

Networks of most spaces stack a cell several times. A block of p operators is the repetition of the
p before it where all have equal attributes and read operators at equal distances, what it reads
from outside is the last operator before it alone, and what is read of either block from outside is
its last operator alone. Then it is taken out, and the counts of the other grow by its own. Longer
blocks go first. Nothing is lost but where the repetitions stood.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from harness.computation_graphs.operator import Operator, rewired

__all__ = ["counted"]


def counted(operators: Sequence[Operator]) -> tuple[Operator, ...]:
    """Return the graph without repetitions of blocks.

    Args:
        operators: Each reads earlier ones alone; input and output are never part of a block.
    """
    graph = tuple(operators)
    longest = len(graph) // 2
    while (block := _repetition(graph, longest)) is not None:
        start, longest = block
        graph = _without_second(graph, start, longest)
    return graph


def _repetition(operators: tuple[Operator, ...], longest: int) -> tuple[int, int] | None:
    """Return start and length of the first longest block that an equal one follows."""
    signs = _signatures(operators)
    for length in range(min(longest, len(operators) // 2), 0, -1):
        same = np.concatenate([[0], np.cumsum(signs[:-length] == signs[length:])])
        for start in np.flatnonzero(same[length:] - same[:-length] == length):
            if _is_closed(operators, int(start), length):
                return int(start), length
    return None


def _signatures(operators: tuple[Operator, ...]) -> NDArray[np.int64]:
    numbers: dict[tuple[object, ...], int] = {}
    signatures = []
    for place, operator in enumerate(operators):
        distances = tuple(place - source for source in operator.inputs)
        key = (*operator._replace(inputs=distances, times=1),)
        signatures.append(numbers.setdefault(key, len(numbers)))
    return np.array(signatures, dtype=np.int64)


def _is_closed(operators: tuple[Operator, ...], start: int, length: int) -> bool:
    middle, end = start + length, start + 2 * length
    for operator in operators[middle:end]:
        if any(source < middle - 1 for source in operator.inputs):
            return False
        if not operator.inputs:
            return False
    inside = range(start, end - 1)
    return all(source not in inside for operator in operators[end:] for source in operator.inputs)


def _without_second(
    operators: tuple[Operator, ...], start: int, length: int
) -> tuple[Operator, ...]:
    changed = list(operators)
    stand_ins: list[int | None] = list(range(len(operators)))
    for place in range(start, start + length):
        more = operators[place + length].times
        changed[place] = operators[place]._replace(times=operators[place].times + more)
        stand_ins[place + length] = place
    return rewired(changed, stand_ins)
