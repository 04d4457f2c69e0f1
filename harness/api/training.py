"""Training again of what is shipped trained."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from harness.api.arguments import checked
from harness.api.choice import path_of
from harness.api.results import Progress, TrainResult
from harness.api.running import steps
from harness.computation_graphs import SENTENCES
from harness.computation_graphs.weights import write_encoder
from harness.core.identity import Json
from harness.text_graphs import DESCRIPTIONS, EXPLANATIONS
from harness.text_graphs.ensemble import write_ensemble
from harness.text_graphs.vectors import STORED, write_vectors
from harness.training.cells import training_cells
from harness.training.cl_predictor import ContrastiveRecipe, drawn_graphs, pretrain
from harness.training.recipe import read_recipe, recipe_of
from harness.training.tg_nas import hidden_operator_scores, train
from harness.truth import Places

__all__ = ["train_cl_predictor", "train_tg_nas"]


@checked
def train_tg_nas(
    *,
    out: Path | str = "tg_nas.npz",
    recipe: Path | str | None = None,
    seed: int = 0,
    judge: bool = False,
    embed: bool = False,
    data_dir: Path | str | None = None,
    progress: Progress | None = None,
) -> TrainResult:
    """Train TG-NAS on the stored cells of NAS-Bench-101.

    Example:
        ``harness.train_tg_nas(seed=1, out="seed1.npz")``

    Args:
        out: File of the weights.
        recipe: TOML file of a recipe, instead of the shipped one.
        seed: Seed of everything drawn.
        judge: Only judge the recipe, by hidden operators, and write nothing.
        embed: Only encode the descriptions that have no stored vector; needs the extra ``text``.
        data_dir: Folder of ground truth, laid out as ``OWNER+NAME/PATH``.
        progress: Called with a `harness.api.results.Step` after every epoch.

    Returns:
        The file, and what was measured on held-out cells: with `judge` Spearman correlations by
        hidden operator, with `embed` the number of descriptions.

    Raises:
        UsageError: There is no such recipe, or a key of it is wrong.
        DataError: The cells cannot be read.
        InfrastructureError: The file cannot be written, or the extra ``text`` is missing.
    """
    if embed:
        sentences = [*DESCRIPTIONS.values(), *EXPLANATIONS.values(), *SENTENCES]
        return TrainResult(file=Path(STORED), metrics={"descriptions": write_vectors(sentences)})
    wanted = read_recipe(path_of(recipe)).model_copy(update={"seed": seed})
    tables = training_cells(Places.from_environment(path_of(data_dir)))
    if judge:
        return TrainResult(file=None, metrics=hidden_operator_scores(wanted, tables))
    ensemble = train(wanted, tables, steps(progress, "training"))
    write_ensemble(ensemble, Path(out))
    return TrainResult(file=Path(out), metrics=cast("Mapping[str, Json]", ensemble.metrics))


@checked
def train_cl_predictor(
    *,
    out: Path | str = "cl_predictor.npz",
    recipe: Path | str | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> TrainResult:
    """Train the encoder of cl_predictor on unlabelled graphs of several spaces.

    Example:
        ``harness.train_cl_predictor(seed=1, out="seed1.npz")``

    Args:
        out: File of the encoder.
        recipe: TOML file of a recipe, instead of the shipped one.
        seed: Seed of everything drawn.
        progress: Called with a `harness.api.results.Step` after every graph and epoch.

    Returns:
        The file, and the loss on held-out graphs.

    Raises:
        UsageError: There is no such recipe, or a key of it is wrong.
        InfrastructureError: The file cannot be written.
    """
    wanted = recipe_of(path_of(recipe), ContrastiveRecipe).model_copy(update={"seed": seed})
    graphs = drawn_graphs(wanted, steps(progress, "tracing"))
    trained = pretrain(wanted, graphs, steps(progress, "training"))
    write_encoder(trained, Path(out))
    return TrainResult(file=Path(out), metrics=cast("Mapping[str, Json]", trained.metrics))
