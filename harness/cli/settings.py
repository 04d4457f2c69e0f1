"""Options that several commands share, and what they mean."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from harness.cli import completion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.catalog import Catalog, LoadedPlugin, LoadedProxy
    from harness.execution.run import Run
    from harness.suite import BatchSettings, Suite

__all__ = [
    "batch_settings",
    "choose",
    "choose_plugins",
    "choose_suite",
    "show_leaderboard",
    "warn_of_labelled",
]

L = TypeVar("L", bound="LoadedPlugin[Any]")

SuiteName = Annotated[
    str,
    typer.Argument(help="Name of a suite, or a .toml file.", autocompletion=completion.suite_names),
]
Plugins = Annotated[
    list[str] | None,
    typer.Option(
        "--plugin",
        help="Evaluate this plugin too: a name, a .py file, or a .json file of found settings.",
        autocompletion=completion.plugin_names,
    ),
]
Only = Annotated[bool, typer.Option("--only", help="Evaluate only the plugins of --plugin.")]
Sample = Annotated[
    int | None, typer.Option(min=2, help="Draw this many architectures instead of the suite's.")
]
Seed = Annotated[int | None, typer.Option(help="Seed of batch, weights and draws.")]
BatchName = Annotated[
    str | None, typer.Option("--batch", help="photographs, cifar10 or noise; cifar10:128 for size.")
]
Images = Annotated[Path | None, typer.Option(help="Folder or archive of CIFAR-10 images.")]
Device = Annotated[str, typer.Option(help="cpu, cuda or auto.")]
Workers = Annotated[
    int | None,
    typer.Option(min=0, help="Worker processes; 0 scores in this process, without time limits."),
]
DataFolder = Annotated[
    Path | None, typer.Option("--data-dir", help="Folder laid out as OWNER+NAME/PATH.")
]
Results = Annotated[Path, typer.Option(help="Folder for records and leaderboards.")]


def choose_suite(
    name: str, sample: int | None, seed: int | None, batch: str | None, timeout: float | None
) -> Suite:
    """Read a suite and apply the options that replace parts of it."""
    from harness.evaluation import procedure_of
    from harness.suite import load_suite

    suite = load_suite(name)
    procedure_of(suite)  # a misspelt metric is refused before hours of scoring
    return suite.changed(
        sample=sample,
        seed=seed,
        batch=None if batch is None else batch_settings(batch, suite.batch.size),
        timeout_s=timeout,
    )


def batch_settings(text: str, size: int) -> BatchSettings:
    """Read a source of images and, after a colon, its size, which is `size` otherwise.

    Raises:
        UsageError: The size is no number of 2 or more.
    """
    from harness.core.errors import UsageError
    from harness.suite import BatchSettings

    source, _, given = text.partition(":")
    if given and not (given.isdigit() and int(given) >= 2):
        raise UsageError(f"--batch {text}: the size after the colon is a number of 2 or more")
    return BatchSettings(source=source, size=int(given) if given else size)


def choose(kind: type[L], asked: Iterable[str], where: str = "--plugin") -> tuple[L, ...]:
    """Return the plugins of one kind that are named or held by files, each once.

    Raises:
        UsageError: A name is unknown or taken, or a plugin is of another kind.
    """
    return _joined(kind, _catalog(), (), asked, where)


def choose_plugins(suite: Suite, asked: list[str], *, only: bool) -> tuple[LoadedProxy, ...]:
    """Return the suite's proxies and those asked for, or the latter alone.

    Raises:
        UsageError: A name is unknown, or `only` without any.
    """
    from harness.catalog import LoadedProxy
    from harness.core.errors import UsageError

    if only and not asked:
        raise UsageError("--only needs at least one --plugin")
    catalog = _catalog()
    base = [] if only else suite.plugins
    chosen = catalog.choose(LoadedProxy, base, f"suite {suite.name} [plugins]")
    return _joined(LoadedProxy, catalog, chosen, asked, "--plugin")


@functools.cache
def _catalog() -> Catalog:
    """Find all plugins and tell of broken ones, once for a command."""
    from harness.catalog import installed
    from harness.cli.output import warn

    catalog = installed()
    for broken in catalog.broken:
        warn(f"the plugin {broken.origin} cannot be used: {broken.reason}")
    return catalog


def _joined(
    kind: type[L], catalog: Catalog, chosen: Iterable[L], asked: Iterable[str], where: str
) -> tuple[L, ...]:
    from harness.catalog import required

    joined = {one.name: one for one in chosen}
    for text in dict.fromkeys(asked):
        found = _held(text)
        for one in found:
            joined[one.name] = required(kind, one, text)
            catalog = catalog.with_plugin(one)
        if not found:
            joined |= {one.name: one for one in catalog.choose(kind, [text], where)}
    return tuple(joined.values())


def _held(text: str) -> tuple[LoadedPlugin[Any], ...]:
    """Return what a file holds; nothing where the text is a name."""
    from harness.catalog import FromFile
    from harness.proxy_search import load_found

    match Path(text).suffix:
        case ".py":
            return FromFile(path=Path(text)).load_all()
        case ".json":
            return (load_found(Path(text)).proxy(),)
        case _:
            return ()


def warn_of_labelled(asked: Sequence[str], prepared: Run) -> None:
    """Tell of architectures that a run evaluates settings on which were found by their labels."""
    from harness.cli.output import warn
    from harness.proxy_search import load_found

    drawn = {one.text for one in prepared.population.architectures}
    for text in asked:
        if text.endswith(".json"):
            found = load_found(Path(text))
            seen = len(drawn & set(found.labelled))
            if seen:
                warn(
                    f"{found.name} was searched with the labels of {seen} of the {len(drawn)} "
                    f"architectures that it is evaluated on; harness search-proxy TASK --settings "
                    f"{text} leaves them out"
                )


def show_leaderboard(prepared: Run, results: Path) -> None:
    """Evaluate stored scores, print the leaderboard and write its files."""
    from harness.cli.output import say
    from harness.evaluation import join_stored, rank_run
    from harness.reports.leaderboard import print_leaderboard, write_leaderboard

    joined = join_stored(prepared)
    leaderboard = rank_run(prepared, joined)
    print_leaderboard(leaderboard)
    for path in write_leaderboard(leaderboard, joined, results):
        say(f"wrote {path}")
