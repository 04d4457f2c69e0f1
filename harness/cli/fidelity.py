"""``harness fidelity``: do the plugins reproduce what was published?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import settings

if TYPE_CHECKING:
    from harness.catalog import LoadedProxy, LoadedScorer

__all__ = ["fidelity"]


def fidelity(
    plugin: settings.Plugins = None,
    sample: Annotated[
        int | None, typer.Option(min=10, help="Architectures drawn; all when absent.")
    ] = None,
    batch_source: Annotated[
        str, typer.Option(help="photographs, cifar10 or noise; the size is the published one.")
    ] = "photographs",
    images: settings.Images = None,
    device: settings.Device = "cpu",
    results: settings.Results = Path("results"),
    workers: settings.Workers = None,
) -> None:
    """Evaluate plugins in the protocol of their published values and say which reproduce.

    Proxies and operation scorers have such values; exit code 1 when one deviates. Example:
    harness fidelity --plugin synflow --sample 40
    """
    from harness.cli.output import progress_bar
    from harness.execution.run import Options
    from harness.fidelity import FidelityTable, Verdict, check_proxies, check_scorers
    from harness.reports.writers import print_table

    scorers, proxies = _of_both_kinds(plugin or ["*"])
    options = Options(results=results, device=device, workers=workers, images=images)
    with progress_bar("scoring") as update:
        found = check_proxies(proxies, sample, batch_source, options, update)
        found += check_scorers(scorers, batch_source, options, update)
    found.sort(key=lambda one: (list(Verdict).index(one.verdict), one.plugin))
    print_table(FidelityTable(checks=found).table)
    if any(one.verdict is Verdict.DEVIATES for one in found):
        raise typer.Exit(1)


def _of_both_kinds(
    asked: list[str],
) -> tuple[tuple[LoadedScorer, ...], tuple[LoadedProxy, ...]]:
    from harness.catalog import LoadedPlugin, LoadedProxy, LoadedScorer, required

    every = [one for one in asked if one == "*"]
    named = settings.choose(LoadedPlugin, [one for one in asked if one != "*"])
    scorers = {one.name: one for one in settings.choose(LoadedScorer, every)}
    proxies = {one.name: one for one in settings.choose(LoadedProxy, every)}
    for one in named:
        if isinstance(one, LoadedScorer):
            scorers[one.name] = one
        else:
            proxies[one.name] = required(LoadedProxy, one, "--plugin")
    return tuple(scorers.values()), tuple(proxies.values())
