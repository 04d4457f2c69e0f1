"""Pages that the plugins and metrics themselves write: a hook of mkdocs.

Nothing that a docstring says is said again by hand, so that the site cannot lag behind the code.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from harness.catalog import (
    FromModule,
    LoadedPlugin,
    LoadedPredictor,
    LoadedProxy,
    LoadedScorer,
    LoadedSearch,
    installed,
)
from harness.metrics import METRICS

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the catalogue to the pages that are there."""
    from mkdocs.structure.files import File

    catalog = installed()
    pages = {
        f"catalogue/{name}.md": _plugins(title, catalog.of_kind(kind).values())
        for name, title, kind in (
            ("proxies", "Zero-cost proxies", LoadedProxy),
            ("predictors", "Predictors", LoadedPredictor),
            ("operation-scorers", "Operation scorers", LoadedScorer),
            ("searched-proxies", "Searched proxies", LoadedSearch),
        )
    }
    pages["catalogue/metrics.md"] = _metrics()
    for path, content in pages.items():
        files.append(File.generated(config, path, content=content))
    return files


def _plugins(title: str, found: Iterable[LoadedPlugin[Any]]) -> str:
    """Return a page with the docstring of every module, under the names that it defines."""
    by_module: dict[str, list[tuple[str, str]]] = {}
    for one in found:
        if isinstance(one.origin, FromModule) and one.origin.module.startswith("harness."):
            by_module.setdefault(one.origin.module, []).append((one.name, one.summary))
    lines = [f"# {title}", "", "Every entry is the documentation of its module.", ""]
    for module, plugins in by_module.items():
        lines += [f"## {module.rpartition('.')[2]}", ""]
        lines += [f"* `{name}`: {summary}" for name, summary in plugins]
        lines += ["", f"::: {module}", "    options: {members: false}", ""]
    return "\n".join(lines)


def _metrics() -> str:
    lines = ["# Metrics", "", "`harness.metrics.METRICS`; n is a number of architectures.", ""]
    for metric in METRICS.values():
        span = f"{metric.range.low:g} to {metric.range.high:g}"
        lines += [
            f"## {metric.name}",
            "",
            metric.description,
            "",
            f"* family: {metric.family}; {metric.direction} is better; {span}",
            f"* fewest architectures: {metric.minimum_n}; needs {metric.needs}",
            f"* ties: {metric.ties}",
            f"* undefined: {metric.undefined}",
            f"* source: {metric.reference}",
            "",
        ]
    return "\n".join(lines)
