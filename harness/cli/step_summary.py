"""What a gate adds to the summary of a step of GitHub Actions."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["add_to_step_summary", "errors_in_step_summary"]


@contextmanager
def errors_in_step_summary(name: str) -> Iterator[None]:
    """Add an error that ends a gate to the summary of a GitHub step."""
    from harness.api.gating import summary_of_error
    from harness.core.errors import HarnessError

    try:
        yield
    except HarnessError as error:
        add_to_step_summary(summary_of_error(name, error))
        raise


def add_to_step_summary(text: str) -> None:
    """Add Markdown to the summary of a GitHub step, where there is one."""
    from harness.api.gating import write_summary
    from harness.core.files import logged_if_unwritable

    if step := os.environ.get("GITHUB_STEP_SUMMARY"):
        with logged_if_unwritable():
            write_summary(text, Path(step), append=True)
