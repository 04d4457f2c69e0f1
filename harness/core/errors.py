"""Errors: what was wrong with its value, where, and what to do.

Every error that the harness raises on purpose is a `HarnessError`; the command
line prints its message as one line and leaves with its `exit_code`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from harness.core.counts import listed

__all__ = [
    "ContractError",
    "DataError",
    "HarnessError",
    "InfrastructureError",
    "UndefinedError",
    "UnsupportedError",
    "UsageError",
    "encodable",
    "first_line",
    "sentence_of",
    "unknown_name",
]


_LISTED = 40
"""Known names that one message lists; 99 tasks are a page, not a sentence."""


_TABLES = ".toml, .csv, .tsv or .parquet"
_FILES = {
    "suite": _TABLES,
    "task": _TABLES,
    "space": ".py",
    "plugin": ".py, found settings in .json",
    "batch source": ".py",
    "dataset": ".py",
}
"""What the names of files end in that take the place of a registered name."""


class HarnessError(Exception):
    """Base of every deliberate error of the harness."""

    exit_code = 3


class UsageError(HarnessError):
    """The caller asked for something that does not exist or does not fit."""

    exit_code = 2


class DataError(HarnessError):
    """A file or package holds something else than it should."""


class InfrastructureError(HarnessError):
    """The machine refused: folder not writable, disk full, worker lost, results in use."""


class ContractError(HarnessError):
    """A plugin or a pass broke the contract that it declared."""

    exit_code = 1


class UndefinedError(HarnessError):
    """A score is no finite number for a network, and its proxy knows why."""

    exit_code = 1


class UnsupportedError(HarnessError):
    """A pass or proxy has no value for a network by its definition: nobody's failure, no score."""

    exit_code = 1


def unknown_name(kind: str, name: str, known: Iterable[str], where: str = "") -> UsageError:
    """Build the error for a name that is not registered, with the nearest known name.

    Args:
        kind: What was looked up, e.g. ``"plugin"``.
        name: The name as it was given.
        known: All names that exist.
        where: File and key that held the name, when it came from a file.

    Returns:
        A `UsageError` to raise.
    """
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    place = f" in {where}" if where else ""
    hint = f"; did you mean {near[0]!r}?" if near else "."
    if kind in _FILES and Path(name).is_file():
        hint = f"; it is a file, but files of a {kind} end in {_FILES[kind]}."
    if kind == "suite" and Path(name).is_dir():
        hint = "; it is a folder: name it as the space of a suite in a .toml file."
    shown = listed(names, most=_LISTED) or "none"
    return UsageError(f"unknown {kind} {name!r}{place}{hint} Known: {shown}.")


def sentence_of(error: BaseException) -> str:
    """Return an exception as one line, also where it cannot say itself what it is."""
    try:
        said = str(error)
    except Exception as fault:  # noqa: BLE001 - whatever the code of others raises here
        said = f"its text cannot be read, which raises {type(fault).__name__}"
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return encodable(": ".join([type(error).__name__, *lines[:1]]))


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says, its name where it says nothing."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def encodable(text: str) -> str:
    """Return a text that UTF-8 can hold: undecoded bytes, as of names of files, are escaped."""
    return text.encode("utf-8", "backslashreplace").decode()
