"""Finds plugins: built-in ones, installed ones, files and objects; a broken one breaks nothing."""

from harness.catalog.catalog import BrokenPlugin, Catalog, built_in, installed
from harness.catalog.loaded import (
    LoadedPlugin,
    LoadedPredictor,
    LoadedProxy,
    LoadedScorer,
    LoadedSearch,
    require_kind,
)
from harness.catalog.origin import FromFile, FromModule, FromObject, FromSettings, Origin

__all__ = [
    "BrokenPlugin",
    "Catalog",
    "FromFile",
    "FromModule",
    "FromObject",
    "FromSettings",
    "LoadedPlugin",
    "LoadedPredictor",
    "LoadedProxy",
    "LoadedScorer",
    "LoadedSearch",
    "Origin",
    "built_in",
    "installed",
    "require_kind",
]
