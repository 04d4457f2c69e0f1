"""Results as HTML pages, each of which needs no network, no server and no other file."""

from harness.report.page.document import page
from harness.report.page.matrix import matrix_page
from harness.report.page.predictor_curves import curves_page
from harness.report.page.search_curves import searches_page

__all__ = ["curves_page", "matrix_page", "page", "searches_page"]
