"""Plugins against their published values."""

from harness.fidelity.proxies import check_proxies
from harness.fidelity.scorers import check_scorers
from harness.fidelity.table import FidelityTable
from harness.fidelity.verdict import Fidelity, Published, Verdict, judge

__all__ = [
    "Fidelity",
    "FidelityTable",
    "Published",
    "Verdict",
    "check_proxies",
    "check_scorers",
    "judge",
]
