"""``harness merge``: join results folders that were written apart."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["merge"]


def merge(
    folders: Annotated[list[Path], typer.Argument(help="Results folders of parts of one run.")],
    into: Annotated[Path, typer.Option(help="Results folder to add them to; it may exist.")],
) -> None:
    """Join results folders that machines or shards have written apart.

    Refused are folders of other conditions, other versions of a plugin, and damaged records.

    Example: harness merge shard-1 shard-2 --into results
    """
    from harness.cli.output import say
    from harness.records.merge import merge as merged

    done = merged(folders, into)
    say(f"{done.added} scores added to {into}, {done.present} were there already")
