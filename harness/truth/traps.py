"""Traps of published files: what a file or its page says, and what it holds instead."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from harness.truth.registry_file import registry_files

__all__ = ["Trap", "traps", "traps_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """One way in which published results are not what they seem.

    Attributes:
        name: Short name.
        publication: Name of the registry's file that states it.
        sources: Names of the files that it is about.
        tasks: Names of the tasks that it touches; empty where none is affected.
        says: What the file, its name or its page says.
        holds: What is in it.
        evidence: How that is known, with numbers.
        handling: What the harness does about it.
    """

    name: str
    publication: str
    sources: tuple[str, ...]
    tasks: tuple[str, ...]
    says: str
    holds: str
    evidence: str
    handling: str


@functools.cache
def traps() -> tuple[Trap, ...]:
    """Return every trap, publication by publication."""
    return tuple(
        Trap(publication=publication, **dict(row))
        for publication, file in registry_files().items()
        for row in file.trap
    )


def traps_of(task: str) -> tuple[Trap, ...]:
    """Return the traps that touch a task; none where it is not one of the registry."""
    return tuple(trap for trap in traps() if task in trap.tasks)
