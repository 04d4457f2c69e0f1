"""What ``harness search`` was asked for, and refusals of what has no part in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.truth import Places

__all__ = ["Asked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The options of one command; None is what was not given.

    Attributes:
        task: Name of the task.
        algorithms: Names of algorithms of one kind, at least one.
        guide: Names of guides.
        fitness: Names or files of proxies whose score is maximised.
        queries: Queries of one search, or networks that it scores.
        repeats: Searches for each row.
        best: Share of the table that counts as the best.
        time: Proxy that the time of a training is proportional to, or ``"none"``.
        scores: Suite of whose stored runs proxies have their scores.
        proposals: Proposals of a search in supernets.
        validation: Batches of its validation.
        batch: Source and size of the images that networks see.
        images: Folder or archive of images.
        seed: Seed of everything drawn.
        results: The results folder.
        places: Where truth tables are.
    """

    task: str
    algorithms: Sequence[str]
    guide: Sequence[str] | None
    fitness: Sequence[str] | None
    queries: int | None
    repeats: int | None
    best: float | None
    time: str | None
    scores: str | None
    proposals: int | None
    validation: int | None
    batch: str | None
    images: Path | None
    seed: int
    results: Path
    places: Places

    def refuse(self, way: str, *names: str) -> None:
        """Refuse options that were given and would be ignored.

        Args:
            way: What they have no part in.
            names: Names of options.

        Raises:
            UsageError: One was given.
        """
        from harness.core.errors import UsageError

        for name in names:
            if getattr(self, name) is not None:
                raise UsageError(f"--{name} has no part in {way}; leave it out")
