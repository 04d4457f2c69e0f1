"""The command ``predict``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

import harness
from harness.cli.options import (
    BatchName,
    Beside,
    DataFolder,
    Identical,
    Images,
    Results,
    predictor_names,
    task_names,
    whole_numbers,
)
from harness.cli.output import refuse, say, say_files, shown_progress

if TYPE_CHECKING:
    from harness.api.results import TaskCurves, TransferResult
    from harness.reports.leave_one_space_out import SpacesMatrix

__all__ = ["predict"]


def predict(
    tasks: Annotated[
        list[str],
        typer.Argument(
            metavar="TASK...",
            help="Names of tasks, or .toml files of one's own; with --leave-one-space-out of "
            "suites that were run.",
            autocompletion=task_names,
        ),
    ],
    sources: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="TASK",
            help="Learn from labels of this task and rank each of the others. Repeatable.",
            autocompletion=task_names,
        ),
    ] = None,
    leave_one_space_out: Annotated[
        bool,
        typer.Option(
            "--leave-one-space-out",
            help="Learn from all other spaces, and some labels of the judged one.",
        ),
    ] = False,
    plugins: Annotated[
        list[str] | None,
        typer.Option(
            "--plugin",
            help="A predictor's name, or a .py file. Repeatable; * for all. With --from one that "
            "across spaces reads counts, graf or zc; xgboost-graf. With --leave-one-space-out "
            "such as read zc.",
            autocompletion=predictor_names,
        ),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(
            help="Numbers of labels, with commas; curve for 8 to 1024 as far as it goes. "
            "[default: 32,100,400,1024; across tasks 0,10,50]"
        ),
    ] = None,
    source_labels: Annotated[
        int | None, typer.Option(min=8, help="With --from: labels of each source; 400.")
    ] = None,
    repeats: Annotated[int, typer.Option(min=1, help="Labelled draws of each size.")] = 10,
    evaluate_on: Annotated[
        str | None,
        typer.Option(help="rest, or the size of a fixed set that is never labelled; rest."),
    ] = None,
    scores: Annotated[
        list[str] | None,
        typer.Option(
            help="Take zero-cost scores from the stored runs of this suite, by its batch or "
            "--batch, or from a table of scores that were computed elsewhere. Repeatable."
        ),
    ] = None,
    batch: BatchName = None,
    images: Images = None,
    beside: Beside = None,
    identical: Identical = "computation",
    seed: Annotated[int, typer.Option(help="Seed of draws and predictors.")] = 0,
    results: Results = Path("results"),
    data_dir: DataFolder = None,
) -> None:
    """Fit predictors on nested labelled draws and rank the architectures left.

    With --from, a predictor learns from each source and some labels of the task; with
    --leave-one-space-out from all other spaces, and rules and proxies are ranked beside. What was
    fitted before is not fitted again. Example: harness predict nb201-analog-baseline --plugin
    ridge-onehot --labels 32,100
    """
    given = locals() | {"labels": _labels(labels), "evaluate_on": _evaluate_on(evaluate_on)}
    from harness.api.results import TransferResult
    from harness.reports.leave_one_space_out import SpacesMatrix

    with shown_progress() as progress:
        done = harness.predict(**given, progress=progress)
    match done:
        case SpacesMatrix():
            _print_spaces(done)
        case TransferResult():
            _print_matrix(done)
        case _:
            for curves in done.tasks:
                _print_curves(curves)
    refuse(done.failed)


def _labels(text: str | None) -> list[int] | Literal["curve"] | None:
    if text is None:
        return None
    return "curve" if text == "curve" else whole_numbers(text, "--labels", ", or curve")


def _evaluate_on(text: str | None) -> int | None:
    from harness.core.errors import UsageError

    if text is None or text == "rest":
        return None
    if not text.isdigit():
        raise UsageError(f"--evaluate-on {text}: give rest or a number of architectures")
    return int(text)


def _print_curves(task: TaskCurves) -> None:
    from harness.reports.writers import print_table

    say(task.predicted.facts)
    for table in [*task.predicted.tables, *task.predicted.further_tables]:
        print_table(table)
    say_files(task.files)


def _print_matrix(done: TransferResult) -> None:
    from harness.reports.writers import print_table

    say(done.matrix.facts)
    print_table(done.matrix.table)
    say_files(done.files)


def _print_spaces(done: SpacesMatrix) -> None:
    from harness.reports.writers import print_table

    say(done.facts)
    for table in (done.overall, done.gains, done.picks, done.calibration, done.by_task):
        print_table(table)
    say_files(done.files)
