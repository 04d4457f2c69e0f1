"""Results as HTML pages, each of which needs no network, no server and no other file."""

from harness.reports.page.document import page
from harness.reports.page.matrix import matrix_page
from harness.reports.page.predictor_curves import curves_page
from harness.reports.page.search_curves import searches_page

__all__ = ["curves_page", "matrix_page", "page", "searches_page"]
