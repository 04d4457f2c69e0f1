"""All plugins by name, and those that could not be read."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import entry_points
from typing import TypeVar, assert_never

from harness.catalog.loaded import Loaded, LoadedPlugin, LoadedPredictor, LoadedScorer, LoadedSearch
from harness.catalog.origin import FromModule, Origin, sentence
from harness.core.errors import ContractError, UsageError, unknown_name
from harness.core.names import FILE_NAME

__all__ = ["BrokenPlugin", "Catalog", "installed"]

_GROUP = "harness.plugins"

L = TypeVar("L", LoadedPredictor, LoadedScorer, LoadedSearch)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPlugin:
    """Something that should be a plugin and cannot be used."""

    origin: Origin
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """All plugins that this process knows, by name, and those that could not be read.

    Attributes:
        plugins: Zero-cost proxies.
        predictors: Predictors.
        searches: Searched proxies.
        scorers: Operation scorers; no name is of two kinds.
        broken: What could not be read.
    """

    plugins: dict[str, LoadedPlugin]
    predictors: dict[str, LoadedPredictor] = field(default_factory=dict)
    searches: dict[str, LoadedSearch] = field(default_factory=dict)
    scorers: dict[str, LoadedScorer] = field(default_factory=dict)
    broken: tuple[BrokenPlugin, ...] = ()

    def choose(self, names: Iterable[str], where: str) -> tuple[LoadedPlugin, ...]:
        """Return the named proxies, each once; ``"*"`` stands for all of them.

        Raises:
            UsageError: A name is unknown, or that of another kind; the message says where it stood
                and what is near it.
        """
        chosen: dict[str, LoadedPlugin] = {}
        for name in names:
            if name == "*":
                chosen |= self.plugins
            elif name in self.plugins:
                chosen[name] = self.plugins[name]
            elif name in self.predictors:
                place = f" in {where}" if where else ""
                raise UsageError(
                    f"{name!r}{place} is a predictor and needs labels; "
                    f"evaluate it with harness predict TASK --plugin {name}"
                )
            elif name in self.searches:
                place = f" in {where}" if where else ""
                raise UsageError(
                    f"{name!r}{place} is searched and needs labels; search its settings with "
                    f"harness search-proxy TASK --plugin {name}, then name the file it writes"
                )
            elif name in self.scorers:
                place = f" in {where}" if where else ""
                raise UsageError(
                    f"{name!r}{place} scores operations, not architectures; "
                    f"evaluate it with harness operations TASK --scorer {name}"
                )
            else:
                raise unknown_name("plugin", name, self.plugins, where)
        return tuple(chosen.values())

    def choose_predictors(self, names: Iterable[str], where: str) -> tuple[LoadedPredictor, ...]:
        """Return the named predictors, each once; ``"*"`` stands for all of them.

        Raises:
            UsageError: A name is unknown; the message says where it stood and what is near it.
        """
        return _chosen("predictor", self.predictors, names, where)

    def choose_scorers(self, names: Iterable[str], where: str) -> tuple[LoadedScorer, ...]:
        """Return the named operation scorers, each once; ``"*"`` stands for all of them.

        Raises:
            UsageError: A name is unknown; the message says where it stood and what is near it.
        """
        return _chosen("operation scorer", self.scorers, names, where)

    def choose_searches(self, names: Iterable[str], where: str) -> tuple[LoadedSearch, ...]:
        """Return the named searched proxies, each once; ``"*"`` stands for all of them.

        Raises:
            UsageError: A name is unknown; the message says where it stood and what is near it.
        """
        return _chosen("searched proxy", self.searches, names, where)

    def with_plugin(self, added: Loaded) -> Catalog:
        """Return a catalog that also holds `added`.

        Raises:
            UsageError: Its name is taken.
            ContractError: Its name cannot be part of a path, or its summary of a table.
        """
        _require_plain(added)
        taken = (
            self.plugins.get(added.name)
            or self.predictors.get(added.name)
            or self.scorers.get(added.name)
            or self.searches.get(added.name)
        )
        if taken is not None:
            raise UsageError(
                f"the plugin of {added.origin} is named {added.name!r} like the one of "
                f"{taken.origin}; give it another name"
            )
        match added:
            case LoadedPlugin():
                return replace(self, plugins={**self.plugins, added.name: added})
            case LoadedPredictor():
                return replace(self, predictors={**self.predictors, added.name: added})
            case LoadedSearch():
                return replace(self, searches={**self.searches, added.name: added})
            case LoadedScorer():
                return replace(self, scorers={**self.scorers, added.name: added})
            case _:
                assert_never(added)


def _chosen(kind: str, known: Mapping[str, L], names: Iterable[str], where: str) -> tuple[L, ...]:
    chosen: dict[str, L] = {}
    for name in names:
        if name != "*" and name not in known:
            raise unknown_name(kind, name, known, where)
        chosen |= known if name == "*" else {name: known[name]}
    return tuple(chosen.values())


def _require_plain(added: Loaded) -> None:
    if not re.fullmatch(FILE_NAME, added.name):
        raise ContractError(
            f"the plugin of {added.origin} is named {added.name[:80]!r}; a name has letters, "
            "digits and ._+-, a letter or digit first"
        )
    if not added.summary.isprintable():
        raise ContractError(
            f"the summary of {added.name} ({added.origin}) is {added.summary[:80]!r}; it is one "
            "line of printable text"
        )


def installed() -> Catalog:
    """Return the built-in plugins and those that other packages offer as entry points."""
    catalog, broken = Catalog(plugins={}), []
    for origin in [*_built_in(), *_offered()]:
        try:
            found = origin.load_all()
            for one in found:
                catalog = catalog.with_plugin(one)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's import may raise anything
            broken.append(BrokenPlugin(origin=origin, reason=sentence(error)))
    return Catalog(
        plugins=dict(sorted(catalog.plugins.items())),
        predictors=dict(sorted(catalog.predictors.items())),
        searches=dict(sorted(catalog.searches.items())),
        scorers=dict(sorted(catalog.scorers.items())),
        broken=tuple(broken),
    )


def _built_in() -> Iterator[FromModule]:
    package = importlib.import_module("harness.plugins")
    for kind in pkgutil.iter_modules(package.__path__, "harness.plugins."):
        if kind.ispkg:
            methods = importlib.import_module(kind.name)
            for found in pkgutil.iter_modules(methods.__path__, f"{kind.name}."):
                yield FromModule(module=found.name)


def _offered() -> Iterator[FromModule]:
    for point in entry_points(group=_GROUP):
        yield FromModule(module=point.module, attribute=point.attr or "PLUGIN")
