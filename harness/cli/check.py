"""``harness check``: does a plugin keep its contract?"""

from __future__ import annotations

from typing import Annotated

import typer

from harness.cli import completion, settings

__all__ = ["check"]


def check(
    plugin: Annotated[
        str,
        typer.Argument(
            help="A plugin's name, or a .py file.", autocompletion=completion.plugin_names
        ),
    ],
    space: Annotated[str, typer.Option(help="Space to try it on.")] = "nas-bench-201",
) -> None:
    """Check that a plugin is pure, seeded, leaves no trace and declares what it needs.

    Example: harness check my_proxy.py
    """
    from harness.checks import check_plugin, check_search
    from harness.cli.output import print_table

    search = settings.searched(plugin)
    if search is None:
        (loaded,) = settings.choose_named([plugin])
        findings = check_plugin(loaded, space)
    else:
        findings = check_search(search, space)
    rows = [(one.verdict, one.rule, one.detail) for one in findings]
    print_table(("verdict", "rule", "detail"), rows)
    if any(one.verdict == "broken" for one in findings):
        raise typer.Exit(1)
