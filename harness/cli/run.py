"""``harness run``: score what is missing, then show the leaderboard."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.cli import executors, settings
from harness.cli.failed import refuse_failed

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
    memory_gib: executors.MemoryGib = None,
    executor: executors.ExecutorName = None,
    scheduler: executors.Scheduler = None,
    cluster: executors.ClusterFile = None,
    shard: Annotated[
        str | None,
        typer.Option(help="Score a part only, e.g. 2/5; join parts with harness merge."),
    ] = None,
) -> None:
    """Run a suite and print its leaderboard; what is stored already is not scored again.

    Where a plugin failed on every architecture, the exit code is 1 after everything is written.
    Example: harness run smoke --plugin my_proxy.py
    """
    from harness.cli.output import say
    from harness.cli.progress import scoring_bar
    from harness.execution.execute import execute
    from harness.execution.population import Shard
    from harness.execution.run import Options, open_run

    wanted = settings.choose_suite(suite, sample, seed, batch, timeout)
    plugins = settings.choose_plugins(wanted, plugin or [], only=only)
    options = Options(
        results=results,
        device=device,
        workers=workers,
        images=images,
        keep_memory=keep_memory,
        retry=retry,
        memory_bytes=None if memory_gib is None else int(memory_gib * 2**30),
        executor=executors.choose_executor(executor, scheduler, cluster, workers),
        shard=None if shard is None else Shard.parse(shard),
    )
    prepared = open_run(wanted, plugins, options)
    settings.warn_of_labelled(plugin or [], prepared)
    with scoring_bar(wanted.name) as (update, remaining):
        done = execute(prepared, options, update, remaining)
    say(f"{done.computed} scores computed, {done.reused} reused from {results}")
    if options.shard is not None:
        say(f"this is {prepared.population.name}; join all shards with harness merge")
    else:
        settings.show_leaderboard(prepared, results)
    refuse_failed(prepared)
