"""All plugins by name, and those that could not be read."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from importlib.metadata import entry_points
from typing import Any, TypeVar

from harness.catalog.loaded import LoadedPlugin, require_kind
from harness.catalog.origin import FromModule, Origin
from harness.core.errors import UsageError, sentence_of, unknown_name

__all__ = ["BrokenPlugin", "Catalog", "built_in", "installed"]

_GROUP = "harness.plugins"
_SPACES = "harness.plugins.spaces"
"""Package of spaces, which are no methods."""

L = TypeVar("L", bound=LoadedPlugin[Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPlugin:
    """Something that should be a plugin and cannot be used."""

    origin: Origin
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """All plugins that this process knows, by name, and those that could not be read.

    Attributes:
        loaded: Plugins of every kind by their names; no name is of two.
        broken: What could not be read.
    """

    loaded: dict[str, LoadedPlugin[Any]] = field(default_factory=dict)
    broken: tuple[BrokenPlugin, ...] = ()

    def of_kind(self, kind: type[L]) -> dict[str, L]:
        """Return the plugins of one kind by their names."""
        return {name: plugin for name, plugin in self.loaded.items() if isinstance(plugin, kind)}

    def choose(self, kind: type[L], names: Iterable[str], where: str) -> tuple[L, ...]:
        """Return the named plugins of one kind, each once; ``"*"`` stands for all of them.

        Raises:
            UsageError: A name is unknown, or that of another kind; the message says where it stood
                and what is near it.
        """
        known = self.of_kind(kind)
        chosen: dict[str, L] = {}
        for name in names:
            if name == "*":
                chosen |= known
            elif name in self.loaded:
                chosen[name] = require_kind(kind, self.loaded[name], where)
            else:
                raise unknown_name(kind.kind, name, known, where)
        return tuple(chosen.values())

    def with_plugin(self, added: LoadedPlugin[Any]) -> Catalog:
        """Return a catalog that also holds `added`.

        Raises:
            UsageError: Its name is taken.
        """
        if added.name in self.loaded:
            other = self.loaded[added.name].origin
            raise UsageError(
                f"the plugin of {added.origin} is named {added.name!r} like the one of {other}; "
                "give it another name (of a function, that of its def)"
            )
        return replace(self, loaded={**self.loaded, added.name: added})


def installed() -> Catalog:
    """Return the built-in plugins and those that other packages offer as entry points."""
    return _loaded([*_built_in(), *_offered()])


def built_in() -> Catalog:
    """Return the plugins of this package alone; no code of others is imported."""
    return _loaded(_built_in())


def _loaded(origins: Iterable[FromModule]) -> Catalog:
    catalog, broken = Catalog(), []
    for origin in origins:
        try:
            plugins = origin.load_all()
            for plugin in plugins:
                catalog = catalog.with_plugin(plugin)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's import may raise anything
            broken.append(BrokenPlugin(origin=origin, reason=sentence_of(error)))
    return Catalog(loaded=dict(sorted(catalog.loaded.items())), broken=tuple(broken))


def _built_in() -> Iterator[FromModule]:
    package = importlib.import_module("harness.plugins")
    for kind in pkgutil.iter_modules(package.__path__, "harness.plugins."):
        if kind.ispkg and kind.name != _SPACES:
            methods = importlib.import_module(kind.name)
            for module in pkgutil.iter_modules(methods.__path__, f"{kind.name}."):
                yield FromModule(module=module.name)


def _offered() -> Iterator[FromModule]:
    for point in entry_points(group=_GROUP):
        yield FromModule(module=point.module, attribute=point.attr or "PLUGIN")
