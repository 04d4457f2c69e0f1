"""Settings of a proxy found by a few labels, and how they rank other architectures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from harness.api.arguments import checked
from harness.api.choice import (
    Plugins,
    batch_settings,
    choose,
    path_of,
    plugin_items,
    require_number,
    text_items,
)
from harness.api.results import Progress, TuneResult
from harness.api.running import failed_plugins, steps
from harness.catalog import LoadedProxy, LoadedSearch
from harness.core.files import logged_if_unwritable
from harness.evaluation import Procedure, rank_tasks
from harness.execution.run import Options
from harness.proxy_search import (
    BESIDE,
    USUAL_BATCH,
    Question,
    evaluated,
    find,
    load_found,
    set_up_search,
    write_found,
)
from harness.reports.leaderboard import write_leaderboard
from harness.spaces.identical import IDENTICAL

__all__ = ["tune"]


@checked
def tune(
    task: str | Path,
    *,
    plugins: Plugins | None = None,
    settings: Path | str | Sequence[Path | str] | None = None,
    beside: Plugins | None = None,
    labels: int = 20,
    evaluations: int = 200,
    evaluate_on: int = 500,
    dataset: str | None = None,
    identical: str = IDENTICAL,
    batch: str = "photographs",
    images: Path | str | None = None,
    seed: int = 0,
    device: str = "cpu",
    workers: int = 0,
    results: Path | str = "results",
    progress: Progress | None = None,
) -> TuneResult:
    """Search settings by a few labels, store them, and rank the proxy on other architectures.

    The same call goes on where it was stopped. With `settings` alone, or no evaluations, nothing
    is searched, and proxies are ranked on architectures that searches leave alone.

    Example:
        ``harness.tune("nb201-analog-baseline", labels=4, evaluations=1, evaluate_on=10)``

    Args:
        task: Name of a task, or path of the ``.toml`` file of one's own.
        plugins: Searched proxies: names or ``.py`` files; dps when absent, unless `settings` are
            given.
        settings: Files of settings that were found before, to evaluate too.
        beside: Proxies to evaluate too, instead of the usual ones, as for `harness.run`.
        labels: Labels that a search sees, 3 or more.
        evaluations: Settings that it may try; 0 searches nothing.
        evaluate_on: Architectures to evaluate on, never labelled, 10 or more.
        dataset: Build networks for this data set, not the task's.
        identical: What makes networks identical, of which every one is drawn once: a kind of
            `Space.canonical`, or ``"rows"`` to merge none.
        batch: Batch source and size; the size is 16 when absent.
        images: What the batch source reads: a file or folder.
        seed: Seed of everything drawn.
        device: ``"cpu"``, ``"cuda"`` or ``"auto"``.
        workers: Worker processes; 0 for this one.
        results: Folder for records, settings and leaderboards.
        progress: Called with a `harness.api.results.Step` after every score.

    Returns:
        The settings found and the leaderboard.

    Raises:
        UsageError: There is no such task or plugin, or too few architectures are left.
        ContractError: A search asks for more than its budget, or returns no JSON.
        InfrastructureError: The results folder cannot be written.
    """
    require_number("labels", labels, 3)
    require_number("evaluations", evaluations, 0)
    require_number("evaluate-on", evaluate_on, 10)
    carried = [load_found(Path(path)) for path in text_items(settings)]
    usual = () if carried else ("dps",)
    searches = choose(LoadedSearch, plugin_items(plugins) or usual) if evaluations else ()
    question = Question(
        task=str(task),
        labels=labels,
        evaluate_on=evaluate_on,
        excluded=frozenset(text for proxy in carried for text in proxy.labelled),
        identical=identical,
        dataset=dataset,
        batch=batch_settings(batch, USUAL_BATCH.size),
        seed=seed,
    )
    options = Options(results=Path(results), device=device, workers=workers, images=path_of(images))
    setup = set_up_search(question, options)
    searched, settings_files = [], []
    for search in searches:
        told = steps(progress, f"searching {search.name}")
        searched.append(find(setup, search, evaluations, options, told))
        with logged_if_unwritable():
            settings_files.append(write_found(searched[-1], options.results))
    others = choose(LoadedProxy, BESIDE if beside is None else plugin_items(beside), "--beside")
    proxies = (*(settled.proxy() for settled in [*carried, *searched]), *others)
    scores = evaluated(setup, proxies, options, steps(progress, "evaluating"))
    variant = setup.prepared.variant
    edition = f"{setup.task}-{len(scores.population.texts)}-seed{seed}{variant}"
    ranked = rank_tasks("proxy-search", edition, [scores], Procedure(seed=seed))
    return TuneResult(
        found=tuple(searched),
        leaderboard=ranked,
        failed=failed_plugins(replace(setup.prepared, plugins=proxies)),
        settings_files=tuple(settings_files),
        files=tuple(write_leaderboard(ranked, [scores], options.results)),
    )
