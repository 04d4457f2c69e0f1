"""``harness report``: the leaderboard of what is stored, without scoring anything."""

from __future__ import annotations

from pathlib import Path

from harness.cli import settings

__all__ = ["report"]


def report(
    suite: settings.SuiteName,
    plugin: settings.Plugins = None,
    only: settings.Only = False,
    sample: settings.Sample = None,
    seed: settings.Seed = None,
    batch: settings.BatchName = None,
    images: settings.Images = None,
    device: settings.Device = "cpu",
    results: settings.Results = Path("results"),
) -> None:
    """Print the leaderboard of stored scores and write it as Markdown, CSV and JSON.

    Example: harness report nb201-quick
    """
    from harness.run.execute import Options, prepare

    wanted = settings.choose_suite(suite, sample, seed, batch, None)
    plugins = settings.choose_plugins(wanted, plugin or [], only=only)
    options = Options(results=results, device=device, images=images)
    settings.show_leaderboard(prepare(wanted, plugins, options), results)
