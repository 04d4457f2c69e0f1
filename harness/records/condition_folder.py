"""What lies in the folder of a condition, also while a run writes to it and seals its logs.

Records are in sealed segments, in logs with a number, which are being sealed, and in the log that
grows, earlier ones first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from harness.core.files import inside
from harness.records.segments import segment_paths

__all__ = [
    "FolderState",
    "HeldFiles",
    "has_scores",
    "held",
    "next_number",
    "numbered_logs",
    "state",
]

_NUMBERED = re.compile(r"scores-(\d{6})\.jsonl")

FolderState: TypeAlias = tuple[tuple[str, int], ...]
"""Names and lengths of the files with records; another one has other records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFiles:
    """Files that together hold every record of a folder once, earlier ones first.

    Attributes:
        segments: Sealed segments.
        logs: Logs, which are open: another process may rename or delete them.
        state: The state of the folder.
    """

    segments: Sequence[Path]
    logs: Sequence[tuple[Path, BinaryIO]]
    state: FolderState


@contextmanager
def held(folder: Path) -> Iterator[HeldFiles]:
    """Yield the files of a folder at one moment; a run that seals a log meanwhile takes none away.

    Raises:
        InfrastructureError: A symbolic link leads out of the folder.
    """
    while True:
        with ExitStack() as stack:
            before = state(folder)
            unfinished = numbered_logs(folder)
            segments = [
                inside(folder, path)
                for number, paths in segment_paths(folder).items()
                if number not in unfinished
                for path in paths
            ]
            logs = [inside(folder, path) for path in (*unfinished.values(), _growing(folder))]
            try:
                opened = [
                    (path, stack.enter_context(path.open("rb"))) for path in logs if path.exists()
                ]
            except FileNotFoundError:  # sealed in this moment
                continue
            if _names(state(folder)) == _names(before):
                yield HeldFiles(segments=segments, logs=opened, state=before)
                return


def state(folder: Path) -> FolderState:
    """Return the state of a folder."""
    numbered = (path for paths in segment_paths(folder).values() for path in paths)
    files = (*numbered, *numbered_logs(folder).values(), _growing(folder))
    sizes = []
    for path in files:
        try:
            sizes.append((path.name, path.stat().st_size))
        except FileNotFoundError:  # there is none, or it was sealed in this moment
            continue
    return tuple(sizes)


def _names(of: FolderState) -> tuple[str, ...]:
    return tuple(name for name, _ in of)


def numbered_logs(folder: Path) -> dict[int, Path]:
    """Return the logs that are being sealed by their numbers."""
    names = ((_NUMBERED.fullmatch(path.name), path) for path in folder.glob("scores-*.jsonl"))
    return dict(sorted((int(name[1]), path) for name, path in names if name))


def next_number(folder: Path) -> int:
    """Return the number of the next log of a folder that is finished."""
    return max([*segment_paths(folder), *numbered_logs(folder), 0]) + 1


def has_scores(folder: Path) -> bool:
    """Tell whether anything is stored in a folder."""
    return _growing(folder).exists() or any(folder.glob("scores-*"))


def _growing(folder: Path) -> Path:
    return folder / "scores.jsonl"
