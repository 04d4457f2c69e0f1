"""Leaderboards as HTML pages, each of which needs no network, no server and no other file."""

from harness.reports.page.document import page

__all__ = ["page"]
