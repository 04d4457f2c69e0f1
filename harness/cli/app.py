"""The command ``harness`` and how its errors leave."""

from __future__ import annotations

import logging
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from harness.cli import (
    check,
    compare,
    cost,
    data,
    doctor,
    fidelity,
    gate,
    listing,
    merge,
    new,
    operations,
    predict,
    report,
    run,
    search,
    search_proxy,
    seeds,
    stored,
    train,
    transfer,
)
from harness.core.errors import HarnessError

__all__ = ["app", "main"]


class _Commands(TyperGroup):
    """The commands; what Ctrl-C leaves behind is said here, for Typer ends without a word."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - Typer keeps the type to itself
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _say("stopped; everything scored so far is stored, the same command goes on from there")
            raise typer.Exit(130) from None


app = typer.Typer(
    name="harness",
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # formatted help costs more time than everything else together
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(listing.app, name="list")
app.add_typer(data.app, name="data")
app.add_typer(new.app, name="new")
app.add_typer(train.app, name="train")
app.command("run")(run.run)
app.command("report")(report.report)
app.command("merge")(merge.merge)
app.command("stored")(stored.stored)
app.command("compare")(compare.compare)
app.command("cost")(cost.cost)
app.command("fidelity")(fidelity.fidelity)
app.command("gate")(gate.gate)
app.command("operations")(operations.operations)
app.command("predict")(predict.predict)
app.command("search")(search.search)
app.command("search-proxy")(search_proxy.search_proxy)
app.command("seeds")(seeds.seeds)
app.command("transfer")(transfer.transfer)
app.command("check")(check.check)
app.command("doctor")(doctor.doctor)


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
    _log_to_stderr()
    try:
        app()
    except HarnessError as error:
        _say(f"error: {error}")
        sys.exit(error.exit_code)
    except OSError as error:  # the machine's own refusal, wherever nothing better was to be said
        place = "" if error.filename is None else f" ({str(error.filename)[:200]})"
        _say(f"error: {error.strerror or error}{place}; what was stored so far is safe")
        sys.exit(HarnessError.exit_code)


class _Once(logging.Filter):
    """Lets a message through the first time: a command that runs a suite often warns once."""

    def __init__(self) -> None:
        super().__init__()
        self._told: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        new = message not in self._told
        self._told.add(message)
        return new


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.addFilter(_Once())
    logging.basicConfig(
        level=logging.WARNING,
        format="%(levelname)s: %(message)s".lower(),
        handlers=[handler],
    )


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
