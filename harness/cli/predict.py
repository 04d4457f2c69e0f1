"""``harness predict``: how well predictors rank a task after some labels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import completion, settings
from harness.cli.failed import refuse

if TYPE_CHECKING:
    from harness.learning import Experiment, Fitted, Pool
    from harness.truth import Places

__all__ = ["Beside", "predict"]

Chosen = Annotated[
    list[str] | None,
    typer.Option(
        "--plugin",
        help="A predictor's name, or a .py file. Repeatable; * for all.",
        autocompletion=completion.predictor_names,
    ),
]
Labels = Annotated[
    str, typer.Option(help="Numbers of labels, with commas; curve for 8 to 1024 as far as it goes.")
]
Repeats = Annotated[int, typer.Option(min=1, help="Labelled draws of each size.")]
Scores = Annotated[
    str | None,
    typer.Option(help="Take zero-cost scores from the stored runs of this suite."),
]


Beside = Annotated[
    list[str] | None,
    typer.Option(
        "--beside",
        help="A zero-cost proxy to draw beside, without labels: one with scores of the task, or "
        "one that reads the cell's graph. Repeatable.",
    ),
]


def predict(
    task: Annotated[
        str,
        typer.Argument(
            help="Name of a task, or a .toml file of one's own.",
            autocompletion=completion.task_names,
        ),
    ],
    plugin: Chosen = None,
    labels: Labels = "32,100,400,1024",
    repeats: Repeats = 10,
    evaluate_on: Annotated[
        str, typer.Option(help="rest, or the size of a fixed set that is never labelled.")
    ] = "rest",
    scores: Scores = None,
    beside: Beside = None,
    seed: Annotated[int, typer.Option(help="Seed of draws and predictors.")] = 0,
    results: settings.Results = Path("results"),
    data_dir: settings.DataFolder = None,
) -> None:
    """Fit predictors on nested labelled draws and rank the architectures left.

    What was fitted before is not fitted again. Example: harness predict
    nb201-analog-baseline --plugin ridge-onehot --labels 32,100
    """
    from harness.catalog import LoadedPredictor, LoadedProxy
    from harness.cli.output import progress_bar, say
    from harness.learning import curves, fit_all
    from harness.learning.label_free_baselines import level_curves, unlabelled
    from harness.reports.predictors import PredictorCurves, write_predictor_curves
    from harness.reports.writers import print_table
    from harness.truth import Places

    pool = _pool(task, scores, results, Places.from_environment(data_dir))
    experiment = _experiment(pool, labels, repeats, evaluate_on, seed)
    predictors = settings.choose(LoadedPredictor, plugin or _usual(pool))
    proxies = [
        unlabelled(one, pool, published=scores is None)
        for one in settings.choose(LoadedProxy, beside or [], "--beside")
    ]
    with progress_bar("fitting") as update:
        fitted = fit_all(pool, predictors, experiment, results, update)
    predicted = PredictorCurves(
        fitted=fitted,
        curves=(*curves(fitted), *level_curves(fitted, proxies)),
        baselines={proxy.name: proxy.key for proxy in proxies},
    )
    say(predicted.facts)
    for table in predicted.tables:
        print_table(table)
    for path in write_predictor_curves(predicted, results):
        say(f"wrote {path}")
    refuse(_failed(fitted))


def _failed(fitted: Fitted) -> dict[str, str]:
    """Return the predictors all of whose fits failed, and the reason of the first."""
    from harness.records.fit import FitFailed

    reasons = {}
    for name, sizes in fitted.records.items():
        results = [record.result for records in sizes.values() for record in records]
        failed = [one.reason for one in results if isinstance(one, FitFailed)]
        if len(failed) == len(results):
            reasons[f"{name} failed on all {len(results)} fits"] = failed[0]
    return reasons


def _usual(pool: Pool) -> list[str]:
    if pool.subjects.scores.proxies:
        return ["random_forest-zc", "xgboost-onehot+zc", "xgboost-onehot+graf+zc"]
    return ["random_forest-onehot", "random_forest-graf", "xgboost-onehot+graf"]


def _experiment(pool: Pool, labels: str, repeats: int, evaluate_on: str, seed: int) -> Experiment:
    from harness.core.errors import UsageError
    from harness.learning import SIZES, Experiment

    if evaluate_on != "rest" and not evaluate_on.isdigit():
        raise UsageError(f"--evaluate-on {evaluate_on}: give rest or a number of architectures")
    fixed = None if evaluate_on == "rest" else int(evaluate_on)
    if labels == "curve":
        most = pool.n - (fixed if fixed is not None else max(10, pool.n // 5))
        sizes = tuple(size for size in SIZES if size <= most)
    elif all(part.strip().isdigit() for part in labels.split(",")):
        sizes = tuple(int(part) for part in labels.split(","))
    else:
        raise UsageError(f"--labels {labels}: give numbers with commas between them, or curve")
    return Experiment(sizes=sizes, repeats=repeats, evaluate_on=fixed, seed=seed)


def _pool(task: str, suite: str | None, results: Path, places: Places) -> Pool:
    from harness.execution.population import require_values
    from harness.execution.run import Options, open_run
    from harness.learning import load_pool, pool_of, recorded_scores
    from harness.truth import load

    if suite is None:
        return load_pool(task, places)
    truth = load(task, places=places)
    wanted = settings.choose_suite(suite, None, None, None, None)
    plugins = settings.choose_plugins(wanted, [], only=False)
    prepared = open_run(wanted, plugins, Options(results=results, workers=0))
    require_values(task, truth, prepared.population)
    population = {one.text for one in prepared.population.architectures}
    texts = sorted(population & truth.values.keys())
    return pool_of(truth, texts, recorded_scores(prepared, texts))
