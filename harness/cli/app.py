"""The command ``harness`` and how its errors leave."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from harness.api.arguments import options_named
from harness.cli import (
    files,
    methods,
    networks,
    plugins,
    predictors,
    ranking,
    submissions,
    suites,
)
from harness.cli.output import say
from harness.core.errors import HarnessError, InfrastructureError, UsageError
from harness.core.output import data_output, drop_output, open_outputs, prints_apart

__all__ = ["app", "main"]

_ORDER = (
    *("run", "score", "report", "compare", "predict", "rank", "combine", "search", "tune"),
    *("operations", "check", "gate", "cost", "submit", "list", "new", "archive", "site", "data"),
    *("doctor", "merge"),
    "train",
)
"""The commands as help shows them: what a newcomer needs first."""


class _Commands(TyperGroup):
    """The commands; what Ctrl-C leaves behind is said here, for Typer ends without a word."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - Typer keeps the type to itself
        return sorted(super().list_commands(ctx), key=_ORDER.index)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        if not ctx.resilient_parsing:  # of completion
            _refuse_empty(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401
        try:
            with options_named():
                returned = super().invoke(ctx)
            data_output().flush()
            return returned
        except KeyboardInterrupt:
            say("stopped; what was stored so far is kept, and the same command goes on from there")
            raise typer.Exit(130) from None
        except BrokenPipeError:  # whoever read the output has stopped, as ``head`` does
            drop_output()
            raise typer.Exit(141) from None


def _refuse_empty(arguments: Sequence[str]) -> None:
    """Refuse an empty text, which an unset variable of a shell leaves; a path would be ``.``.

    Raises:
        UsageError: There is one.
    """
    for place, argument in enumerate(arguments):
        option, equals, value = argument.partition("=")
        if argument and not (option.startswith("--") and equals and not value):
            continue
        before = arguments[place - 1] if place else ""
        what = option or (before if before.startswith("-") else f"argument {place + 1}")
        raise UsageError(f"{what} is an empty text; give a value, or leave it out")


def _apart(command: Callable[..., None]) -> Callable[..., None]:
    """Keep what code of others prints while a command runs out of its data."""

    @wraps(command)
    def run(**given: object) -> None:
        with prints_apart():
            command(**given)

    return run


app = typer.Typer(
    name="harness",
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # formatted help costs more time than everything else together
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    *(suites.run, suites.report, suites.compare, suites.gate, networks.score),
    *(predictors.predict, ranking.rank, ranking.combine, methods.search, methods.tune),
    *(methods.operations, plugins.check, plugins.cost, submissions.submit),
    *(files.archive, files.site, files.doctor),
):
    app.command()(_apart(command))
app.command(hidden=True)(files.merge)
app.add_typer(plugins.lists, name="list")
app.add_typer(plugins.new, name="new")
app.add_typer(files.data, name="data")
app.add_typer(files.train, name="train", hidden=True)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        sys.stdout.write(f"harness {version('nas-proxy-harness')}\n")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Evaluate training-free neural architecture search against stored NAS-Bench ground truth."""


def main() -> None:
    """Run the command line; a deliberate error becomes one line and its exit code."""
    open_outputs()
    handler, told = logging.StreamHandler(), _Once()
    handler.addFilter(told)
    handler.setFormatter(_Format())
    logging.getLogger().addHandler(handler)
    try:
        app()
    except SystemExit as end:
        if told.errors and not end.code:
            sys.exit(InfrastructureError.exit_code)
        raise
    except HarnessError as error:
        say(f"error: {error}")
        sys.exit(error.exit_code)
    except OSError as error:  # the machine's own refusal, wherever nothing better was to be said
        place = "" if error.filename is None else f" ({str(error.filename)[:200]})"
        say(f"error: {error.strerror or error}{place}; what was stored so far is safe")
        sys.exit(HarnessError.exit_code)
    finally:
        logging.getLogger().removeHandler(handler)


class _Once(logging.Filter):
    """Lets a message through the first time: a command that runs a suite often warns once.

    Attributes:
        errors: Number of errors of the harness that a command went on from.
    """

    def __init__(self) -> None:
        super().__init__()
        self.errors = 0
        self._told: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        self.errors += record.levelno >= logging.ERROR and record.name.startswith("harness.")
        message = record.getMessage()
        new = message not in self._told
        self._told.add(message)
        return new


class _Format(logging.Formatter):
    """Writes the level before the message, small where the command itself speaks."""

    def format(self, record: logging.LogRecord) -> str:
        own = record.name.startswith(("harness.api.", "harness.core."))
        level = record.levelname.lower() if own else record.levelname
        return f"{level}: {record.getMessage()}"
