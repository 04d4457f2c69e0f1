"""``harness fidelity``: do the plugins reproduce what was published?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import settings

if TYPE_CHECKING:
    from harness.catalog import LoadedProxy, LoadedScorer
    from harness.fidelity import Fidelity

__all__ = ["fidelity"]

_HEADS = ("plugin", "verdict", "ours", "published", "tolerance", "rests on", "what", "source")


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
    from harness.cli.output import print_table, progress_bar
    from harness.execution.execute import Options
    from harness.fidelity import Verdict, check_proxies, check_scorers

    scorers, proxies = _of_both_kinds(plugin or ["*"])
    options = Options(results=results, device=device, workers=workers, images=images)
    with progress_bar("scoring") as update:
        found = check_proxies(proxies, sample, batch_source, options, update)
        found += check_scorers(scorers, batch_source, options, update)
    found.sort(key=lambda one: (list(Verdict).index(one.verdict), one.plugin))
    print_table(_HEADS, [_row(one) for one in found])
    if any(one.verdict is Verdict.DEVIATES for one in found):
        raise typer.Exit(1)


def _of_both_kinds(
    asked: list[str],
) -> tuple[tuple[LoadedScorer, ...], tuple[LoadedProxy, ...]]:
    from harness.catalog import LoadedPlugin, LoadedProxy, LoadedScorer, require_kind

    every = [one for one in asked if one == "*"]
    named = settings.choose(LoadedPlugin, [one for one in asked if one != "*"])
    scorers = {one.name: one for one in settings.choose(LoadedScorer, every)}
    proxies = {one.name: one for one in settings.choose(LoadedProxy, every)}
    for one in named:
        if isinstance(one, LoadedScorer):
            scorers[one.name] = one
        else:
            proxies[one.name] = require_kind(LoadedProxy, one, "--plugin")
    return tuple(scorers.values()), tuple(proxies.values())


def _row(one: Fidelity) -> tuple[str, ...]:
    from harness.reports.wording import number, with_interval

    published = one.reference
    return (
        one.plugin,
        str(one.verdict),
        with_interval(one.measured) if one.measured else one.detail,
        number(published.value) if published else "",
        number(published.tolerance) if published else "",
        one.basis,
        f"{published.metric}, {published.task}" if published else "",
        published.source if published else "",
    )
