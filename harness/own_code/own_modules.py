"""The user's own modules that some code imports: resolved as Python does, read, never executed.

A module is the user's own unless it is part of the standard library, of this package, or lies in
``site-packages`` or ``dist-packages``; an editable installation lies elsewhere and is the user's.
Imports are followed wherever they stand, inside functions and conditions too, through packages and
cycles. What `importlib` or ``__import__`` is handed as a text cannot be seen.
"""

from __future__ import annotations

import hashlib
import os
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.machinery import BYTECODE_SUFFIXES, SOURCE_SUFFIXES, ModuleSpec
from importlib.util import decode_source
from pathlib import Path

from harness.own_code.source_code import Import, parsed

__all__ = ["OwnModule", "imported_names", "is_own", "own_modules", "own_modules_of"]

_INSTALLED = {"site-packages", "dist-packages"}
_PYC_HEAD = 16  # bytes of a compiled file that tell of its source, not of its code


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnModule:
    """A module of the user's own.

    Attributes:
        name: Its full name.
        path: Its file.
        is_package: Whether the file is the ``__init__`` of a package.
        source: Its text; absent for compiled modules, which are known by the bytes of their file.
        content: Digest of what it says.
    """

    name: str
    path: str
    is_package: bool
    source: str | None
    content: str


def own_modules(names: Iterable[str], package: str = "") -> dict[str, OwnModule]:
    """Return modules of the user's own and all those that they import, by name, sorted.

    Args:
        names: Full names; those of other modules, and of none, are passed over.
        package: Name of an installed package that counts as the user's own.
    """
    waiting = list(names)
    modules: dict[str, OwnModule] = {}
    specs: dict[str, ModuleSpec | None] = {}
    while waiting:
        for name in _with_parents(waiting.pop()):
            visited = name in specs
            spec = specs[name] if visited else specs.setdefault(name, _spec(name))
            if spec is None or (spec.has_location and not _is_users(spec, package)):
                break  # nothing below it is the user's own
            if not visited and _is_users(spec, package):
                modules[name] = _read(spec)
                waiting += _imported_by(modules[name])
    return dict(sorted(modules.items()))


def own_modules_of(source: str) -> dict[str, OwnModule]:
    """Return the user's own modules that a file outside any package imports, by name, sorted."""
    return own_modules(imported_names(parsed(source).imports, ""))


def imported_names(imports: Iterable[Import], package: str) -> list[str]:
    """Return full names of all modules that imports may load; some are names of other things.

    Args:
        imports: What a module imports.
        package: The package that relative imports start from.
    """
    names: list[str] = []
    for statement in imports:
        base = statement.module
        if statement.level:
            parts = package.split(".") if package else []
            above = parts[: len(parts) - statement.level + 1]
            base = ".".join([*above, base] if base else above)
        if base:
            names += [base, *(f"{base}.{member}" for member in statement.members)]
    return names


def is_own(name: str) -> bool:
    """Tell whether a module is the user's own."""
    spec = _spec(name)
    return spec is not None and _is_users(spec, "")


def _imported_by(module: OwnModule) -> list[str]:
    if module.source is None:
        return []
    code = parsed(module.source)
    if not module.is_package:
        return imported_names(code.imports, module.name.rpartition(".")[0])
    submodules = [f"{module.name}.{name}" for name in code.exported]
    return [*imported_names(code.imports, module.name), *submodules]


def _with_parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[: length + 1]) for length in range(len(parts))]


def _spec(name: str) -> ModuleSpec | None:
    """Return where a module is; no package is executed to find out."""
    if name in sys.modules:
        return getattr(sys.modules[name], "__spec__", None)
    parent = name.rpartition(".")[0]
    locations: Sequence[str] | None = None
    if parent:
        above = _spec(parent)
        if above is None or above.submodule_search_locations is None:
            return None
        locations = list(above.submodule_search_locations)
    for finder in sys.meta_path:
        spec: ModuleSpec | None = finder.find_spec(name, locations)
        if spec is not None:
            return spec
    return None


def _is_users(spec: ModuleSpec, package: str) -> bool:
    top = spec.name.partition(".")[0]
    if top == "harness" or not spec.has_location or spec.origin is None:
        return False  # this package, or built in, frozen, a namespace package
    if top == package:
        return True
    return not any(_is_installed(path) for path in (spec.origin, os.path.realpath(spec.origin)))


@cache
def _is_installed(path: str) -> bool:
    folder = Path(path)
    return bool(_INSTALLED & set(folder.parts)) or any(
        folder.is_relative_to(library) for library in _library_folders()
    )


@cache
def _library_folders() -> tuple[str, ...]:
    folders = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib")]
    return tuple({path for folder in folders for path in (folder, os.path.realpath(folder))})


def _read(spec: ModuleSpec) -> OwnModule:
    path = str(spec.origin)
    source = _source(spec, path)
    if source is not None:
        content = parsed(source).content
    else:
        data = Path(path).read_bytes() if Path(path).is_file() else b""
        start = _PYC_HEAD if path.endswith(tuple(BYTECODE_SUFFIXES)) else 0
        content = hashlib.sha256(data[start:]).hexdigest()
    return OwnModule(
        name=spec.name,
        path=path,
        is_package=spec.submodule_search_locations is not None,
        source=source,
        content=content,
    )


def _source(spec: ModuleSpec, path: str) -> str | None:
    if path.endswith(tuple(SOURCE_SUFFIXES)) and Path(path).is_file():
        try:
            return decode_source(Path(path).read_bytes())
        except (SyntaxError, UnicodeDecodeError):  # of an unknown encoding: known by its bytes
            return None
    get_source = getattr(spec.loader, "get_source", None)  # such as that of a zip file
    text: str | None = get_source(spec.name) if get_source else None
    return text
