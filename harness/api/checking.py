"""Whether plugins keep their contract, reproduce what was published, and what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from harness.api.arguments import checked
from harness.api.choice import (
    Plugin,
    Plugins,
    choose,
    choose_proxies,
    choose_suite,
    path_of,
    plugin_items,
    refuse_options,
    require_number,
    space_item,
)
from harness.api.results import ContractResult, CostResult, Progress, PublishedResult
from harness.api.running import steps
from harness.catalog import LoadedPlugin, LoadedProxy, LoadedScorer, require_kind
from harness.checks import check_plugin, check_space
from harness.core.architecture import Space
from harness.core.errors import UsageError
from harness.costing import measure_costs
from harness.execution.execute import plan_scoring
from harness.execution.executor import LocalPool
from harness.execution.population import draw_population
from harness.execution.run import Options, open_run_on
from harness.fidelity import Verdict, check_proxies, check_scorers
from harness.spaces.knowledge import TRIED_ON
from harness.spaces.registry import load_space, names_space, require_space
from harness.spaces.registry import space as find_space

__all__ = ["check", "cost"]

_BATCH_SOURCE = "photographs"


@checked
def check(
    plugins: Plugins | Space | Sequence[Plugin | Space] | None = None,
    *,
    published: bool = False,
    space: str | Path | Space | None = None,
    sample: int | None = None,
    batch_source: str | None = None,
    images: Path | str | None = None,
    device: str | None = None,
    results: Path | str | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> ContractResult | PublishedResult:
    """Check that plugins and spaces keep their contract, or reproduce their published values.

    A plugin of any kind is pure, seeded, leaves no trace and declares what it needs. A space reads
    what it prints and builds the same network of one text and seed, with weights of its own.
    Published values, of proxies and operation scorers, are held against ours in the same protocol.

    Example:
        ``assert harness.check("my_proxy.py").passed``

    Args:
        plugins: One plugin or space, or several: names, ``.py`` files, ``file.py:NAME`` of a space,
            or objects of either kind. With `published`, all that have published values when absent.
        published: Whether to hold values against published ones instead.
        space: Space, its file or object, to try plugins on; ``"nas-bench-201"`` when absent.
        sample: With `published`: architectures drawn, 10 or more; all when absent.
        batch_source: With `published`: a batch source; the size is the published one.
        images: With `published`: what the batch source reads: a file or folder.
        device: With `published`: ``"cpu"``, ``"cuda"`` or ``"auto"``.
        results: With `published`: folder for records; ``"results"`` when absent.
        workers: With `published`: worker processes; 0 scores in this process.
        progress: With `published`: called with a `harness.api.results.Step` after every delivery.

    Returns:
        Findings by plugin, or values by plugin.

    Raises:
        UsageError: There is no such plugin or space, or options do not fit together.
    """
    spaces, given = _divided(plugins)
    if published:
        refuse_options("a check of published values", space=space)
        if spaces:
            raise UsageError(f"{spaces[0]} is a space, and published values are those of plugins")
        require_number("sample", sample, 10)
        options = Options(
            results=Path(results or "results"),
            device=device or "cpu",
            workers=workers,
            images=path_of(images),
        )
        source = batch_source or _BATCH_SOURCE
        return _published(given or ("*",), sample, source, options, progress)
    refuse_options(
        "a check of the contract",
        sample=sample,
        batch_source=batch_source,
        images=images,
        device=device,
        results=results,
        workers=workers,
    )
    if not given and not spaces:
        raise UsageError("a check needs a plugin or a space, or --published for published values")
    if spaces and space is not None:
        raise UsageError(f"--space is for plugins, and {spaces[0]} is a space; leave it out")
    findings = {}
    for loaded_space in map(load_space, map(space_item, spaces)):
        findings[loaded_space.space.name] = check_space(loaded_space, LocalPool(workers=1))
    on = require_space(space_item(space or TRIED_ON))
    for plugin in choose(LoadedPlugin, given, ""):
        findings[plugin.name] = check_plugin(plugin, on)
    return ContractResult(findings=findings)


@checked
def cost(
    *,
    plugins: Plugins | None = None,
    suite: str | Path = "nb201-quick",
    sample: int = 10,
    batch: str | None = None,
    images: Path | str | None = None,
    device: str = "cpu",
    progress: Progress | None = None,
) -> CostResult:
    """Measure the cost of proxies on a fixed sample of architectures, with one thread.

    Each proxy is measured alone and beside all others, whose passes it shares.

    Example:
        ``harness.cost(plugins=["grad_norm", "snip"], sample=3)``

    Args:
        plugins: One proxy or several, instead of the suite's own, as for `harness.run`.
        suite: Suite whose space, batch and architectures are used.
        sample: Number of networks, 2 or more.
        batch: Batch source and size instead of the suite's own, e.g. ``"noise:64"``.
        images: What the batch source reads: a file or folder.
        device: ``"cpu"``, ``"cuda"`` or ``"auto"``.
        progress: Called with a `harness.api.results.Step` after every network.

    Returns:
        Seconds and bytes a network, by proxy.

    Raises:
        UsageError: There is no such suite or plugin.
    """
    wanted = choose_suite(suite, sample, None, batch)
    proxies = choose_proxies(wanted, plugin_items(plugins) or None, only=True)
    options = Options(results=Path("results"), device=device, workers=0, images=path_of(images))
    population = draw_population(find_space(wanted.space), wanted.drawn, wanted.identical)
    prepared = open_run_on(population, {}, wanted, proxies, options)
    environment, settings = plan_scoring(prepared, workers=0)
    told = steps(progress, "measuring")
    report = measure_costs(proxies, prepared.population.architectures, settings, told)
    return CostResult(
        report=report,
        batch=f"{wanted.batch.source}:{wanted.batch.size}",
        processor=environment.processor,
    )


def _published(
    plugins: Sequence[Plugin],
    sample: int | None,
    batch_source: str,
    options: Options,
    progress: Progress | None,
) -> PublishedResult:
    scorers, proxies = _of_both_kinds(plugins)
    told = steps(progress, "scoring")
    values = check_proxies(proxies, sample, batch_source, options, told)
    values += check_scorers(scorers, batch_source, options, told)
    verdicts = list(Verdict)
    values.sort(key=lambda value: (verdicts.index(value.verdict), value.plugin))
    return PublishedResult(values=tuple(values))


def _of_both_kinds(
    plugins: Sequence[Plugin],
) -> tuple[tuple[LoadedScorer, ...], tuple[LoadedProxy, ...]]:
    every = [plugin for plugin in plugins if plugin == "*"]
    named = choose(LoadedPlugin, [plugin for plugin in plugins if plugin != "*"], "")
    scorers = {scorer.name: scorer for scorer in choose(LoadedScorer, every)}
    proxies = {proxy.name: proxy for proxy in choose(LoadedProxy, every)}
    for loaded in named:
        if isinstance(loaded, LoadedScorer):
            scorers[loaded.name] = loaded
        else:
            proxies[loaded.name] = require_kind(LoadedProxy, loaded, "")
    return tuple(scorers.values()), tuple(proxies.values())


def _divided(
    items: Plugins | Space | Sequence[Plugin | Space] | None,
) -> tuple[list[str | Path | Space], list[Plugin]]:
    """Return the spaces among the items of a check, and the plugins."""
    spaces: list[str | Path | Space] = []
    plugins: list[Plugin] = []
    for item in (items,) if isinstance(items, Space) else plugin_items(cast("Plugins", items)):
        if isinstance(item, Space) or (isinstance(item, str | Path) and names_space(str(item))):
            spaces.append(item)
        else:
            plugins.append(item)
    return spaces, plugins
