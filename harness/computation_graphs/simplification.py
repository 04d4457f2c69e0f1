"""What is taken out of a traced graph, without loss of what tells networks apart.

In this order:

1. operators that the input does not reach, or that the output does not read: an operator of zeros
   alone is a constant, and so is a product with one;
2. a sum of sums becomes one sum, a concatenation of concatenations one; one that reads a single
   operator is passed over;
3. a norm is folded into the weighted operator or pool that it alone reads; an activation into the
   weighted operator or pool that it alone reads, otherwise into the weighted one that alone reads
   it;
4. blocks of operators that follow an equal block and are tied to the rest through their last
   operator alone are counted instead of repeated: see `count_repeats`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from harness.computation_graphs.kinds import ACTIVATIONS, POOLS, WEIGHTED, Kind
from harness.computation_graphs.operator import Operator, readers_of, rewire

__all__ = ["count_repeats", "simplify", "without_repeats_counted"]

_JOINS = frozenset({Kind.ADD, Kind.CONCATENATE})
_HOSTS = WEIGHTED | POOLS
_TIMES = Operator._fields.index("times")


def simplify(operators: Sequence[Operator]) -> tuple[Operator, ...]:
    """Return the graph with all simplifications of this module.

    Args:
        operators: The input first, the output last, each reading earlier ones alone.
    """
    return count_repeats(without_repeats_counted(operators))


def without_repeats_counted(operators: Sequence[Operator]) -> tuple[Operator, ...]:
    """Return the graph with the first three simplifications alone."""
    return _folded(_joined(_live(operators)))


def _live(operators: Sequence[Operator]) -> tuple[Operator, ...]:
    last = len(operators) - 1
    moved = [False] * len(operators)
    for place, operator in enumerate(operators):
        reached = [moved[source] for source in operator.inputs]
        enough = all(reached) if operator.kind is Kind.MULTIPLY else any(reached)
        moved[place] = operator.kind is Kind.INPUT or (
            operator.kind is not Kind.ZERO and bool(reached) and enough
        )
    read = [False] * len(operators)
    read[last] = True
    for place in range(last, -1, -1):
        if read[place]:
            for source in operators[place].inputs:
                read[source] = moved[source]
    stays = [
        (moved[place] and read[place]) or place == last or operator.kind is Kind.INPUT
        for place, operator in enumerate(operators)
    ]
    return rewire(operators, [place if stay else None for place, stay in enumerate(stays)])


def _joined(operators: Sequence[Operator]) -> tuple[Operator, ...]:
    readers = readers_of(operators)
    inputs = [operator.inputs for operator in operators]
    stand_ins: list[int | None] = list(range(len(operators)))
    changed = list(operators)
    for place, operator in enumerate(operators):
        if operator.kind not in _JOINS:
            continue
        joined: dict[int, None] = {}
        for source in operator.inputs:
            same = operators[source].kind is operator.kind and len(readers[source]) == 1
            if same and stand_ins[source] == source:
                stand_ins[source] = None
                joined |= dict.fromkeys(inputs[source])
            else:
                # What is passed over is one operator, however often it is read through another.
                joined[_behind(stand_ins, source)] = None
        inputs[place] = tuple(joined)
        if len(joined) == 1:
            stand_ins[place] = inputs[place][0]
        changed[place] = operator._replace(inputs=inputs[place])
    return rewire(changed, stand_ins)


def _behind(stand_ins: Sequence[int | None], place: int) -> int:
    while (other := stand_ins[place]) is not None and other != place:
        place = other
    return place


def _folded(operators: Sequence[Operator]) -> tuple[Operator, ...]:
    """Norms first, so that an activation behind a norm finds the operator before both."""
    changed = list(operators)
    stand_ins: list[int | None] = list(range(len(operators)))
    readers = readers_of(operators)
    for place, operator in enumerate(operators):
        if len(operator.inputs) != 1:
            continue
        source = operator.inputs[0]
        host = _behind(stand_ins, source)
        alone = len(readers[source]) == 1 and changed[host].kind in _HOSTS
        before = changed[host]
        if operator.kind is Kind.NORM and alone and not (before.normed or before.activation_after):
            weights = before.weights + operator.weights
            detail = f"{before.detail} {operator.detail}".strip()
            changed[host] = before._replace(normed=True, weights=weights, detail=detail)
            stand_ins[place] = host
        elif operator.kind in ACTIVATIONS and alone and not before.activation_after:
            changed[host] = before._replace(activation_after=int(operator.kind))
            stand_ins[place] = host
        elif operator.kind in ACTIVATIONS and len(readers[place]) == 1:
            (reader,) = readers[place]
            if operators[reader].kind in WEIGHTED:
                changed[reader] = changed[reader]._replace(activation_before=int(operator.kind))
                stand_ins[place] = source
    return rewire(changed, stand_ins)


def count_repeats(operators: Sequence[Operator]) -> tuple[Operator, ...]:
    """Return the graph with equal blocks in a row as one block that is counted.

    Networks of most spaces stack a cell several times. A block of p operators is the repetition of
    the p before it where all have equal attributes and read operators at equal distances, what it
    reads from outside is the last operator before it alone, and what is read of either block from
    outside is its last operator alone. Then it is taken out, and the counts of the other grow by
    its own. Longer blocks go first. Nothing is lost but where the repetitions stood.

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
        key = (distances, operator.kind, *operator[2:_TIMES], *operator[_TIMES + 1 :])
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
    return rewire(changed, stand_ins)
