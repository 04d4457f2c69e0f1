"""Commands about networks of one's own: ``score``."""

from __future__ import annotations

from typing import Annotated

import typer

import harness
from harness.cli.options import BatchName, Device, Images, proxy_names, sample_shape
from harness.cli.output import shown_progress
from harness.core.output import data_output

__all__ = ["score"]


def score(
    network: Annotated[
        str,
        typer.Argument(
            metavar="FILE[:NAME]",
            help="Python file of a torch module, of a function that builds one, or of a dictionary "
            "of these; network, model or the only one when no name is given. It may define "
            "inputs, labels and loss too.",
        ),
    ],
    proxies: Annotated[
        list[str] | None,
        typer.Option(
            "--proxy",
            help="A proxy's name, or a .py file. Repeatable; all when absent.",
            autocompletion=proxy_names,
        ),
    ] = None,
    loss: Annotated[
        str | None,
        typer.Option(
            help="cross_entropy, per_token, per_pixel, regression, or network for its own; the one "
            "that output and labels allow when absent."
        ),
    ] = None,
    shape: Annotated[
        str | None, typer.Option(help="Shape of one sample, e.g. 3,224,224, without inputs.")
    ] = None,
    classes: Annotated[
        int | None, typer.Option(min=1, help="Classes, without labels; the network's when absent.")
    ] = None,
    dataset: Annotated[
        str | None, typer.Option(help="Data set whose shape, classes and loss are meant instead.")
    ] = None,
    batch: BatchName = None,
    images: Images = None,
    seed: Annotated[int, typer.Option(help="Seed of samples, weights and proxies.")] = 0,
    device: Device = "cpu",
    workers: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Worker processes; 0 for this process alone. [default: this one, and one for "
            "each proxy from outside]",
        ),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(min=0.1, help="Seconds that a network may take in a worker process."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
) -> None:
    """Score networks of one's own with proxies, without a space and without ground truth.

    Each proxy gives a finite score, or says why it has none for this network. Where a proxy failed
    on every network, the exit code is 1. Example: harness score my_network.py --shape 3,32,32
    """
    given = locals() | {"shape": sample_shape(shape)}
    for option in ("as_json", "as_csv"):
        given.pop(option)
    with shown_progress() as progress:
        done = harness.score(**given, progress=progress)
    from harness.core.errors import ContractError
    from harness.execution.network_scores import failed_proxies
    from harness.reports.network_scores import network_score_data, network_score_table
    from harness.reports.writers import forms, print_table

    if as_json or as_csv:
        texts = forms(network_score_data(done.scores))
        data_output().write(texts[".json" if as_json else ".csv"])
    else:
        print_table(network_score_table(done.scores))
    failed = failed_proxies(done.scores)
    if failed:
        raise ContractError(
            f"{', '.join(failed)} failed on every network; the column reason says why, and every "
            "other score is there"
        )
