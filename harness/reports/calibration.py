"""How sure a predictor was, as columns for programs."""

from __future__ import annotations

from harness.learning.picks import LEVELS, Calibration
from harness.reports.report_table import Cell

__all__ = ["calibration_record"]


def calibration_record(calibration: Calibration | None) -> dict[str, Cell]:
    """Return the columns; they are empty where a predictor does not say how sure it is."""
    inside = calibration.inside if calibration else (None,) * len(LEVELS)
    return {
        "expected_above_pick": calibration.expected_above if calibration else None,
        "crps": calibration.crps if calibration else None,
        **{
            f"inside_{round(100 * level)}": share
            for level, share in zip(LEVELS, inside, strict=True)
        },
    }
