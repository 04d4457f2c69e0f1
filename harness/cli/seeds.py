"""``harness seeds``: how much of a proxy's value is the seed's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import settings
from harness.cli.failed import refuse_failed

if TYPE_CHECKING:
    from harness.catalog import LoadedProxy
    from harness.execution.run import Options, Run

__all__ = ["seeds"]


def seeds(
    suite: settings.SuiteName,
    count: Annotated[int, typer.Option("--seeds", min=2, max=100, help="Number of seeds.")] = 5,
    plugin: settings.Plugins = None,
    only: settings.Only = False,
    against: Annotated[str, typer.Option(help="Hold all others against this plugin, paired.")] = "",
    metric: Annotated[str, typer.Option(help="Metric that is averaged.")] = "spearman",
    sample: settings.Sample = None,
    seed: settings.Seed = None,
    batch: settings.BatchName = None,
    images: settings.Images = None,
    device: settings.Device = "cpu",
    results: settings.Results = Path("results"),
    workers: settings.Workers = None,
) -> None:
    """Run a suite with several seeds of weights, images and draws, on the same architectures.

    What is stored already is not scored again; the first seed is that of --seed. Example:
    harness seeds smoke --seeds 2 --only --plugin nwot --plugin params --against params
    """
    from harness.cli.output import say
    from harness.evaluation import Procedure, compare_seeds, join_stored
    from harness.execution.run import Options, open_run
    from harness.reports.seeds import SeedTable, write_seeds
    from harness.reports.writers import print_table

    wanted = settings.choose_suite(suite, sample, seed, batch, None)
    procedure = Procedure(
        names=(metric,),
        where="--metric",
        resamples=wanted.resamples,
        level=wanted.level,
        seed=wanted.seed,
    )
    plugins = settings.choose_plugins(wanted, plugin or [], only=only)
    _require_named(against, plugins)
    options = Options(results=results, device=device, workers=workers, images=images)
    seeded: list[Run] = []
    for number in range(count):
        prepared = (
            seeded[0].with_seed(wanted.seed + number, options)
            if seeded
            else open_run(wanted, plugins, options)
        )
        if not seeded:
            settings.warn_of_labelled(plugin or [], prepared)
        _score(prepared, options)
        seeded.append(prepared)
    runs = [join_stored(prepared) for prepared in seeded]
    found = tuple(
        one for tasks in zip(*runs, strict=True) for one in compare_seeds(tasks, procedure, against)
    )
    drawn = runs[0][0].population
    facts = (
        f"{count} seeds from {wanted.seed}, {len(drawn.texts)} architectures ({drawn.name}); "
        f"brackets hold {wanted.level:.0%} bootstrap intervals over seeds and architectures; "
        "agreement is the mean Spearman correlation of the scores of two seeds"
    )
    last = wanted.seed + count - 1
    table = SeedTable(
        suite=wanted.name,
        edition=f"{drawn.name}-seeds{wanted.seed}to{last}-{metric}",
        facts=facts,
        metric=metric,
        against=against,
        rows=found,
    )
    say(facts)
    print_table(table.table)
    for path in write_seeds(table, results):
        say(f"wrote {path}")
    refuse_failed(*seeded)


def _require_named(against: str, plugins: tuple[LoadedProxy, ...]) -> None:
    """Refuse a name before hours of scoring.

    Raises:
        UsageError: No plugin has it.
    """
    from harness.core.errors import unknown_name

    names = [one.name for one in plugins]
    if against and against not in names:
        raise unknown_name("plugin", against, names, "--against")


def _score(prepared: Run, options: Options) -> None:
    """Score what is missing under one seed."""
    from harness.cli.output import say
    from harness.cli.progress import scoring_bar
    from harness.execution.execute import execute

    suite = prepared.suite
    with scoring_bar(f"{suite.name}, seed {suite.seed}") as (update, remaining):
        done = execute(prepared, options, update, remaining)
    say(f"seed {suite.seed}: {done.computed} scores computed, {done.reused} reused")
