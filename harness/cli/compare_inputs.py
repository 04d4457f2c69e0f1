"""What ``harness compare`` was asked to compare."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli import settings
from harness.core.errors import UsageError

if TYPE_CHECKING:
    from harness.evaluation import Side as ScoredSide
    from harness.execution.run import Options
    from harness.suite import Suite

__all__ = ["Folder", "Published", "Side", "load_side", "read_side", "tasks_of"]

_PUBLISHED = "stored"
_EVERY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """Published scores of the proxies named; of all where none is."""

    text: str
    proxies: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """Records of a results folder: of the plugins named, of all of the suite where none is."""

    text: str
    folder: Path
    plugins: tuple[str, ...]


Side = Published | Folder


def read_side(text: str, results: Path) -> Side:
    """Understand a plugin, ``FOLDER:PLUGIN``, ``FOLDER``, ``stored:PROXY`` or ``stored:*``.

    Args:
        text: What the user wrote.
        results: Folder of a plugin that is named alone.

    Raises:
        UsageError: The folder does not exist, or nothing stands beside the colon.
    """
    before, colon, after = text.rpartition(":")
    if not colon and not Path(text).is_dir():
        return Folder(text=text, folder=results, plugins=(text,))
    if not colon:
        before, after = text, _EVERY
    if not before or not after:
        raise UsageError(f"{text!r} names one side of a comparison; write FOLDER:PLUGIN")
    names = () if after == _EVERY else (after,)
    if before == _PUBLISHED:
        return Published(text=text, proxies=names)
    if not Path(before).is_dir():
        raise UsageError(f"{text}: there is no results folder {before}")
    return Folder(text=text, folder=Path(before), plugins=names)


def tasks_of(sides: Sequence[Side], asked: Sequence[str], suite: Suite) -> tuple[str, ...]:
    """Return the tasks asked for, or those of the suite that all sides have scores of.

    Raises:
        UsageError: Published scores are asked for and the suite has no task with any.
    """
    if asked:
        return tuple(dict.fromkeys(asked))
    if not any(isinstance(one, Published) for one in sides):
        return suite.tasks
    from harness.truth import task, tasks_with_scores

    known = tasks_with_scores()
    found = tuple(name for name in suite.tasks if name in known)
    if not found:
        fitting = [name for name in known if task(name).space == suite.space]
        raise UsageError(
            f"no task of suite {suite.name} has published scores; name one with --task, of "
            f"{suite.space} e.g. {', '.join(fitting) or 'none'}"
        )
    return found


def load_side(side: Side, suite: Suite, options: Options) -> ScoredSide:
    """Read the scores of a side.

    Raises:
        HarnessError: They cannot be read, or there are none.
    """
    from harness.catalog import LoadedProxy
    from harness.evaluation import read_computed, read_published
    from harness.execution.run import open_run

    match side:
        case Published():
            return read_published(side.text, side.proxies, suite.tasks)
        case Folder():
            named = settings.choose(LoadedProxy, side.plugins, "")
            plugins = named or settings.choose_plugins(suite, [], only=False)
            here = dataclasses.replace(options, results=side.folder)
            return read_computed(side.text, open_run(suite, plugins, here))
