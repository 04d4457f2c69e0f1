"""A page of a site, before it is HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page shows, and by which template.

    Attributes:
        path: From the root of the site.
        template: Name of its template.
        title: Its heading.
        kind: What it is about, for the search.
        summary: A sentence, for the search and for lists.
        shown: What its template shows.
    """

    path: str
    template: str
    title: str
    kind: str
    summary: str
    shown: Mapping[str, object] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """What leads from the page to the root of the site."""
        return "../" * self.path.count("/")
