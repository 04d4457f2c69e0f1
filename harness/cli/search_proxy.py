"""``harness search-proxy``: settings of a proxy by a few labels, evaluated on the rest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import settings
from harness.cli.failed import refuse_failed

if TYPE_CHECKING:
    from harness.catalog import LoadedProxy, LoadedSearch
    from harness.execution.run import Options
    from harness.proxy_search import Found, Ground

__all__ = ["search_proxy"]

Searches = Annotated[
    list[str] | None,
    typer.Option("--plugin", help="A searched proxy's name, or a .py file. Repeatable."),
]
Stored = Annotated[
    list[Path] | None,
    typer.Option("--settings", help="Evaluate these settings, found before. Repeatable."),
]
Beside = Annotated[
    list[str] | None,
    typer.Option(help="Evaluate this proxy too, instead of the usual ones. Repeatable."),
]


def search_proxy(
    task: Annotated[str, typer.Argument(help="Name of a task.")],
    plugin: Searches = None,
    stored: Stored = None,
    beside: Beside = None,
    labels: Annotated[int, typer.Option(min=3, help="Labels that a search sees.")] = 20,
    evaluations: Annotated[
        int, typer.Option(min=0, help="Settings that it may try; 0 searches nothing.")
    ] = 200,
    evaluate_on: Annotated[
        int, typer.Option(min=10, help="Architectures to evaluate on, never labelled.")
    ] = 500,
    dataset: Annotated[
        str | None, typer.Option(help="Build networks for this data set, not the task's.")
    ] = None,
    batch: Annotated[
        str, typer.Option(help="photographs, cifar10 or noise; cifar10:128 for size.")
    ] = "photographs",
    images: settings.Images = None,
    seed: Annotated[int, typer.Option(help="Seed of everything drawn.")] = 0,
    device: settings.Device = "cpu",
    workers: Annotated[int, typer.Option(min=0, help="Worker processes; 0 for this one.")] = 0,
    results: settings.Results = Path("results"),
) -> None:
    """Search settings by a few labels, store them, and rank the proxy on other architectures.

    The same command goes on where it was stopped. With --settings alone, or no evaluations,
    nothing is searched, and proxies are ranked on architectures that searches leave alone.
    Example: harness search-proxy nb201-analog-baseline
    --labels 4 --evaluations 1 --evaluate-on 10
    """
    from harness.catalog import LoadedSearch
    from harness.cli.output import say
    from harness.execution.run import Options
    from harness.proxy_search import Question, ground, load_found

    carried = [load_found(path) for path in stored or []]
    usual = [] if carried else ["dps"]
    searches = settings.choose(LoadedSearch, plugin or usual) if evaluations else []
    question = Question(
        task=task,
        labels=labels,
        evaluate_on=evaluate_on,
        excluded=frozenset(text for one in carried for text in one.labelled),
        dataset=dataset,
        batch=settings.batch_settings(batch, 16),
        seed=seed,
    )
    options = Options(results=results, device=device, workers=workers, images=images)
    on = ground(question, options)
    found = [_found(on, one, evaluations, options) for one in searches]
    proxies = [one.proxy() for one in [*carried, *found]]
    say(f"{task}: {labels} labels, none of which is evaluated on")
    _show(on, proxies, beside, options)


def _found(on: Ground, search: LoadedSearch, evaluations: int, options: Options) -> Found:
    from harness.cli.output import progress_bar, say
    from harness.proxy_search import find, write_found

    with progress_bar(f"searching {search.name}") as update:
        found = find(on, search, evaluations, options, update)
    say(f"wrote {write_found(found, options.results)}")
    return found


def _show(
    on: Ground, proxies: list[LoadedProxy], beside: list[str] | None, options: Options
) -> None:
    from harness.catalog import LoadedProxy
    from harness.cli.output import progress_bar, say
    from harness.evaluation import Procedure, rank_tasks
    from harness.proxy_search import BESIDE, evaluated
    from harness.reports.leaderboard import print_leaderboard, write_leaderboard

    others = settings.choose(LoadedProxy, beside or BESIDE, "--beside")
    with progress_bar("evaluating") as update:
        contest = evaluated(on, [*proxies, *others], options, update)
    question = on.question
    edition = f"{question.task}-{len(contest.population.texts)}-seed{question.seed}"
    ranked = rank_tasks("proxy-search", edition, [contest], Procedure(seed=question.seed))
    print_leaderboard(ranked)
    for path in write_leaderboard(ranked, [contest], options.results):
        say(f"wrote {path}")
    refuse_failed(replace(on.prepared, plugins=(*proxies, *others)))
