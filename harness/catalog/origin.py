"""Where a plugin comes from, and how any process, a worker too, loads it from there."""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from harness.catalog.fields import require_fields
from harness.catalog.loaded import (
    LoadedPlugin,
    LoadedPredictor,
    LoadedProxy,
    LoadedScorer,
    LoadedSearch,
    require_kind,
)
from harness.catalog.object_identity import object_identity
from harness.core.errors import ContractError, UsageError, sentence_of
from harness.isolation import process_guard
from harness.operation_scorer import OperationScorer
from harness.own_code import execute_file, import_module_of_others
from harness.own_code.current_modules import require_current
from harness.own_code.own_modules import own_modules
from harness.plugin import ZeroCostProxy
from harness.predictor import Predictor
from harness.searched_proxy import SearchedProxy

__all__ = ["FromFile", "FromModule", "FromObject", "FromSettings", "Origin"]

_CONSTANT = "PLUGIN"
_CONSTANTS = "PLUGINS"
_DESCRIPTION = ("name", "version", "summary", "references", "identity_by_version")


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
        return require_kind(LoadedProxy, self.load_all()[0], self.module)

    def load_all(self) -> tuple[LoadedPlugin[Any], ...]:
        """Import the module and return all its plugins, of any kind.

        Raises:
            ContractError: A module of others leaves the process changed, or has no proper plugin.
        """
        if not self.outside:
            return _plugins_of(importlib.import_module(self.module), self, self.attribute, "")
        code = import_module_of_others(self.module)
        return _plugins_of(code.module, self, self.attribute, code.digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class FromFile:
    """One Python file outside any package.

    Attributes:
        modules: Folder of the user's own modules, where they travelled with the file.
    """

    path: Path
    modules: Path | None = None

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
        return require_kind(LoadedProxy, self.load_all()[0], str(self.path))

    def load_all(self) -> tuple[LoadedPlugin[Any], ...]:
        """Execute the file and return all its plugins, of any kind.

        Raises:
            UsageError: There is no such file.
            ContractError: The file cannot be imported, or has no proper ``PLUGIN``.
        """
        code = execute_file(self.path, "plugin", self.modules)
        return _plugins_of(code.module, self, _CONSTANT, code.digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class FromObject:
    """A plugin made in a running process, carried to workers by value.

    Attributes:
        payload: The plugin, pickled.
        source_digest: Its identity.
        modules: The user's own modules that workers import for it, with digests of their source.
    """

    payload: bytes
    source_digest: str
    modules: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return "an object of the calling program"

    @property
    def outside(self) -> bool:
        """Always: the calling program is not part of this package."""
        return True

    @staticmethod
    def of(plugin: ZeroCostProxy | Predictor | OperationScorer, written: object) -> FromObject:
        """Wrap a plugin.

        Args:
            plugin: The plugin.
            written: What the user has written: the plugin, or a function that it was made of.

        Raises:
            ContractError: It uses something that cannot be compared or sent to workers, or an own
                module that was edited after it was imported.
        """
        import cloudpickle

        try:
            payload = cloudpickle.dumps(plugin)
        except Exception as error:
            raise ContractError(
                f"{plugin.name} cannot be sent to workers: {sentence_of(error)}; write it into a "
                "file of its own"
            ) from error
        if getattr(plugin, "identity_by_version", False):
            return FromObject(payload=payload, source_digest="")
        identity = object_identity(_parts(plugin) if written is plugin else written)
        require_current(identity.modules.values())
        modules = tuple((name, module.content) for name, module in identity.modules.items())
        return FromObject(payload=payload, source_digest=identity.content, modules=modules)

    def load(self) -> LoadedProxy:
        """Unwrap a proxy.

        Raises:
            UsageError: It is a plugin of another kind.
            ContractError: A module that it uses was edited meanwhile.
        """
        return require_kind(LoadedProxy, self.load_all()[0], str(self))

    def load_all(self) -> tuple[LoadedPlugin[Any], ...]:
        """Unwrap the plugin, of any kind; only ever called on what this program itself wrapped.

        Raises:
            ContractError: A module that it uses was edited meanwhile.
        """
        import cloudpickle

        with process_guard().watching(f"the import of {self}", importing=True):
            plugin = cloudpickle.loads(self.payload)
        now = own_modules(name for name, _ in self.modules)
        for name, content in self.modules:
            if name not in now or now[name].content != content:
                raise ContractError(f"the module {name} was edited; edit no module while it runs")
        return (_loaded(plugin, self, _CONSTANT, self.source_digest),)


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
            ContractError: The proxy of these settings has a field of another kind.
        """
        search = {plugin.name: plugin for plugin in self.searched.load_all()}.get(self.search)
        if not isinstance(search, LoadedSearch):
            raise UsageError(f"{self.searched} has no searched proxy {self.search!r} any more")
        proxy = replace(search.proxy(json.loads(self.settings)), name=self.name)
        require_fields(proxy, str(self))
        part = search.plugin.identity(json.loads(self.settings))
        content = _digest(search.source_digest + json.dumps(part, sort_keys=True))
        return LoadedProxy(plugin=proxy, origin=self, source_digest=content)


Origin = FromModule | FromFile | FromObject | FromSettings


def _plugins_of(
    module: ModuleType, origin: Origin, attribute: str, source: str
) -> tuple[LoadedPlugin[Any], ...]:
    """Return what the module has under the constant, or one or more under ``PLUGINS``."""
    single = getattr(module, attribute, None)
    several = getattr(module, _CONSTANTS, ())
    if not isinstance(several, Sequence):
        raise ContractError(
            f"{origin} has a single object of type {type(several).__name__} under the name "
            f"{_CONSTANTS}; give a tuple of plugins, or name it {attribute}"
        )
    constants = (single,) if single is not None else several
    loaded = tuple(_loaded(constant, origin, attribute, source) for constant in constants)
    if not loaded:
        raise _unfit("nothing", origin, attribute)
    if len(loaded) > 1 and any(isinstance(plugin, LoadedProxy) for plugin in loaded):
        names = ", ".join(plugin.name for plugin in loaded)
        raise ContractError(f"{origin} holds {names}; a proxy has a file of its own, as PLUGIN")
    return loaded


def _loaded(plugin: object, origin: Origin, attribute: str, source: str) -> LoadedPlugin[Any]:
    if isinstance(plugin, ZeroCostProxy | Predictor | SearchedProxy | OperationScorer):
        require_fields(plugin, str(origin))
    if getattr(plugin, "identity_by_version", False):
        source = ""
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
            raise _unfit(f"an object of type {type(plugin).__name__}", origin, attribute)


def _parts(plugin: ZeroCostProxy | Predictor | OperationScorer) -> dict[str, object]:
    """Return what the user has said of a plugin, beside its description."""
    return {
        part.name: getattr(plugin, part.name)
        for part in fields(plugin)
        if part.name not in _DESCRIPTION and getattr(plugin, part.name) is not part.default
    }


def _unfit(content: str, origin: Origin, attribute: str) -> ContractError:
    return ContractError(
        f"{origin} has {content} under the name {attribute}; "
        f"a plugin module ends with {attribute} = ZeroCostProxy(...), Predictor(...), "
        "OperationScorer(...) or SearchedProxy(...)"
    )


def _digest(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()[:16]
