"""Plugins that were loaded, with where they came from and the identity of what they say."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from harness.core.errors import ContractError, HarnessError, UsageError, sentence_of
from harness.core.identity import Json, digest
from harness.isolation import process_guard
from harness.operation_scorer import OperationScorer
from harness.passes.observation import closure
from harness.plugin import ZeroCostProxy
from harness.predictor import Predictor
from harness.searched_proxy import SearchedProxy

if TYPE_CHECKING:
    from harness.catalog.origin import Origin

__all__ = [
    "LoadedPlugin",
    "LoadedPredictor",
    "LoadedProxy",
    "LoadedScorer",
    "LoadedSearch",
    "require_kind",
]

P = TypeVar("P", ZeroCostProxy, Predictor, SearchedProxy, OperationScorer)
L = TypeVar("L", bound="LoadedPlugin[Any]")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPlugin(Generic[P]):
    """A plugin of any kind and where it came from.

    Attributes:
        kind: What such plugins are called.
        use: Which command evaluates them.
        plugin: What its module has under ``PLUGIN``.
        source_digest: Digest of the source of a plugin from outside the package, else empty.
    """

    kind: ClassVar[str] = "plugin"
    use: ClassVar[str] = ""

    plugin: P
    origin: Origin
    source_digest: str = ""

    @property
    def name(self) -> str:
        """The plugin's name."""
        return self.plugin.name

    @property
    def outside(self) -> str:
        """Its name where it is code of others, which has processes of its own; else empty."""
        return self.plugin.name if self.origin.outside else ""

    @property
    def summary(self) -> str:
        """Its sentence for lists."""
        return self.plugin.summary

    @property
    def better(self) -> str:
        """Which of its values are better, ``"higher"`` or ``"lower"``; empty if it has none."""
        return ""

    @property
    def key(self) -> str:
        """Identity of what it says: name, version, and a digest of parts and foreign source."""
        content = digest([*self._parts(), self.source_digest])
        return f"{self.plugin.name}:{self.plugin.version}:{content}"

    def _parts(self) -> list[str]:
        """Return what its values depend on besides its own source."""
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedProxy(LoadedPlugin[ZeroCostProxy]):
    """A zero-cost proxy; passes and components are part of its identity."""

    kind: ClassVar[str] = "proxy"
    use: ClassVar[str] = "proxies are evaluated with harness run"

    @property
    def better(self) -> str:
        """The direction that the proxy declares."""
        return str(self.plugin.direction)

    def oriented(self, components: Mapping[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """Return what components of n networks, each of shape ``(n,)``, become as scores.

        Higher is better. Components of a set-level proxy are aggregated over these networks; code
        of others is watched meanwhile.

        Raises:
            ContractError: The rule that aggregates returned no real numbers.
        """
        watches = self.outside and self.plugin.aggregate is not None
        with process_guard().watching(self.name) if watches else nullcontext():
            scores = self.plugin.combined(components)
        return self.plugin.direction.orient(scores)

    def _parts(self) -> list[str]:
        passes = [
            f"{required_pass.name}={required_pass.version}"
            for required_pass in closure(self.plugin.passes)
        ]
        return [*passes, *self.plugin.components]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPredictor(LoadedPlugin[Predictor]):
    """A predictor; on equal inputs, its encoding is part of its identity."""

    kind: ClassVar[str] = "predictor"
    use: ClassVar[str] = "predictors learn from labels and are evaluated with harness predict"

    @property
    def better(self) -> str:
        """Predictions follow the labels, of which higher is better."""
        return "higher"

    def _parts(self) -> list[str]:
        return [self.plugin.encoding.name]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSearch(LoadedPlugin[SearchedProxy]):
    """A searched proxy, before any settings are chosen."""

    kind: ClassVar[str] = "searched proxy"
    use: ClassVar[str] = (
        "harness tune finds its settings with labels and writes a file that is a proxy"
    )

    def proxy(self, settings: Json) -> ZeroCostProxy:
        """Return the proxy of some settings.

        Raises:
            UsageError: The searched proxy says that they do not fit.
            ContractError: It fails otherwise, or makes something else of them.
        """
        try:
            made: object = self.plugin.proxy(settings)
        except HarnessError:
            raise
        except (Exception, SystemExit) as error:
            raise ContractError(
                f"searched proxy {self.name} makes no proxy of the settings {settings!r:.80}: "
                f"{sentence_of(error)}"
            ) from error
        if not isinstance(made, ZeroCostProxy):
            raise ContractError(
                f"searched proxy {self.name} makes {made!r:.80} of the settings {settings!r:.80}; "
                "it makes a ZeroCostProxy of them"
            )
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedScorer(LoadedPlugin[OperationScorer]):
    """An operation scorer."""

    kind: ClassVar[str] = "operation scorer"
    use: ClassVar[str] = "operation scorers are evaluated with harness operations"

    @property
    def better(self) -> str:
        """The direction that the scorer declares."""
        return str(self.plugin.direction)


def require_kind(kind: type[L], plugin: LoadedPlugin[Any], where: str) -> L:
    """Return a plugin as one of a kind.

    Raises:
        UsageError: It is of another kind; the message says where it stood and what it is for.
    """
    if not isinstance(plugin, kind):
        place = f" in {where}" if where else ""
        raise UsageError(
            f"the {plugin.kind} {plugin.name!r}{place} is no {kind.kind}; {plugin.use}"
        )
    return plugin
