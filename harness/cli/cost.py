"""``harness cost``: what every proxy costs, alone and beside the others."""

from __future__ import annotations

from typing import Annotated

import typer

from harness.cli import settings
from harness.cli.failed import refuse

__all__ = ["cost"]


def cost(
    plugin: settings.Plugins = None,
    suite: Annotated[str, typer.Option(help="Suite whose space, batch and cells are used.")] = (
        "nb201-quick"
    ),
    sample: Annotated[int, typer.Option(min=2, help="Number of networks.")] = 10,
    batch: settings.BatchName = None,
    images: settings.Images = None,
    device: settings.Device = "cpu",
) -> None:
    """Measure the cost of proxies on a fixed sample of cells, with one thread.

    Example: harness cost --plugin grad_norm --plugin snip --sample 3
    """
    from pathlib import Path

    from harness.cli.output import progress_bar, say
    from harness.costing import measure_costs
    from harness.execution.execute import plan_scoring
    from harness.execution.population import draw_population
    from harness.execution.run import Options, open_run_on
    from harness.reports.costs import cost_table
    from harness.reports.writers import print_table
    from harness.spaces.registry import space

    wanted = settings.choose_suite(suite, sample, None, batch, None)
    plugins = settings.choose_plugins(wanted, plugin or [], only=bool(plugin))
    options = Options(results=Path("results"), device=device, workers=0, images=images)
    population = draw_population(space(wanted.space), wanted.drawn)
    prepared = open_run_on(population, {}, wanted, plugins, options)
    environment, how = plan_scoring(prepared, workers=0)
    with progress_bar("measuring") as update:
        report = measure_costs(plugins, prepared.population.architectures, how, update)
    print_table(cost_table(report))
    say(
        f"per network over {report.networks}: one by one {report.alone_s:.3f} s, "
        f"together {report.shared_s:.3f} s, ratio {report.alone_s / report.shared_s:.2f}; "
        f"batch {wanted.batch.source}:{wanted.batch.size}, {environment.processor}, 1 thread"
    )
    refuse(
        {
            f"{name} failed on all {report.networks} networks": reason
            for name, reason in report.failed.items()
        }
    )
