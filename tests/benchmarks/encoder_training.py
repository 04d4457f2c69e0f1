"""Trains encoders of traced networks over spaces, for the benchmark of pre-training.

What the trainings ask for is told in `tests.benchmarks.pretraining`.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, softplus

from harness.computation_graphs.graph import ComputationGraph
from harness.computation_graphs.kinds import Kind
from harness.computation_graphs.tensors import GraphBatch, graph_batch, smallest_eigenvalues
from harness.training.cl_predictor import contrastive_loss
from harness.training.recipe import ContrastiveRecipe
from tests.benchmarks.traced_encoders import TracedEncoder

KINDS = ("none", "contrast", "masked", "numbers", "proxies", "together", "labels")
WITHOUT_LABELS = KINDS[1:5]
OF_MESSAGES = ("masked", "together")
"""Need the vectors of operators, which ``messages`` alone gives."""

SPACES_A_STEP, GRAPHS_A_SPACE, OPERATORS_A_SPACE, FEWEST_GRAPHS = 3, 24, 2500, 6
LARGEST_PADDED = 500
"""Most operators of a graph that encoders learn from whose time grows with their square or cube."""

RATE, RATED_WIDTH = 2e-3, 32
"""The learning rate at this width; it falls with the root of the width."""

MASKED = 1 / 6
SPREAD = 0.05
"""Added to deviations, so that an embedding that hardly varies is not blown up."""

CONTRAST = ContrastiveRecipe()


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """How an encoder is trained.

    Attributes:
        encoder: One of `tests.benchmarks.traced_encoders.ENCODERS`.
        width: Of the encoder.
        kind: One of `KINDS`.
        steps: Updates.
        seed: Of weights and draws.
        bfloat16: Whether matrices are multiplied in that precision.
    """

    encoder: str
    width: int
    kind: str
    steps: int
    seed: int
    bfloat16: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """Networks of a space: the first ``n`` are scored and judged, all are learnt from.

    Attributes:
        name: Of the suite.
        kin: What is left out together.
        graphs: Length m.
        truth: Shape ``(n,)``.
        targets: By kind of training, shape ``(m, t)``: what it asks for, NaN where it is unknown.
    """

    name: str
    kin: str
    graphs: Sequence[ComputationGraph]
    truth: np.ndarray
    targets: Mapping[str, np.ndarray]

    @property
    def n(self) -> int:
        """Number of judged networks."""
        return len(self.truth)


def standardised(embeddings: Tensor) -> Tensor:
    """Bring embeddings of one space to mean 0 and deviation 1, which takes no label."""
    return (embeddings - embeddings.mean(0)) / (embeddings.std(0) + SPREAD)


class Network(nn.Module):
    """An encoder with a head for every kind of training."""

    def __init__(self, encoder: TracedEncoder, widths: Mapping[str, int]) -> None:
        super().__init__()
        self.encoder = encoder
        self.heads = nn.ModuleDict(
            {
                kind: nn.Sequential(
                    nn.ReLU(), nn.Linear(encoder.width, 64), nn.ReLU(), nn.Linear(64, width)
                )
                for kind, width in {**widths, "contrast": 32}.items()
            }
        )
        self.kinds = nn.Linear(encoder.width, len(Kind))

    def embedded(self, table: Table) -> Tensor:
        """Return standardised embeddings of the judged networks, shape ``(n, width)``."""
        with torch.inference_mode():
            largest = max(graph.n for graph in table.graphs[: table.n])
            at_once = max(1, OPERATORS_A_SPACE // largest)
            parts = np.split(np.arange(table.n), range(at_once, table.n, at_once))
            return standardised(torch.cat([self.encoder(*seen(table, rows)) for rows in parts]))


def seen(table: Table, rows: np.ndarray) -> tuple[GraphBatch, Tensor]:
    """Return what encoders see of some networks: their graphs, and numbers of each."""
    numbers = torch.from_numpy(np.nan_to_num(table.targets["numbers"][rows])).float()
    return graph_batch([table.graphs[row] for row in rows]), numbers


def loss(
    network: Network, kind: str, table: Table, rows: np.ndarray, generator: np.random.Generator
) -> Tensor:
    """Return what one kind of training minimises on some networks of one space."""
    batch, numbers = seen(table, rows)
    if kind == "masked":
        return masked_loss(network, batch, generator)
    embeddings = standardised(network.encoder(batch, numbers))
    outputs: Tensor = network.heads[kind](embeddings).float()
    if kind == "contrast":
        spectra = torch.stack([spectrum(table.graphs[row]) for row in rows])
        return contrastive_loss(CONTRAST, outputs, spectra)
    wanted = torch.from_numpy(table.targets[kind][rows]).float()
    if kind == "labels":
        better = wanted > wanted.T
        return softplus(outputs.T - outputs)[better].mean()
    known = torch.isfinite(wanted)
    errors = (outputs - wanted.nan_to_num()).square()
    return (errors * known).sum() / known.sum().clamp(min=1)


@functools.cache
def spectrum(graph: ComputationGraph) -> Tensor:
    """Return what contrast goes by; for the largest graphs that takes a second."""
    return torch.from_numpy(smallest_eigenvalues(graph, CONTRAST.eigenvalues)).float()


def masked_loss(network: Network, batch: GraphBatch, generator: np.random.Generator) -> Tensor:
    """Hide the kinds and numbers of some operators, and ask for the kinds."""
    hidden = torch.from_numpy(generator.random(len(batch.labels)) < MASKED)
    shown = GraphBatch(
        labels=batch.labels.masked_fill(hidden[:, None], int(Kind.OTHER)),
        numbers=batch.numbers.masked_fill(hidden[:, None], 0.0),
        counts=batch.counts,
        edges=batch.edges,
        owners=batch.owners,
        graphs=batch.graphs,
    )
    logits = network.kinds(network.encoder.network.operators(shown))
    return cross_entropy(logits[hidden], batch.labels[hidden, 0])


def drawn(table: Table, kind: str, generator: np.random.Generator) -> np.ndarray:
    """Draw networks for a step: of these that have a target, fewer where they are large."""
    usable = len(table.graphs)
    if kind == "proxies":
        usable = table.n
    rows = generator.permutation(usable)[:GRAPHS_A_SPACE]
    operators = np.cumsum([table.graphs[row].n for row in rows])
    return rows[: max(FEWEST_GRAPHS, int((operators <= OPERATORS_A_SPACE).sum()))]


def trained(training: Training, tables: Sequence[Table]) -> Network:
    """Train an encoder on tables; their spaces have the same weight."""
    torch.manual_seed(training.seed)
    generator = np.random.default_rng(training.seed)
    widths = {name: values.shape[1] for name, values in tables[0].targets.items()}
    encoder = TracedEncoder(training.encoder, training.width, widths["numbers"])
    network = Network(encoder, widths)
    if training.kind == "none":
        return network.eval()
    kinds = WITHOUT_LABELS if training.kind == "together" else (training.kind,)
    by_kin: dict[str, list[Table]] = {}
    for table in tables:
        if encoder.pads and max(graph.n for graph in table.graphs) > LARGEST_PADDED:
            continue
        by_kin.setdefault(table.kin, []).append(table)
    rate = RATE * (RATED_WIDTH / training.width) ** 0.5
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=training.steps + 1)
    network.train()
    for _ in range(training.steps):
        total = torch.zeros(())
        for kin in generator.permutation(sorted(by_kin))[:SPACES_A_STEP]:
            table = by_kin[kin][int(generator.integers(len(by_kin[kin])))]
            for kind in kinds:
                rows = drawn(table, kind, generator)
                with torch.autocast("cpu", torch.bfloat16, enabled=training.bfloat16):
                    total = total + loss(network, kind, table, rows, generator)
        optimiser.zero_grad()
        total.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    return network.eval()
