"""The name of a submission, which no other plugin may have."""

from __future__ import annotations

from pathlib import Path

from harness.catalog import built_in
from harness.submissions.scored import ScoredSubmission

__all__ = ["name_fault"]


def name_fault(scored: ScoredSubmission) -> str:
    """Return what is wrong with the name of a submission, a sentence, or nothing.

    A file is called like its proxy: so no two files of one folder offer proxies of one name.
    """
    name, file = scored.name, Path(scored.submission)
    if not name:  # it could not be loaded
        return ""
    if name in built_in().loaded:
        return f"A built-in plugin is called {name}; choose another name."
    if file.suffix == ".py" and file.stem != name:
        return f"The file is called {file.name} and its proxy {name}; give both one name."
    return ""
