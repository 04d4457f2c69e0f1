"""Writes a working plugin or space, and its test, for somebody to change."""

from __future__ import annotations

import keyword
import re
import sys
from importlib.metadata import packages_distributions
from importlib.resources import files
from pathlib import Path
from string import Template

from harness.catalog import installed
from harness.core.errors import UsageError
from harness.core.files import write_at_once
from harness.spaces.registry import names_space

__all__ = ["write_proxy", "write_space"]


def write_proxy(name: str, folder: Path) -> tuple[Path, Path]:
    """Write ``NAME.py``, a zero-cost proxy that keeps its contract, and ``test_NAME.py``.

    Args:
        name: Name of the proxy: small letters, digits and underscores.
        folder: Existing or new folder.

    Returns:
        The two files.

    Raises:
        UsageError: The name is no name for a plugin, is taken, or one of the files is there.
        InfrastructureError: The folder cannot be written.
    """
    _require_name(name, "plugin")
    if name in installed().loaded:
        raise UsageError(f"the name {name} is taken by a plugin of the harness; choose another")
    return _write(name, "proxy", folder)


def write_space(name: str, folder: Path) -> tuple[Path, Path]:
    """Write ``NAME.py``, a space of small networks that keeps its contract, and its test.

    Args:
        name: Name of the space: small letters, digits and underscores.
        folder: Existing or new folder.

    Returns:
        The two files.

    Raises:
        UsageError: The name is no name for a space, is taken, or one of the files is there.
        InfrastructureError: The folder cannot be written.
    """
    _require_name(name, "space")
    if names_space(name):
        raise UsageError(f"the name {name} is taken by another space; choose another")
    return _write(name, "space", folder)


def _require_name(name: str, kind: str) -> None:
    if keyword.iskeyword(name):
        raise UsageError(
            f"{name!r} is no name for a {kind}: it is a keyword of Python; choose another"
        )
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name):
        raise UsageError(
            f"{name[:80]!r} is no name for a {kind}; use up to 60 small letters, digits and "
            "underscores, a letter first"
        )
    if name in sys.stdlib_module_names or name in packages_distributions():
        raise UsageError(
            f"{name}.py would hide the Python module {name} from the programs beside it; choose "
            "another name"
        )


def _write(name: str, kind: str, folder: Path) -> tuple[Path, Path]:
    targets = (folder / f"{name}.py", folder / f"test_{name}.py")
    for target in targets:
        if target.exists():
            raise UsageError(f"{target} is there already, and nothing was written; move it away")
    fields = {"name": name, "title": name.replace("_", " ").capitalize()}
    templates = (f"{kind}.py.txt", f"{kind}_test.py.txt")
    for target, template in zip(targets, templates, strict=True):
        text = files("harness.starters").joinpath(template).read_text(encoding="utf-8")
        write_at_once(target, Template(text).substitute(fields), "choose another --folder")
    return targets
