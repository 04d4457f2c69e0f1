"""Plugins that were loaded, with where they came from and the identity of what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from harness.core.identity import digest
from harness.operation_scorer import OperationScorer
from harness.passes.observation import closure
from harness.plugin import ZeroCostProxy
from harness.predictor import Predictor
from harness.searched_proxy import SearchedProxy

if TYPE_CHECKING:
    from harness.catalog.origin import Origin

__all__ = ["Loaded", "LoadedPlugin", "LoadedPredictor", "LoadedScorer", "LoadedSearch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPlugin:
    """A zero-cost proxy and where it came from.

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
    def summary(self) -> str:
        """Its sentence for lists."""
        return self.plugin.summary

    @property
    def key(self) -> str:
        """Identity of its scores: name, version, and a digest of passes and foreign source."""
        passes = [f"{one.name}={one.version}" for one in closure(self.plugin.passes)]
        content = digest([*passes, *self.plugin.components, self.source_digest])
        return f"{self.plugin.name}:{self.plugin.version}:{content}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPredictor:
    """A predictor and where it came from.

    Attributes:
        source_digest: Digest of the source of a plugin from outside the package, else empty.
    """

    predictor: Predictor
    origin: Origin
    source_digest: str = ""

    @property
    def name(self) -> str:
        """The predictor's name."""
        return self.predictor.name

    @property
    def summary(self) -> str:
        """Its sentence for lists."""
        return self.predictor.summary

    @property
    def key(self) -> str:
        """Identity of its predictions on equal inputs: name, version, encoding, foreign source."""
        content = digest([self.predictor.encoding.name, self.source_digest])
        return f"{self.predictor.name}:{self.predictor.version}:{content}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSearch:
    """A searched proxy, before any settings are chosen, and where it came from.

    Attributes:
        source_digest: Digest of the source of a plugin from outside the package, else empty.
    """

    searched: SearchedProxy
    origin: Origin
    source_digest: str = ""

    @property
    def name(self) -> str:
        """The searched proxy's name."""
        return self.searched.name

    @property
    def summary(self) -> str:
        """Its sentence for lists."""
        return self.searched.summary

    @property
    def key(self) -> str:
        """Identity of the settings that it finds: name, version, foreign source."""
        return f"{self.searched.name}:{self.searched.version}:{digest([self.source_digest])}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedScorer:
    """An operation scorer and where it came from.

    Attributes:
        source_digest: Digest of the source of a plugin from outside the package, else empty.
    """

    scorer: OperationScorer
    origin: Origin
    source_digest: str = ""

    @property
    def name(self) -> str:
        """The plugin's name."""
        return self.scorer.name

    @property
    def summary(self) -> str:
        """Its sentence for lists."""
        return self.scorer.summary

    @property
    def key(self) -> str:
        """Identity of its scores on equal probes: name, version, foreign source."""
        return f"{self.scorer.name}:{self.scorer.version}:{digest([self.source_digest])}"


Loaded: TypeAlias = LoadedPlugin | LoadedPredictor | LoadedScorer | LoadedSearch
