"""Pages that plugins, metrics and passes write themselves: a hook of mkdocs.

Nothing that a docstring says is said again by hand, so that the site cannot lag behind the code.
"""

from __future__ import annotations

import pkgutil
import re
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
from harness.metrics import METRICS, Metric
from harness.passes.registry import passes
from harness.truth import Trap, source, tasks, traps

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

_PASSES = """# Passes

What a zero-cost proxy may read of an untrained network. A proxy names its passes in `passes` and
reads their values in `score(seen)`, as `seen[PASS]`. Each is computed once per network and shared
by all proxies that declare it. `harness list passes` prints the list. n is the number of images in
the batch. Eproxy has one further pass for each of its settings, made by
`harness.passes.eproxy.loss`.
"""

_TRAPS = """# Traps of published files

What a file, its name or its page says, what is in it instead, how that is known, and what the
harness does about it. Every number here is computed from the file by a test, which fails if the
file or its reading changes. `harness data traps` prints the list, `harness data traps TASK` that of
a task, and `harness list tasks --long` names those of every task.
"""

_TASKS = """# Tasks

Every task with its rows, its different [networks](../duplicates.md), and the noise ceiling: the
Spearman correlation between two trainings of one network. `harness list tasks` prints them with
split, unit and direction.

| task | space | rows | networks | noise ceiling |
| --- | --- | ---: | ---: | ---: |
"""


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
    pages["catalogue/traps.md"] = _traps()
    pages["catalogue/tasks.md"] = _tasks()
    pages["catalogue/passes.md"] = _passes(catalog.of_kind(LoadedProxy).values())
    for path, content in pages.items():
        files.append(File.generated(config, path, content=content))
    return files


def _plugins(title: str, plugins: Iterable[LoadedPlugin[Any]]) -> str:
    """Return a page with the docstring of every module, under the names that it defines."""
    by_module: dict[str, list[tuple[str, str]]] = {}
    for plugin in plugins:
        origin = plugin.origin
        if isinstance(origin, FromModule) and origin.module.startswith("harness."):
            by_module.setdefault(origin.module, []).append((plugin.name, plugin.summary))
    lines = [f"# {title}", "", "Every entry is the documentation of its module.", ""]
    for module, entries in by_module.items():
        lines += [f"## {module.rpartition('.')[2]}", ""]
        lines += [f"* `{name}`: {summary}" for name, summary in entries]
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
            f"* fewest architectures: {metric.minimum_n}; needs {_needs(metric)}",
            f"* ties: {metric.ties}",
            f"* undefined: {metric.undefined}",
            *([f"* pairs: those with {metric.pairs.alike}"] if metric.pairs else []),
            f"* source: {metric.reference}",
            "",
        ]
    return "\n".join(lines)


def _needs(metric: Metric) -> str:
    return " and ".join(metric.controls) or str(metric.needs)


def _traps() -> str:
    """Return a page with every trap, publication by publication."""
    lines = [_TRAPS]
    by_publication: dict[str, list[Trap]] = {}
    for trap in traps():
        by_publication.setdefault(trap.publication, []).append(trap)
    for publication, of_one in by_publication.items():
        lines += [f"## {publication.replace('_', '-')}", ""]
        for trap in of_one:
            files = ", ".join(f"`{source(name).relative_path}`" for name in trap.sources)
            lines += [
                f"### {trap.name}",
                "",
                f"* says: {_plain(trap.says)}",
                f"* holds: {_plain(trap.holds)}",
                f"* evidence: {_plain(trap.evidence)}",
                f"* what the harness does: {_plain(trap.handling)}",
                f"* files: {files}",
                f"* tasks: {', '.join(f'`{name}`' for name in trap.tasks) or 'none'}",
                "",
            ]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Return a text in which no character is one of Markdown's."""
    return re.sub(r"([*_<`\[\]])", r"\\\1", text)


def _tasks() -> str:
    """Return a page with one row a task."""
    rows = []
    for task in tasks():
        ceiling = "" if task.noise_ceiling is None else f"{task.noise_ceiling:.3f}"
        distinct = "" if task.distinct is None else f"{task.distinct:,}"
        rows.append(f"| `{task.name}` | {task.space} | {task.n:,} | {distinct} | {ceiling} |")
    return _TASKS + "\n".join(rows) + "\n"


def _passes(proxies: Iterable[LoadedProxy]) -> str:
    """Return a page with every pass: its import, needs, readers and documentation."""
    readers: dict[str, list[str]] = {}
    for proxy in proxies:
        for wanted in proxy.plugin.passes:
            readers.setdefault(wanted.name, []).append(proxy.name)
    lines = [_PASSES]
    for description in passes():
        module, _, name = description.constant.rpartition(".")
        required = pkgutil.resolve_name(description.constant).requires
        needs = ", ".join(f"`{other.name}`" for other in required)
        lines += [
            f"## {description.name}",
            "",
            f"`from {module} import {name}`",
            "",
            f"* needs: {needs or 'the architecture, the batch and the seed'}",
            f"* read by: {', '.join(readers.get(description.name, ())) or 'other passes alone'}",
            "",
            f"::: {description.constant}",
            "",
        ]
    return "\n".join(lines)
