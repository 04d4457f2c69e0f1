"""What a submission may take, and what it may read."""

from __future__ import annotations

from pathlib import Path

from harness.core.errors import UsageError
from harness.isolation import Confinement, library_folders
from harness.truth import Packaged, Places, sources, where

__all__ = [
    "ATTEMPTS",
    "LONGEST_BYTES",
    "MEMORY_BYTES",
    "NETWORK_S",
    "PROCESSOR_S",
    "TEMPORARY",
    "WALL_S",
    "confinement_of",
    "length_fault",
]

NETWORK_S = 60.0
"""Seconds that one network may take."""

PROCESSOR_S = 30 * 60.0
"""Processor seconds for all networks together."""

WALL_S = 60 * 60.0
"""Seconds after which the process is ended, whatever it does."""

MEMORY_BYTES = 4 * 2**30
"""Memory of one worker process."""

LONGEST_BYTES = 64 * 2**10
"""Length of a file: a proxy is short, and a table of accuracies is not."""

ATTEMPTS, TEMPORARY = "attempts.txt", "temporary"
"""In the folder of a submission: what was refused, and files that are gone in the end."""


def length_fault(path: Path) -> str:
    """Return why a file is too long for a proxy, or nothing.

    Raises:
        UsageError: There is no such file.
    """
    if not path.is_file():
        raise UsageError(f"there is no submission {path}; name a .py file or a package")
    if (length := path.stat().st_size) <= LONGEST_BYTES:
        return ""
    return (
        f"{path.name} has {length} bytes; a submission has {LONGEST_BYTES} at most, since a proxy "
        "is short and a table is none"
    )


def confinement_of(submission: str, folder: Path) -> Confinement:
    """Return what worker processes of a submission may read: libraries, and its own file.

    Args:
        submission: The file, or the name of an installed package.
        folder: Where it is scored; attempts are written to a file in it.
    """
    places = Places.from_environment()
    packaged = [source for source in sources() if isinstance(source.origin, Packaged)]
    files = [location.path for source in packaged if (location := where(source, places))]
    folders = [folder for folder in (places.data_dir, places.cache()) if folder is not None]
    own = [Path(submission)] if submission.endswith(".py") else []
    return Confinement(
        readable=(*library_folders(), *own),
        hidden=(*files, *folders),
        modules=("harness.truth", *{source.origin.path.partition("/")[0] for source in packaged}),
        temporary=folder / TEMPORARY,
        log=folder / ATTEMPTS,
    )
