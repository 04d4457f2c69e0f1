"""``harness new``: files to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(
    help="Write files to start from. Example: harness new proxy my_proxy", no_args_is_help=True
)


@app.callback()
def options() -> None:
    """Write files to start from. Example: harness new proxy my_proxy."""


@app.command("proxy")
def proxy(
    name: Annotated[str, typer.Argument(help="Small letters, digits and underscores.")],
    folder: Annotated[Path, typer.Option(help="Where the files go.")] = Path(),
) -> None:
    """Write a zero-cost proxy that works, and its test, for you to change.

    Example: harness new proxy my_proxy
    """
    from harness.cli.output import say
    from harness.starters import write_proxy

    for path in write_proxy(name, folder):
        say(f"wrote {path}")
    file = folder / f"{name}.py"
    say(f"next: edit {file}, then harness check {file}; harness run nb201-quick --plugin {file}")
