"""The end of a command whose plugins failed on everything: exit code 1, and a sentence.

It comes after all is stored and written: what the others scored is not lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.execution.run import Run

__all__ = ["refuse", "refuse_failed"]


def refuse_failed(*runs: Run) -> None:
    """End the command where a plugin has no score of any architecture, since scoring it failed.

    Args:
        *runs: What was scored, after it was.

    Raises:
        ContractError: There is such a plugin.
    """
    from harness.evaluation import failed_everywhere, failures_text, stored_methods

    reasons: dict[str, str] = {}
    for prepared in runs:
        n = len(prepared.population.architectures)
        for name, failures in failed_everywhere(stored_methods(prepared)).items():
            what = f"{name} failed on all {n} architectures"
            reasons.setdefault(what, failures_text(failures))
    refuse(reasons)


def refuse(reasons: Mapping[str, str]) -> None:
    """End the command where something failed altogether.

    Args:
        reasons: What failed on what, and why.

    Raises:
        ContractError: There is any.
    """
    from harness.core.errors import ContractError

    if reasons:
        listed = "; ".join(f"{what} ({reason})" for what, reason in reasons.items())
        raise ContractError(
            f"{listed}; everything else is stored and shown, and harness check tries a plugin on "
            "a few architectures"
        )
