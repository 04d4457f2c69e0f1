"""``harness train``: make the weights that come with the harness again, or others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.cli import settings
from harness.cli.train_cl_predictor import cl_predictor

__all__ = ["app"]

app = typer.Typer(
    help="Train what is shipped trained. Example: harness train tg-nas --out mine.npz",
    no_args_is_help=True,
)


@app.callback()
def train() -> None:
    """Train what is shipped trained. Example: harness train tg-nas --out mine.npz."""


@app.command("tg-nas")
def tg_nas(
    out: Annotated[Path, typer.Option(help="File of the weights.")] = Path("tg_nas.npz"),
    recipe: Annotated[
        Path | None, typer.Option(help="TOML file of a recipe, instead of the shipped one.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything drawn.")] = 0,
    judge: Annotated[
        bool,
        typer.Option("--judge", help="Only judge the recipe, by hidden operators; write nothing."),
    ] = False,
    embed: Annotated[
        bool,
        typer.Option("--embed", help="Only encode all descriptions anew; needs the extra text."),
    ] = False,
    data_dir: settings.DataFolder = None,
) -> None:
    """Train TG-NAS on the stored cells of NAS-Bench-101.

    Example: harness train tg-nas --seed 1 --out seed1.npz
    """
    from harness.cli.output import print_table, progress_bar, say
    from harness.text_graphs.ensemble import write_ensemble
    from harness.training.cells import training_cells
    from harness.training.recipe import read_recipe
    from harness.training.tg_nas import hidden_operator_scores, train
    from harness.truth import Places

    if embed:
        _embed()
        return
    wanted = read_recipe(recipe).model_copy(update={"seed": seed})
    tables = training_cells(Places.from_environment(data_dir))
    if judge:
        scores = hidden_operator_scores(wanted, tables)
        print_table(("hidden operator", "spearman"), [(k, f"{v:.3f}") for k, v in scores.items()])
        return
    with progress_bar("training") as update:
        ensemble = train(wanted, tables, update)
    write_ensemble(ensemble, out)
    say(f"wrote {out}: {ensemble.metrics}")


def _embed() -> None:
    from harness.cli.output import say
    from harness.text_graphs import DESCRIPTIONS, EXPLANATIONS
    from harness.text_graphs.vectors import STORED, write_vectors

    sentences = [*DESCRIPTIONS.values(), *EXPLANATIONS.values()]
    say(f"wrote the vectors of {write_vectors(sentences)} descriptions to {STORED}")


app.command("cl-predictor")(cl_predictor)
