"""Options that several commands share, and what a shell offers when somebody presses Tab."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "BatchName",
    "Beside",
    "DataFolder",
    "Device",
    "Identical",
    "Images",
    "MetricNames",
    "Only",
    "Plugins",
    "Results",
    "Sample",
    "ScoreFiles",
    "Seed",
    "TaskName",
    "Workers",
    "plugin_names",
    "predictor_names",
    "proxy_names",
    "sample_shape",
    "suite_or_task_names",
    "task_names",
]


def suite_names(incomplete: str) -> list[str]:
    """Return the suites that begin so."""
    from harness.suite import suites

    return _beginning(suites(), incomplete)


def task_names(incomplete: str) -> list[str]:
    """Return the tasks that begin so."""
    from harness.truth import tasks

    return _beginning((task.name for task in tasks()), incomplete)


def suite_or_task_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the suites that begin so, or after ``--published`` the tasks."""
    return task_names(incomplete) if ctx.params.get("published") else suite_names(incomplete)


def proxy_names(incomplete: str) -> list[str]:
    """Return the proxies that begin so."""
    from harness.catalog import LoadedProxy, installed

    return _beginning(installed().of_kind(LoadedProxy), incomplete)


def metric_names(incomplete: str) -> list[str]:
    """Return the metrics that begin so."""
    from harness.metrics import METRICS

    return _beginning(METRICS, incomplete)


def plugin_names(incomplete: str) -> list[str]:
    """Return the plugins of any kind that begin so."""
    from harness.catalog import installed

    return _beginning(installed().loaded, incomplete)


def predictor_names(incomplete: str) -> list[str]:
    """Return the predictors that begin so."""
    from harness.catalog import LoadedPredictor, installed

    return _beginning(installed().of_kind(LoadedPredictor), incomplete)


def sample_shape(text: str | None) -> tuple[int, ...] | None:
    """Read the shape of one sample as it is given on the command line."""
    from harness.core.errors import UsageError

    if text is None:
        return None
    parts = text.replace("x", ",").split(",")
    if not all(part.strip().isdigit() and int(part) for part in parts):
        raise UsageError(f"--shape {text}: give the sizes of one sample, e.g. 3,224,224")
    return tuple(map(int, parts))


def whole_numbers(text: str, option: str, otherwise: str = "") -> list[int]:
    """Read whole numbers with commas between them.

    Args:
        text: As it was typed.
        option: Where.
        otherwise: What else may stand there, for the message.

    Raises:
        UsageError: It is something else.
    """
    from harness.core.errors import UsageError

    if not all(part.strip().isdigit() for part in text.split(",")):
        raise UsageError(f"{option} {text}: give numbers with commas between them{otherwise}")
    return [int(part) for part in text.split(",")]


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]


TaskName = Annotated[
    str,
    typer.Argument(help="Name of a task, or a .toml file of one's own.", autocompletion=task_names),
]
Plugins = Annotated[
    list[str] | None,
    typer.Option(
        "--plugin",
        help="Evaluate this plugin too: a name, a .py file, or a .json file of found settings.",
        autocompletion=proxy_names,
    ),
]
Only = Annotated[bool, typer.Option("--only", help="Evaluate only the plugins of --plugin.")]
Beside = Annotated[
    list[str] | None,
    typer.Option(
        "--beside",
        help="A zero-cost proxy to draw beside, without labels: one with scores of the task, or "
        "one that reads the cell's graph. Repeatable.",
    ),
]
MetricNames = Annotated[
    list[str] | None,
    typer.Option(
        "--metric",
        help="Measure by this metric instead of the suite's: a name, or a .py file with a function "
        "of scores and truth. Repeatable.",
        autocompletion=metric_names,
    ),
]
ScoreFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--scores",
        help="Rank scores that were computed elsewhere too: a table of architectures and scores, "
        "or a task. Repeatable.",
    ),
]
Sample = Annotated[
    int | None, typer.Option(min=2, help="Draw this many architectures instead of the suite's.")
]
Identical = Annotated[
    str | None,
    typer.Option(
        help="What makes networks identical, which are merged: computation, network, published, or "
        "rows to merge none."
    ),
]
Seed = Annotated[int | None, typer.Option(help="Seed of batch, weights and draws.")]
BatchName = Annotated[
    str | None, typer.Option("--batch", help="Batch source, see list batches; noise:128 for size.")
]
Images = Annotated[Path | None, typer.Option(help="File or folder that the batch source reads.")]
Device = Annotated[str, typer.Option(help="cpu, cuda or auto.")]
Workers = Annotated[
    int | None,
    typer.Option(min=0, help="Worker processes; 0 scores in this process, without time limits."),
]
DataFolder = Annotated[
    Path | None, typer.Option("--data-dir", help="Folder laid out as OWNER+NAME/PATH.")
]
Results = Annotated[Path, typer.Option(help="Folder for records and leaderboards.")]
