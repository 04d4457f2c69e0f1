"""Trains the encoder of cl_predictor on computation graphs of several spaces, without a label.

With z the encoder's embeddings through a projection that is thrown away afterwards, s the spectra
of the graphs (`harness.computation_graphs.tensors`) and a batch that mixes families,

    a_ij = softmax over j of  -sharpness |s_i - s_j|
    loss = - mean over i of  sum over j of  a_ij log softmax over j of  cos(z_i, z_j) / temperature

where j is never i. Graphs of alike shape attract each other as much as they are alike; none is
altered, since a small change of a network can change what it is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from harness.computation_graphs.encoder import Encoder, Shape
from harness.computation_graphs.graph import ComputationGraph
from harness.computation_graphs.tensors import graph_batch, smallest_eigenvalues
from harness.computation_graphs.weights import Trained
from harness.core.errors import UsageError
from harness.core.identity import derived_seed
from harness.encodings.traced import graphs_of
from harness.isolation import isolated_generators, one_thread
from harness.spaces.registry import space
from harness.training.recipe import ContrastiveRecipe

__all__ = ["ContrastiveRecipe", "contrastive_loss", "drawn_graphs", "pretrain"]

_PROJECTION = 32
_HELD_OUT = 0.1
_FEWEST = 1
_AT_ONCE = 100


def drawn_graphs(
    recipe: ContrastiveRecipe, progress: Callable[[int, int], None]
) -> list[ComputationGraph]:
    """Draw and trace the architectures of a recipe.

    Args:
        recipe: Says how many of which spaces.
        progress: Called with the number of architectures traced and to trace.

    Raises:
        UsageError: There is no such space, or its networks read no images.
    """
    total, graphs = sum(recipe.families.values()), list[ComputationGraph]()
    for name, count in recipe.families.items():
        generator = np.random.default_rng(derived_seed(recipe.seed, "cl_predictor", name))
        searched = space(name)
        drawn = [searched.sample(generator) for _ in range(count)]
        for start in range(0, count, _AT_ONCE):
            graphs += graphs_of(drawn[start : start + _AT_ONCE])
            progress(len(graphs), total)
    return graphs


def pretrain(
    recipe: ContrastiveRecipe,
    graphs: Sequence[ComputationGraph],
    progress: Callable[[int, int], None],
) -> Trained:
    """Train an encoder; a tenth of the graphs is held out and the loss measured on it.

    Args:
        recipe: How.
        graphs: Unlabelled, of all families.
        progress: Called with the number of epochs done and to do.

    Raises:
        UsageError: There are too few graphs to hold any out.
    """
    if _HELD_OUT * len(graphs) < _FEWEST:
        raise UsageError(
            f"the recipe draws {len(graphs)} networks, too few to hold a tenth of them out; draw "
            f"{round(_FEWEST / _HELD_OUT)} or more [families]"
        )
    seed = derived_seed(recipe.seed, "cl_predictor", "contrastive")
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(graphs))
    held, kept = np.split(order, [int(_HELD_OUT * len(graphs))])
    spectra = torch.from_numpy(
        np.stack([smallest_eigenvalues(graph, recipe.eigenvalues) for graph in graphs])
    ).float()
    with isolated_generators(seed, torch.device("cpu")), one_thread():
        shape = Shape(layers=recipe.layers, width=recipe.width, embedding=recipe.embedding)
        encoder = Encoder(shape)
        projection = nn.Sequential(
            nn.ReLU(), nn.Linear(recipe.embedding, _PROJECTION), nn.ReLU(),
            nn.Linear(_PROJECTION, _PROJECTION),
        )  # fmt: skip
        network = nn.Sequential(encoder, projection)
        first = _held_out_loss(recipe, network, graphs, spectra, held)
        _fit(recipe, network, (graphs, spectra, kept), generator, progress)
        last = _held_out_loss(recipe, network, graphs, spectra, held)
    metrics = {"graphs": len(kept), "held out": len(held), "loss before": first, "loss": last}
    return Trained(encoder=encoder.eval(), recipe=recipe.model_dump(mode="json"), metrics=metrics)


def contrastive_loss(recipe: ContrastiveRecipe, projected: Tensor, spectra: Tensor) -> Tensor:
    """Return the loss of a batch of b graphs.

    Args:
        recipe: Gives sharpness and temperature.
        projected: Shape ``(b, d)``, of any length.
        spectra: Shape ``(b, q)``.
    """
    itself = torch.eye(len(spectra), dtype=torch.bool)
    distances = torch.cdist(spectra, spectra)
    wanted = (-recipe.sharpness * distances).masked_fill(itself, -torch.inf).softmax(dim=1)
    unit = nn.functional.normalize(projected, dim=1)
    cosines = (unit @ unit.T / recipe.temperature).masked_fill(itself, -torch.inf)
    logs = cosines.log_softmax(dim=1).masked_fill(itself, 0.0)
    return -(wanted * logs).sum(dim=1).mean()


def _fit(
    recipe: ContrastiveRecipe,
    network: nn.Module,
    data: tuple[Sequence[ComputationGraph], Tensor, np.ndarray],
    generator: np.random.Generator,
    progress: Callable[[int, int], None],
) -> None:
    graphs, spectra, kept = data
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )
    steps = max(1, len(kept) // recipe.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.learning_rate, total_steps=recipe.epochs * steps + 1
    )
    network.train()
    for epoch in range(recipe.epochs):
        for rows in np.array_split(generator.permutation(kept), steps):
            projected = network(graph_batch([graphs[int(row)] for row in rows]))
            loss = contrastive_loss(recipe, projected, spectra[rows])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
        progress(epoch + 1, recipe.epochs)


def _held_out_loss(
    recipe: ContrastiveRecipe,
    network: nn.Module,
    graphs: Sequence[ComputationGraph],
    spectra: Tensor,
    held: np.ndarray,
) -> float:
    rows = held[: recipe.batch]
    with torch.no_grad():
        projected = network(graph_batch([graphs[int(row)] for row in rows]))
        return float(contrastive_loss(recipe, projected, spectra[rows]))
