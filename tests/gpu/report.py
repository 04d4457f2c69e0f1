"""The figures of a GPU as one JSON file."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SerializeAsAny, model_validator

from tests.gpu.figures import FIGURES, Check, Figures, Strict

__all__ = ["Report", "StepReport"]


class StepReport(Strict):
    """A step.

    Attributes:
        status: ``cut``: it ran out of time, and figures are those that it had by then.
        reason: Why it failed.
    """

    name: str
    status: Literal["done", "cut", "failed"]
    seconds: float
    limit_s: float
    reason: str = ""
    figures: SerializeAsAny[Figures]
    checks: list[Check] = Field(default_factory=list)

    @model_validator(mode="before")
    @classmethod
    def _with_figures_of_its_step(cls, values: dict[str, object]) -> dict[str, object]:
        figures = values.get("figures")
        if isinstance(figures, dict):
            return {**values, "figures": FIGURES[str(values["name"])].model_validate(figures)}
        return values


class Report(Strict):
    """All steps.

    Attributes:
        version: Of this form.
        device: ``"cpu"`` or ``"cuda"``.
        small: Whether sizes were those of a test.
        seconds: Of all steps.
        missing: Steps for which no time was left, or that have not begun.
    """

    version: Literal[1] = 1
    device: str
    small: bool
    seconds: float = 0.0
    missing: list[str] = Field(default_factory=list)
    steps: list[StepReport] = Field(default_factory=list)

    @property
    def broken(self) -> list[str]:
        """What does not hold, and steps that did not come to their end."""
        return [
            *(f"{step.name}: {step.reason}" for step in self.steps if step.status != "done"),
            *(
                f"{step.name}: {check.what} ({check.found})"
                for step in self.steps
                for check in step.checks
                if check.holds is False
            ),
        ]
