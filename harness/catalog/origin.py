"""Where a plugin comes from, and how any process, a worker too, loads it from there."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from harness.core.errors import ContractError, DataError, UsageError
from harness.core.identity import digest
from harness.passes.observation import closure
from harness.plugin import ZeroCostProxy

__all__ = ["FromFile", "FromModule", "FromObject", "LoadedPlugin", "Origin", "sentence"]

_CONSTANT = "PLUGIN"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPlugin:
    """A plugin and where it came from.

    Attributes:
        source_digest: Digest of the source of a plugin from outside the package, else empty.
    """

    plugin: ZeroCostProxy
    origin: Origin
    source_digest: str = ""

    @property
    def name(self) -> str:
        """The plugin's name."""
        return self.plugin.name

    @property
    def key(self) -> str:
        """Identity of its scores: name, version, and a digest of passes and foreign source."""
        passes = [f"{one.name}={one.version}" for one in closure(self.plugin.passes)]
        content = digest([*passes, *self.plugin.components, self.source_digest])
        return f"{self.plugin.name}:{self.plugin.version}:{content}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FromModule:
    """A module of this package, or one that an entry point of another package names."""

    module: str
    attribute: str = _CONSTANT

    def __str__(self) -> str:
        return self.module

    def load(self) -> LoadedPlugin:
        """Import the module and return its plugin."""
        module = importlib.import_module(self.module)
        plugin = _plugin_of(module, self.module, self.attribute)
        foreign = not self.module.startswith("harness.")
        source = _digest(inspect.getsource(module)) if foreign else ""
        return LoadedPlugin(plugin=plugin, origin=self, source_digest=source)


@dataclass(frozen=True, slots=True, kw_only=True)
class FromFile:
    """One Python file outside any package."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    def load(self) -> LoadedPlugin:
        """Execute the file and return its plugin.

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
            spec.loader.exec_module(module)
        except SyntaxError as error:
            raise ContractError(f"{self.path}:{error.lineno}: syntax error: {error.msg}") from error
        except Exception as error:
            raise ContractError(f"{self.path} cannot be imported: {sentence(error)}") from error
        plugin = _plugin_of(module, str(self.path), _CONSTANT)
        return LoadedPlugin(plugin=plugin, origin=self, source_digest=content)


@dataclass(frozen=True, slots=True, kw_only=True)
class FromObject:
    """A plugin made in a running process, carried to workers by value."""

    payload: bytes
    source_digest: str

    def __str__(self) -> str:
        return "an object of the calling program"

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

    def load(self) -> LoadedPlugin:
        """Unwrap the plugin; only ever called on what this program itself wrapped."""
        import cloudpickle

        plugin = cloudpickle.loads(self.payload)
        return LoadedPlugin(plugin=plugin, origin=self, source_digest=self.source_digest)


Origin = FromModule | FromFile | FromObject


def sentence(error: BaseException) -> str:
    """Return an exception as one line."""
    return f"{type(error).__name__}: {error}".strip().splitlines()[0]


def _plugin_of(module: ModuleType, where: str, attribute: str) -> ZeroCostProxy:
    plugin = getattr(module, attribute, None)
    if not isinstance(plugin, ZeroCostProxy):
        found = "nothing" if plugin is None else f"a {type(plugin).__name__}"
        raise ContractError(
            f"{where} has {found} under the name {attribute}; "
            f"a plugin module ends with {attribute} = ZeroCostProxy(...)"
        )
    return plugin


def _read(path: Path) -> str:
    if not path.is_file():
        raise UsageError(f"there is no plugin file {path}")
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read the plugin file {path}: {error}") from error


def _digest(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()[:16]
