"""NAS-Bench-Macro: ``01201222``, one digit a layer, 0 identity, 1 MB k3 e3, 2 MB k5 e6."""

from __future__ import annotations

from harness.core.errors import DataError
from harness.spaces import nas_bench_macro
from harness.truth.notation.written import text_in
from harness.truth.reading import quoted

__all__ = ["from_digits"]


def from_digits(text: object, where: str) -> str:
    """Return the text, which the file writes the same way."""
    if not isinstance(text, str):
        raise DataError(f"{where}: expected eight digits, found {quoted(text)}")
    return text_in(nas_bench_macro.SPACE, text, where)
