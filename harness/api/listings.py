"""Rows of what the lists of the harness return; `harness.frame` turns them into a pandas frame."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["BatchInfo", "PluginInfo", "SourceFile", "SpaceInfo"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchInfo:
    """One batch source of a list.

    Attributes:
        summary: One sentence.
        needs: What it reads; empty where it reads nothing.
        options: What a suite may set in its ``[batch]`` options.
    """

    name: str
    summary: str
    needs: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginInfo:
    """One plugin of a list.

    Attributes:
        kind: ``"proxy"``, ``"predictor"``, ``"searched proxy"`` or ``"operation scorer"``.
        better: ``"higher"`` or ``"lower"``; empty where it has no values.
        summary: One sentence.
    """

    name: str
    kind: str
    version: str
    better: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceInfo:
    """One space of a list.

    Attributes:
        size: Number of architectures; None where they are not counted.
        origin: ``"built-in"``, the module that an installed one comes from, or its file.
        datasets: Data sets that the harness has ground truth of.
        fault: Why it cannot be used; empty where it can.
    """

    name: str
    size: int | None
    origin: str
    summary: str
    datasets: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file of ground truth on this machine.

    Attributes:
        source: Name of the source.
        place: Kind of place it was found in; empty where it is not on this machine.
        path: The file.
        fault: Why it cannot be used; empty where nothing was wrong, or nobody looked.
    """

    source: str
    place: str = ""
    path: Path | None = None
    fault: str = ""
