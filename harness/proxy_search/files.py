"""Found settings as files: one JSON object each, written at once or not at all."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from harness.core.errors import DataError, UsageError
from harness.core.file_faults import first_fault
from harness.core.files import write_at_once
from harness.proxy_search.found import Found

__all__ = ["load_found", "write_found"]


def write_found(searched: Found, results: Path) -> Path:
    """Write settings into ``proxies/TASK`` and return the path.

    Raises:
        InfrastructureError: The folder cannot be written.
    """
    stem = f"{searched.search}-{len(searched.labelled)}x{searched.evaluations}-seed{searched.seed}"
    path = results / "proxies" / searched.task / f"{stem}.json"
    content = searched.model_dump_json(indent=1) + "\n"
    write_at_once(path, content, "choose another folder with --results")
    return path


def load_found(path: Path) -> Found:
    """Read settings.

    Raises:
        UsageError: There is no such file.
        DataError: It holds something else.
    """
    if not path.is_file():
        raise UsageError(f"there is no file of settings {path}; harness tune writes them")
    try:
        return Found.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read the settings {path}: {error}") from error
    except ValidationError as error:
        key, fault = first_fault(error)
        raise DataError(
            f"{path}: {key or 'the file'} is wrong: {fault}; search anew with harness tune"
        ) from error
