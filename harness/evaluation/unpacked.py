"""Stored scores seen as what a contender needs of them, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from harness.records.scores import StoredScore

__all__ = ["Unpacked"]

T = TypeVar("T")


class Unpacked(Mapping[str, T], Generic[T]):
    """Part of every stored score of some architectures, made when it is asked for.

    Scores lie in columns; as objects, those of a large space would not fit into memory.

    Args:
        stored: Stored scores by text.
        texts: The architectures that are seen.
        part: What is wanted of a score; a text for which it is nothing is not in the mapping.
    """

    def __init__(
        self,
        stored: Mapping[str, StoredScore],
        texts: Mapping[str, object],
        part: Callable[[StoredScore], T | None],
    ) -> None:
        self._stored, self._texts, self._part = stored, texts, part

    def __getitem__(self, text: str) -> T:
        found = self._part(self._stored[text]) if text in self._texts else None
        if found is None:
            raise KeyError(text)
        return found

    def __iter__(self) -> Iterator[str]:
        return (text for text in self._texts if text in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return next(iter(self), None) is not None
