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

    from harness.cli.output import print_table, progress_bar, say
    from harness.costing import measure_costs
    from harness.execution.execute import plan_scoring
    from harness.execution.population import draw_population
    from harness.execution.run import Options, open_run_on
    from harness.spaces.registry import space

    wanted = settings.choose_suite(suite, sample, None, batch, None)
    plugins = settings.choose_plugins(wanted, plugin or [], only=bool(plugin))
    options = Options(results=Path("results"), device=device, workers=0, images=images)
    population = draw_population(space(wanted.space), wanted.drawn)
    prepared = open_run_on(population, {}, wanted, plugins, options)
    environment, how = plan_scoring(prepared, workers=0)
    with progress_bar("measuring") as update:
        report = measure_costs(plugins, prepared.population.architectures, how, update)
    heads = (
        "plugin", "alone ms [quartiles]", "shared ms [quartiles]", "GPU ms",
        "forward", "backward", "images", "labels", "peak MiB",
    )  # fmt: skip
    rows = [
        (
            one.plugin,
            f"{one.alone.median * 1e3:.1f} [{one.alone.low * 1e3:.1f}, {one.alone.high * 1e3:.1f}]",
            f"{one.shared.median * 1e3:.1f} "
            f"[{one.shared.low * 1e3:.1f}, {one.shared.high * 1e3:.1f}]",
            "" if one.gpu_s is None else f"{one.gpu_s * 1e3:.1f}",
            *(str(n) for n in (one.forwards, one.backwards, one.images, one.labels)),
            "" if one.peak_bytes is None else f"{one.peak_bytes / 2**20:.0f}",
        )
        for one in sorted(report.proxies, key=lambda one: one.alone.median)
    ]
    print_table(heads, rows)
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
