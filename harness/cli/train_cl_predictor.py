"""``harness train cl-predictor``: make the shipped encoder again, or another one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["cl_predictor"]


def cl_predictor(
    out: Annotated[Path, typer.Option(help="File of the encoder.")] = Path("cl_predictor.npz"),
    recipe: Annotated[
        Path | None, typer.Option(help="TOML file of a recipe, instead of the shipped one.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything drawn.")] = 0,
) -> None:
    """Train the encoder of cl_predictor on unlabelled graphs of several spaces.

    Example: harness train cl-predictor --seed 1 --out seed1.npz
    """
    from harness.cli.output import progress_bar, say
    from harness.computation_graphs.weights import write_encoder
    from harness.training.cl_predictor import drawn_graphs, pretrain
    from harness.training.recipe import ContrastiveRecipe, recipe_of

    wanted = recipe_of(recipe, ContrastiveRecipe).model_copy(update={"seed": seed})
    with progress_bar("tracing") as update:
        graphs = drawn_graphs(wanted, update)
    with progress_bar("training") as update:
        trained = pretrain(wanted, graphs, update)
    write_encoder(trained, out)
    say(f"wrote {out}: {trained.metrics}")
