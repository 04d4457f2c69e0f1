"""Plugins beside their published values as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.fidelity.verdict import Fidelity
from harness.reports.report_table import Column, Reasons, ReportTable, columns, optional_estimate

__all__ = ["FidelityTable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FidelityTable:
    """Plugins held against their published values, in the order to show them."""

    checks: Sequence[Fidelity]

    @property
    def table(self) -> ReportTable:
        """One row a plugin and published value."""
        return ReportTable(
            columns=columns(
                *("plugin", "verdict", Column(head="ours", reasons=Reasons.ALL, whole=True)),
                *("published", "tolerance", "rests on", "what", "source"),
            ),
            rows=tuple(
                (
                    *(check.plugin, str(check.verdict), check.measured or check.detail),
                    *((known.value, known.tolerance) if (known := check.reference) else ("", "")),
                    check.basis,
                    f"{known.metric}, {known.task}" if known else "",
                    known.source if known else "",
                )
                for check in self.checks
            ),
        )

    @property
    def data(self) -> ReportTable:
        """The same for programs."""
        return ReportTable.of_records(
            [
                {
                    "plugin": check.plugin,
                    "verdict": str(check.verdict),
                    "value": check.measured or optional_estimate(None, None),
                    "published": known.value if (known := check.reference) else None,
                    "tolerance": known.tolerance if known else None,
                    "basis": check.basis,
                    "metric": known.metric if known else "",
                    "task": known.task if known else "",
                    "source": known.source if known else "",
                    "detail": check.detail,
                }
                for check in self.checks
            ]
        )
