"""A static site of everything that committed records say."""

from harness.reports.site.build import Site, write_site
from harness.reports.site.content import Content, PublishedValue, gather
from harness.reports.site.records import MeasuredValue, read_measured

__all__ = [
    "Content",
    "MeasuredValue",
    "PublishedValue",
    "Site",
    "gather",
    "read_measured",
    "write_site",
]
