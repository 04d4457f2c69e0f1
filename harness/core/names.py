"""Names that people give and that files, tables and terminals then show."""

from __future__ import annotations

__all__ = ["FILE_NAME", "is_path"]

FILE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$"
"""What a name may look like that becomes part of a path: no separators, no leading dot."""


def is_path(name: str) -> bool:
    """Tell whether what names a task is the path of a table of one's own, or of its description."""
    return name.lower().endswith((".toml", ".csv", ".tsv", ".parquet"))
