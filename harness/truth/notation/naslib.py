"""NASLib's names of benchmarks, and how its files write their architectures."""

from __future__ import annotations

from collections.abc import Callable

from harness.core.errors import DataError, unknown_name
from harness.truth.notation import darts, nas_bench_101, nas_bench_201, transnas

__all__ = ["BENCHMARKS", "text_of"]

Text = Callable[[object, str], str]

BENCHMARKS: dict[str, Text] = {
    "nasbench101": nas_bench_101.from_ids,
    "nasbench201": nas_bench_201.from_naslib_ids,
    "nasbench301": darts.from_compact,
    "transbench101_macro": transnas.macro_from_ids,
    "transbench101_micro": transnas.micro_from_ids,
}
_IN_NAS_BENCH_201_IDS = frozenset({"svhn", "ninapro", "scifar100"})


def text_of(benchmark: str, dataset: str) -> Text:
    """Return the function that writes the text of a benchmark's architectures.

    The TransNAS cells of the three data sets that were added by NAS-Bench-Suite-Zero follow
    the ids of NAS-Bench-201, unlike those of TransNAS's own tasks.

    Raises:
        DataError: There is no such benchmark.
    """
    if benchmark not in BENCHMARKS:
        raise DataError(str(unknown_name("benchmark", benchmark, BENCHMARKS)))
    if benchmark == "transbench101_micro" and dataset in _IN_NAS_BENCH_201_IDS:
        return transnas.micro_from_nas_bench_201_ids
    return BENCHMARKS[benchmark]
