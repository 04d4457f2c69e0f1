"""``harness fidelity``: do the plugins reproduce what was published?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.cli import settings

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

    Exit code 1 when one deviates. Example: harness fidelity --plugin synflow --sample 40
    """
    from harness.cli.output import print_table, progress_bar
    from harness.fidelity import Verdict, check_fidelity
    from harness.report.wording import number, with_interval
    from harness.run.execute import Options

    plugins = settings.choose_named(plugin or ["*"])
    options = Options(results=results, device=device, workers=workers, images=images)
    with progress_bar("scoring") as update:
        found = check_fidelity(plugins, sample, batch_source, options, update)
    rows = [
        (
            one.plugin,
            str(one.verdict),
            with_interval(one.measured) if one.measured else one.detail,
            number(one.reference.value) if one.reference else "",
            number(one.reference.tolerance) if one.reference else "",
            f"{one.entry.scored}/{one.entry.drawn}" if one.entry else "",
            f"{one.reference.metric}, {one.reference.task}" if one.reference else "",
            one.reference.source if one.reference else "",
        )
        for one in found
    ]
    heads = ("plugin", "verdict", "ours", "published", "tolerance", "scored", "what", "source")
    print_table(heads, rows)
    if any(one.verdict is Verdict.DEVIATES for one in found):
        raise typer.Exit(1)
