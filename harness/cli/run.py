"""``harness run``: score what is missing, then show the leaderboard."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.cli import settings

__all__ = ["run"]


def run(
    suite: settings.SuiteName,
    plugin: settings.Plugins = None,
    only: settings.Only = False,
    sample: settings.Sample = None,
    seed: settings.Seed = None,
    batch: settings.BatchName = None,
    images: settings.Images = None,
    device: settings.Device = "cpu",
    results: settings.Results = Path("results"),
    workers: settings.Workers = None,
    timeout: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds that one architecture may take.")
    ] = None,
    keep_memory: Annotated[
        bool,
        typer.Option(help="Workers keep freed memory: faster, but no peak memory is measured."),
    ] = False,
    retry: Annotated[
        bool, typer.Option(help="Ask again where a plugin timed out, crashed or ran out of memory.")
    ] = False,
) -> None:
    """Run a suite and print its leaderboard; what is stored already is not scored again.

    Example: harness run nb201-quick --plugin my_proxy.py
    """
    from harness.cli.output import progress_bar, say
    from harness.run.execute import Options, execute, prepare

    wanted = settings.choose_suite(suite, sample, seed, batch, timeout)
    plugins = settings.choose_plugins(wanted, plugin or [], only=only)
    options = Options(
        results=results,
        device=device,
        workers=workers,
        images=images,
        keep_memory=keep_memory,
        retry=retry,
    )
    prepared = prepare(wanted, plugins, options)
    with progress_bar(f"scoring {wanted.name}") as update:
        done = execute(prepared, options, update)
    say(f"{done.computed} scores computed, {done.reused} reused from {results}")
    settings.show_leaderboard(prepared, results)
