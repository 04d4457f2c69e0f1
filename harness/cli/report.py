"""``harness report``: the leaderboard of what is stored, without scoring anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli import settings

if TYPE_CHECKING:
    from harness.execution.run import Run

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

    Example: harness report smoke
    """
    from harness.execution.run import Options, open_run

    wanted = settings.choose_suite(suite, sample, seed, batch, None)
    plugins = settings.choose_plugins(wanted, plugin or [], only=only)
    options = Options(results=results, device=device, images=images)
    prepared = open_run(wanted, plugins, options)
    _require_scores(prepared, suite, results)
    settings.show_leaderboard(prepared, results)


def _require_scores(prepared: Run, suite: str, results: Path) -> None:
    """Refuse a leaderboard on which nothing would have a value.

    Raises:
        DataError: No plugin has an outcome for any architecture of the population.
    """
    from harness.core.errors import DataError

    texts = prepared.population.texts
    columns = (prepared.scores.column(plugin.key, texts) for plugin in prepared.plugins)
    if not any(column.status.any() for column in columns):
        raise DataError(
            f"nothing is stored in {results} for the {len(texts)} architectures and "
            f"{len(prepared.plugins)} plugins of suite {prepared.suite.name} under these settings; "
            f"run harness run {suite} first, with the same --results"
        )
