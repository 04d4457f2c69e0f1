"""Where a plugin comes from, and how any process, a worker too, loads it from there."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from harness.catalog.loaded import (
    LoadedPlugin,
    LoadedPredictor,
    LoadedProxy,
    LoadedScorer,
    LoadedSearch,
    required,
)
from harness.core.errors import ContractError, DataError, UsageError
from harness.isolation import process_guard
from harness.operation_scorer import OperationScorer
from harness.plugin import ZeroCostProxy
from harness.predictor import Predictor
from harness.searched_proxy import SearchedProxy

__all__ = ["FromFile", "FromModule", "FromObject", "FromSettings", "Origin", "sentence"]

_CONSTANT = "PLUGIN"
_CONSTANTS = "PLUGINS"


@dataclass(frozen=True, slots=True, kw_only=True)
class FromModule:
    """A module of this package, or one that an entry point of another package names."""

    module: str
    attribute: str = _CONSTANT

    def __str__(self) -> str:
        return self.module

    @property
    def outside(self) -> bool:
        """Whether it is code of others than this package."""
        return not self.module.startswith("harness.")

    def load(self) -> LoadedProxy:
        """Import the module and return its proxy."""
        return required(LoadedProxy, self.load_all()[0], self.module)

    def load_all(self) -> tuple[LoadedPlugin[Any], ...]:
        """Import the module and return all its plugins, of any kind.

        Raises:
            ContractError: A module of others leaves the process changed, or has no proper plugin.
        """
        with _import_watched(self):
            module = importlib.import_module(self.module)
        source = _digest(inspect.getsource(module)) if self.outside else ""
        return _plugins_of(module, self, self.attribute, source)


@dataclass(frozen=True, slots=True, kw_only=True)
class FromFile:
    """One Python file outside any package."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    @property
    def outside(self) -> bool:
        """Always: no file is part of this package."""
        return True

    def load(self) -> LoadedProxy:
        """Execute the file and return its proxy.

        Raises:
            UsageError: There is no such file, or it holds plugins of another kind.
            ContractError: The file cannot be imported, or has no proper ``PLUGIN``.
        """
        return required(LoadedProxy, self.load_all()[0], str(self.path))

    def load_all(self) -> tuple[LoadedPlugin[Any], ...]:
        """Execute the file and return all its plugins, of any kind.

        Raises:
            UsageError: There is no such file.
            ContractError: The file cannot be imported, or has no proper ``PLUGIN``.
        """
        content = _digest(_read(self.path))
        name = f"harness_plugin_{content}"
        spec = importlib.util.spec_from_file_location(name, self.path)
        if spec is None or spec.loader is None:
            raise ContractError(f"{self.path} is not a Python file; a plugin is one .py file")
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        try:
            with _import_watched(self):
                spec.loader.exec_module(module)
        except ContractError:
            raise
        except SyntaxError as error:
            raise ContractError(f"{self.path}:{error.lineno}: syntax error: {error.msg}") from error
        except (Exception, SystemExit) as error:  # a plugin does not end the harness
            raise ContractError(f"{self.path} cannot be imported: {sentence(error)}") from error
        return _plugins_of(module, self, _CONSTANT, content)


@dataclass(frozen=True, slots=True, kw_only=True)
class FromObject:
    """A plugin made in a running process, carried to workers by value."""

    payload: bytes
    source_digest: str

    def __str__(self) -> str:
        return "an object of the calling program"

    @property
    def outside(self) -> bool:
        """Always: the calling program is not part of this package."""
        return True

    @staticmethod
    def of(plugin: ZeroCostProxy, written: Callable[..., object]) -> FromObject:
        """Wrap a plugin.

        Its pickled form and, where Python knows it, the source of the function that the user has
        written are its identity: an edited function is another plugin.
        """
        import cloudpickle

        payload = cloudpickle.dumps(plugin)
        try:
            source = inspect.getsource(written)
        except (OSError, TypeError):
            source = ""
        content = hashlib.sha256(payload + source.encode()).hexdigest()[:16]
        return FromObject(payload=payload, source_digest=content)

    def load(self) -> LoadedProxy:
        """Unwrap the plugin; only ever called on what this program itself wrapped."""
        import cloudpickle

        with _import_watched(self):
            plugin = cloudpickle.loads(self.payload)
        return LoadedProxy(plugin=plugin, origin=self, source_digest=self.source_digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class FromSettings:
    """The proxy that a searched proxy makes of settings that were found.

    Attributes:
        searched: Where the searched proxy comes from.
        search: Its name.
        name: Name of the proxy.
        settings: The settings as JSON.
    """

    searched: FromModule | FromFile
    search: str
    name: str
    settings: str

    def __str__(self) -> str:
        return f"settings of {self.search}"

    @property
    def outside(self) -> bool:
        """Whether the searched proxy is code of others than this package."""
        return self.searched.outside

    def load(self) -> LoadedProxy:
        """Make the proxy.

        Raises:
            UsageError: The searched proxy is gone, or cannot read the settings.
        """
        found = {one.name: one for one in self.searched.load_all()}.get(self.search)
        if not isinstance(found, LoadedSearch):
            raise UsageError(f"{self.searched} has no searched proxy {self.search!r} any more")
        proxy = replace(found.plugin.proxy(json.loads(self.settings)), name=self.name)
        part = found.plugin.identity(json.loads(self.settings))
        content = _digest(found.source_digest + json.dumps(part, sort_keys=True))
        return LoadedProxy(plugin=proxy, origin=self, source_digest=content)


Origin = FromModule | FromFile | FromObject | FromSettings


def _import_watched(origin: Origin) -> AbstractContextManager[None]:
    """Put back what an import of others leaves changed in the process, and refuse the plugin."""
    if not origin.outside:
        return nullcontext()
    return process_guard().watching(f"the import of {origin}")


def sentence(error: BaseException) -> str:
    """Return an exception as one line."""
    return f"{type(error).__name__}: {error}".strip().splitlines()[0]


def _plugins_of(
    module: ModuleType, origin: Origin, attribute: str, source: str
) -> tuple[LoadedPlugin[Any], ...]:
    """Return what the module has under the constant, or one or more under ``PLUGINS``."""
    single = getattr(module, attribute, None)
    several = getattr(module, _CONSTANTS, ())
    found = (single,) if single is not None else several
    loaded = tuple(_loaded(one, origin, attribute, source) for one in found)
    if not loaded:
        raise _unfit("nothing", origin, attribute)
    if len(loaded) > 1 and any(isinstance(one, LoadedProxy) for one in loaded):
        names = ", ".join(one.name for one in loaded)
        raise ContractError(f"{origin} holds {names}; a proxy has a file of its own, as PLUGIN")
    return loaded


def _loaded(plugin: object, origin: Origin, attribute: str, source: str) -> LoadedPlugin[Any]:
    match plugin:
        case ZeroCostProxy():
            return LoadedProxy(plugin=plugin, origin=origin, source_digest=source)
        case Predictor():
            return LoadedPredictor(plugin=plugin, origin=origin, source_digest=source)
        case SearchedProxy():
            return LoadedSearch(plugin=plugin, origin=origin, source_digest=source)
        case OperationScorer():
            return LoadedScorer(plugin=plugin, origin=origin, source_digest=source)
        case _:
            raise _unfit(f"a {type(plugin).__name__}", origin, attribute)


def _unfit(found: str, origin: Origin, attribute: str) -> ContractError:
    return ContractError(
        f"{origin} has {found} under the name {attribute}; "
        f"a plugin module ends with {attribute} = ZeroCostProxy(...), Predictor(...), "
        "OperationScorer(...) or SearchedProxy(...)"
    )


def _read(path: Path) -> str:
    if not path.is_file():
        raise UsageError(f"there is no plugin file {path}")
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read the plugin file {path}: {error}") from error


def _digest(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()[:16]
