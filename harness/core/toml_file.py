"""Reading TOML that somebody else may have written."""

from __future__ import annotations

import tomllib
from pathlib import Path

from harness.core.errors import DataError

__all__ = ["read_toml"]

_LONGEST = 1 << 20
"""Bytes; no description of anything is longer, and a parser takes its time over what is."""


def read_toml(path: Path) -> dict[str, object]:
    """Read a TOML file.

    Raises:
        DataError: It is no plain file, longer than 1 MiB, or no TOML.
    """
    if not path.is_file():
        raise DataError(f"there is no file {path}")
    try:
        with path.open("rb") as stream:
            content = stream.read(_LONGEST + 1)
        if len(content) > _LONGEST:
            raise DataError(f"{path} is longer than {_LONGEST} bytes, which no description is")
        return tomllib.loads(content.decode())
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    except RecursionError:
        raise DataError(f"{path} cannot be read as TOML: it is nested too deeply") from None
    except ValueError as error:  # not UTF-8, not TOML, or a number of thousands of digits
        raise DataError(f"{path} cannot be read as TOML: {error}") from None
