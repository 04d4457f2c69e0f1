"""A leaderboard as one HTML page that needs no network, no server and no other file."""

from harness.report.page.curves import curves_page
from harness.report.page.document import page

__all__ = ["curves_page", "page"]
