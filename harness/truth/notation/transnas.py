"""TransNAS-Bench-101: ``64-41414-a_bc_def`` (micro) and ``64-4111-basic`` (macro).

Micro: operations of the edges (0,1), of (0,2) (1,2), and of (0,3) (1,3) (2,3); 0 none,
1 skip_connect, 2 nor_conv_1x1, 3 nor_conv_3x3. Macro: 4 to 6 modules, 1 keeps shape and channels,
2 doubles the channels, 3 halves the resolution, 4 does both.
"""

from __future__ import annotations

from harness.core.errors import DataError
from harness.spaces import transnas_bench_101_macro, transnas_bench_101_micro
from harness.truth.notation.literal import integers
from harness.truth.notation.written import text_in
from harness.truth.reading import quoted

__all__ = ["macro", "macro_from_ids", "micro", "micro_from_ids", "micro_from_nas_bench_201_ids"]

_EDGES = ((0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3))
_IDS_OF_NAS_BENCH_201 = (1, 0, 3, 2)


def micro(text: object, where: str) -> str:
    """Return the text of a micro architecture that is written like that already."""
    if not isinstance(text, str) or not text.startswith("64-41414-"):
        raise DataError(f"{where}: expected '64-41414-a_bc_def', found {quoted(text)}")
    return text_in(transnas_bench_101_micro.SPACE, text, where)


def macro(text: object, where: str) -> str:
    """Return the text of a macro architecture that is written like that already."""
    if not isinstance(text, str) or not text.endswith("-basic"):
        raise DataError(f"{where}: expected '64-MODULES-basic', found {quoted(text)}")
    return text_in(transnas_bench_101_macro.SPACE, text, where)


def micro_from_ids(ids: object, where: str) -> str:
    """Return the text of NASLib's six ids in the order of edges and operations above."""
    first, *others = _six(ids, where)
    digits = "".join(map(str, others))
    return micro(f"64-41414-{first}_{digits[:2]}_{digits[2:]}", where)


def micro_from_nas_bench_201_ids(ids: object, where: str) -> str:
    """Return the text of six ids that follow NASLib's NAS-Bench-201 instead.

    There the edges are (0,1) (0,2) (0,3) (1,2) (1,3) (2,3), and 0 is skip_connect, 1 none,
    2 nor_conv_3x3, 3 nor_conv_1x1. (Found by comparing numbers of parameters: read so, their
    ranks agree with those of the other files, and not at all if read the other way.)
    """
    by_edge = dict(zip(sorted(_EDGES), _six(ids, where), strict=True))
    return micro_from_ids([_IDS_OF_NAS_BENCH_201[by_edge[edge]] for edge in _EDGES], where)


def macro_from_ids(ids: object, where: str) -> str:
    """Return the text of NASLib's modules; zeros at the end are padding."""
    modules = "".join(map(str, integers(ids, where))).rstrip("0")
    return macro(f"64-{modules}-basic", where)


def _six(ids: object, where: str) -> tuple[int, ...]:
    numbers = integers(ids, where)
    if len(numbers) != len(_EDGES) or any(number not in range(4) for number in numbers):
        raise DataError(f"{where}: expected six ids from 0 to 3, found {quoted(ids)}")
    return numbers
