"""Process-wide state of Python and of the system that no pair of functions sets."""

from __future__ import annotations

import decimal
import gc
import locale
import os
import signal
import sys
import warnings
from _signal import getsignal  # type: ignore[import-not-found]  # that of C: no enumerations
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["SURROUNDINGS"]


_SIGNALS = tuple(int(number) for number in signal.valid_signals())


def _signal_handlers() -> dict[int, object]:
    return {number: getsignal(number) for number in _SIGNALS}


def _set_signal_handlers(wanted: Mapping[int, Any]) -> None:
    present = _signal_handlers()
    for number, handler in wanted.items():
        if present[number] is not handler and handler is not None:
            signal.signal(number, handler)


def _set_environment(wanted: Mapping[str, str]) -> None:
    for name in set(os.environ) - set(wanted):
        del os.environ[name]
    os.environ.update(wanted)


def _set_filters(wanted: list[Any]) -> None:
    warnings.filters[:] = wanted  # type: ignore[index]
    warnings._filters_mutated()  # type: ignore[attr-defined]


def _set_showwarning(wanted: Callable[..., None]) -> None:
    warnings.showwarning = wanted


def _garbage() -> tuple[bool, tuple[int, ...]]:
    return gc.isenabled(), gc.get_threshold()


def _set_garbage(wanted: tuple[bool, tuple[int, int, int]]) -> None:
    enabled, threshold = wanted
    (gc.enable if enabled else gc.disable)()
    gc.set_threshold(*threshold)


def _locale() -> str:
    return locale.setlocale(locale.LC_ALL)


def _set_locale(wanted: str) -> None:
    locale.setlocale(locale.LC_ALL, wanted)


def _decimal() -> tuple[int, str]:
    context = decimal.getcontext()
    return context.prec, context.rounding


def _set_decimal(wanted: tuple[int, str]) -> None:
    context = decimal.getcontext()
    context.prec, context.rounding = wanted


def _processors() -> object:
    return os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None


def _set_processors(wanted: set[int]) -> None:
    os.sched_setaffinity(0, wanted)


SURROUNDINGS: tuple[tuple[str, Callable[[], object], Callable[[Any], object], bool], ...] = (
    ("the locale", _locale, _set_locale, False),
    ("the decimal context", _decimal, _set_decimal, False),
    ("the processors of the process", _processors, _set_processors, False),
    ("environment variables", lambda: dict(os.environ), _set_environment, True),
    ("the filters of warnings", lambda: list(warnings.filters), _set_filters, True),
    ("warnings.showwarning", lambda: warnings.showwarning, _set_showwarning, True),
    ("sys.getrecursionlimit()", sys.getrecursionlimit, sys.setrecursionlimit, True),
    ("the handlers of signals", _signal_handlers, _set_signal_handlers, True),
    ("the garbage collector", _garbage, _set_garbage, True),
)
"""Name, how it is read, how it is set, whether packages commonly change it when first imported."""
