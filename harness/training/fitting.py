"""Trains one text graph network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch

from harness.isolation import isolated_generators, one_thread
from harness.text_graphs.network import TextGraphNetwork
from harness.text_graphs.rewrites import OPERATORS, Rewrites, rewrite
from harness.text_graphs.tensors import GraphTensors, graph_tensors
from harness.training.cells import Cells
from harness.training.recipe import Loss, Recipe

__all__ = ["fit"]


def fit(
    recipe: Recipe,
    tables: Sequence[Cells],
    seed: int,
    progress: Callable[[int], None],
    without: str = "",
) -> TextGraphNetwork:
    """Train one network.

    Args:
        recipe: How.
        tables: Cells to train on; a batch never mixes tables.
        seed: Seed of weights, batches and rewrites.
        progress: Called with the number of epochs done.
        without: An operator that rewrites leave out.
    """

    generator = np.random.default_rng(seed)
    with isolated_generators(seed, torch.device("cpu")), one_thread():
        network = TextGraphNetwork(recipe.form)
        optimiser = torch.optim.AdamW(
            network.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
        )
        steps = recipe.epochs * sum(
            _batch_count(table.labels.size, recipe.batch) for table in tables
        )
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, recipe.learning_rate, total_steps=steps + 1
        )
        network.train()
        read: list[tuple[GraphTensors, torch.Tensor]] = []
        for epoch in range(recipe.epochs):
            if epoch % recipe.fresh == 0:
                read = [_read(recipe, table, generator, without) for table in tables]
            for graphs, labels in _batches(read, recipe.batch, generator):
                loss = _loss(recipe, network(_noisy(graphs, recipe.noise)), labels)
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                schedule.step()
            progress(epoch + 1)
    return network.eval()


def _read(
    recipe: Recipe, cells: Cells, generator: np.random.Generator, without: str
) -> tuple[GraphTensors, torch.Tensor]:
    graphs = list(cells.graphs)
    if recipe.rewrites is not None:
        identities, nothings, dead = recipe.rewrites
        known = tuple(operator for operator in OPERATORS if operator != without)
        rewrites = Rewrites(identities=identities, nothings=nothings, dead=dead, operators=known)
        graphs = [rewrite(graph, rewrites, generator) for graph in graphs]
    return graph_tensors(graphs, recipe.words), torch.from_numpy(cells.labels.astype(np.float32))


def _batches(
    tables: Sequence[tuple[GraphTensors, torch.Tensor]], size: int, generator: np.random.Generator
) -> Iterator[tuple[GraphTensors, torch.Tensor]]:
    chosen = []
    for number, (_, labels) in enumerate(tables):
        order = generator.permutation(len(labels))
        taken = min(size, len(order))
        starts = range(0, _batch_count(len(order), size) * taken, taken)
        chosen += [(number, order[start : start + taken]) for start in starts]
    for place in generator.permutation(len(chosen)):
        number, rows = chosen[int(place)]
        graphs, labels = tables[number]
        indices = torch.from_numpy(rows)
        yield graphs.rows(indices), labels[indices]


def _batch_count(cells: int, size: int) -> int:
    """Return the whole batches in a table; a table smaller than a batch is one of its own."""
    return cells // min(size, cells) if cells > 1 else 0


def _noisy(graphs: GraphTensors, noise: float) -> GraphTensors:
    if not noise:
        return graphs
    drawn = torch.randn_like(graphs.sentences) * noise / graphs.sentences.shape[1] ** 0.5
    drawn[-2:] = 0  # the rows of absent nodes and of the global node
    return replace(graphs, sentences=graphs.sentences + drawn)


def _loss(recipe: Recipe, scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    if recipe.loss is Loss.SQUARES:
        return (scores - labels).square().mean()
    signs = torch.sign(labels[:, None] - labels[None])
    right = ((scores[:, None] - scores[None]) * signs)[signs != 0]
    if recipe.loss is Loss.HINGE:
        return torch.relu(recipe.margin - right).mean()
    return torch.nn.functional.softplus(-right).mean()
