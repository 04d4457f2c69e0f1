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
            help="A plugin's name, or a .py file.", autocompletion=completion.all_plugin_names
        ),
    ],
    space: Annotated[str, typer.Option(help="Space to try it on.")] = "nas-bench-201",
) -> None:
    """Check that a plugin of any kind is pure, seeded, leaves no trace and declares what it needs.

    Example: harness check my_proxy.py
    """
    from harness.catalog import LoadedPlugin
    from harness.checks import check_plugin
    from harness.cli.output import print_table

    found = settings.choose(LoadedPlugin, [plugin], "")
    findings = {one.name: check_plugin(one, space) for one in found}
    rows = [
        (name, one.verdict, one.rule, one.detail)
        for name, found in findings.items()
        for one in found
    ]
    print_table(("plugin", "verdict", "rule", "detail"), rows)
    if any(verdict == "broken" for _, verdict, _, _ in rows):
        raise typer.Exit(1)
