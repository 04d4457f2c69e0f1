"""Options that several commands share, and what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli import completion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.catalog import Catalog, Loaded, LoadedPlugin
    from harness.run.execute import Prepared
    from harness.suite import BatchSettings, Suite

__all__ = [
    "batch_settings",
    "choose_any",
    "choose_named",
    "choose_plugins",
    "choose_suite",
    "show_leaderboard",
    "warn_of_labelled",
]

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


def choose_plugins(suite: Suite, asked: list[str], *, only: bool) -> tuple[LoadedPlugin, ...]:
    """Return the suite's plugins and those asked for, or the latter alone.

    Raises:
        UsageError: A name is unknown, or `only` without any.
    """
    from harness.core.errors import UsageError

    if only and not asked:
        raise UsageError("--only needs at least one --plugin")
    catalog = _catalog()
    base = [] if only else suite.plugins
    chosen = catalog.choose(base, f"suite {suite.name} [plugins]")
    return _joined(catalog, chosen, asked, "--plugin")


def choose_named(asked: list[str]) -> tuple[LoadedPlugin, ...]:
    """Return the plugins of names and files.

    Raises:
        UsageError: A name is unknown.
    """
    return _joined(_catalog(), (), asked, "")


def choose_any(text: str) -> tuple[Loaded, ...]:
    """Return the plugins of a name or a file, of whatever kind.

    Raises:
        UsageError: The name is unknown.
    """
    from harness.catalog import FromFile
    from harness.core.errors import unknown_name

    if text.endswith(".py"):
        return FromFile(path=Path(text)).load_all()
    if text.endswith(".json"):
        return choose_named([text])
    catalog = _catalog()
    known: dict[str, Loaded] = {
        **catalog.plugins,
        **catalog.predictors,
        **catalog.scorers,
        **catalog.searches,
    }
    if text not in known:
        raise unknown_name("plugin", text, known)
    return (known[text],)


def _catalog() -> Catalog:
    from harness.catalog import installed
    from harness.cli.output import warn

    catalog = installed()
    for broken in catalog.broken:
        warn(f"the plugin {broken.origin} cannot be used: {broken.reason}")
    return catalog


def _joined(
    catalog: Catalog, chosen: tuple[LoadedPlugin, ...], asked: list[str], where: str
) -> tuple[LoadedPlugin, ...]:
    from harness.catalog import FromFile
    from harness.proxy_search import load_found

    joined = {one.name: one for one in chosen}
    for text in asked:
        if text.endswith(".py"):
            loaded = FromFile(path=Path(text)).load()
            catalog = catalog.with_plugin(loaded)
            joined[loaded.name] = loaded
        elif text.endswith(".json"):
            loaded = load_found(Path(text)).proxy()
            joined[loaded.name] = loaded
        else:
            joined |= {one.name: one for one in catalog.choose([text], where)}
    return tuple(joined.values())


def warn_of_labelled(asked: Sequence[str], prepared: Prepared) -> None:
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


def show_leaderboard(prepared: Prepared, results: Path) -> None:
    """Evaluate stored scores, print the leaderboard and write its files."""
    from harness.cli.output import say
    from harness.evaluation import contests, ranked
    from harness.report.files import write_reports
    from harness.report.terminal import print_leaderboard

    joined = contests(prepared)
    leaderboard = ranked(prepared, joined)
    print_leaderboard(leaderboard)
    for path in write_reports(leaderboard, joined, results):
        say(f"wrote {path}")
