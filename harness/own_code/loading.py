"""Loads files and modules of others, and says by which digest their code is known."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import sys
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType

from harness.core.errors import ContractError, DataError, UsageError, sentence_of
from harness.core.identity import digest
from harness.isolation import process_guard
from harness.own_code.current_modules import require_current
from harness.own_code.own_modules import OwnModule, own_modules, own_modules_of
from harness.own_code.source_code import parsed

__all__ = ["OwnCode", "execute_file", "import_module_of_others", "read_source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCode:
    """A module that was loaded, and the identity of its code.

    Attributes:
        digest: Of the module's source and that of the user's own modules that it imports.
    """

    module: ModuleType
    digest: str


def execute_file(path: Path, kind: str, modules: Path | None = None) -> OwnCode:
    """Execute a file outside any package.

    Args:
        path: The file.
        kind: What it should be, for messages, e.g. ``"plugin"``.
        modules: Folder of the user's own modules, where they travelled with the file.

    Raises:
        UsageError: There is no such file.
        ContractError: It cannot be imported, or leaves the process changed.
    """
    source = read_source(path, kind)
    if modules is not None and str(modules) not in sys.path:
        sys.path.insert(0, str(modules))
    name = f"harness_{kind}_{hashlib.sha256(source.encode()).hexdigest()[:16]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ContractError(f"{path} is not a Python file; a {kind} is one .py file")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        # Python's loader may take an edited file for its compiled copy of the same second.
        code = compile(source, path, "exec", dont_inherit=True)
        with process_guard().watching(f"the import of {path}", importing=True):
            exec(code, vars(module))  # noqa: S102
    except ContractError:
        raise
    except SyntaxError as error:
        raise ContractError(f"{path}:{error.lineno}: syntax error: {error.msg}") from error
    except (Exception, SystemExit) as error:  # code of others does not end the harness
        remedy = _remedy(path, error) if isinstance(error, ModuleNotFoundError) else ""
        raise ContractError(
            f"{path} cannot be imported: {sentence_of(error)}{_line(path, error)}{remedy}"
        ) from error
    imported = own_modules_of(source)
    _require_first_on_path(path, imported.values())
    return OwnCode(module=module, digest=_code_digest(parsed(source).content, imported))


def import_module_of_others(name: str) -> OwnCode:
    """Import a module of another package.

    Raises:
        ContractError: It leaves the process changed, or a module of it was edited since its import.
    """
    with process_guard().watching(f"the import of {name}", importing=True):
        module = importlib.import_module(name)
    modules = own_modules([name], package=name.partition(".")[0])
    return OwnCode(module=module, digest=_code_digest("", modules))


def read_source(path: Path, kind: str) -> str:
    """Return the text of a file of source.

    Raises:
        UsageError: There is no such file.
        DataError: It cannot be read.
    """
    if not path.is_file():
        raise UsageError(f"there is no {kind} file {path}")
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read the {kind} file {path}: {error}") from error


def _line(path: Path, error: BaseException) -> str:
    """Say in which line of a file its import failed."""
    places = traceback.extract_tb(error.__traceback__)
    lines = [place.lineno for place in places if place.filename == str(path)]
    return f" (line {lines[-1]})" if lines else ""


def _remedy(path: Path, error: ModuleNotFoundError) -> str:
    """Say how a module is found that a file imports."""
    package = str(error.name).partition(".")[0]
    if any((path.parent / f"{package}{end}").exists() for end in (".py", "/__init__.py")):
        return f"; it lies beside the file: set PYTHONPATH to {path.parent}"
    return f"; run: pip install {package}"


def _code_digest(content: str, modules: Mapping[str, OwnModule]) -> str:
    """Return the identity of source, and check that it is what this process runs.

    Raises:
        ContractError: A module was edited after it was imported.
    """
    require_current(modules.values())
    return digest([content, {name: module.content for name, module in modules.items()}])


def _require_first_on_path(file: Path, modules: Iterable[OwnModule]) -> None:
    """Refuse a file that was handed another file's module of the same name.

    Raises:
        ContractError: It was.
    """
    for module in modules:
        first = None if "." in module.name else PathFinder.find_spec(module.name)
        if first is None or first.origin is None:
            continue
        if os.path.realpath(first.origin) != os.path.realpath(module.path):
            raise ContractError(
                f"{file} imports {module.name} and would get {module.path}, which another plugin "
                f"has imported, instead of {first.origin}; rename one of the two modules, or run "
                "the plugins by two commands"
            )
