"""What pre-training without labels adds at few labels, with every space left out.

An encoder of computation graphs is trained on traced networks of every space but the judged one
(and its kin), then frozen; on its embeddings, standardised within the judged space, ridge
regression learns from ten labels of it, and from fifty, in ten draws. Trainings differ in what they
ask for, and see the same networks:

* ``none``: the encoder as it is drawn;
* ``contrast``: what `harness.training.cl_predictor` minimises;
* ``masked``: the kinds of a sixth of the operators, which are hidden;
* ``numbers``: normal quantiles, within each space, of `harness.computation_graphs.features`;
* ``proxies``: those of the archived scores of all proxies;
* ``together``: the four above;
* ``labels``: which of two networks of one space is better: no pre-training without labels. Its
  head also ranks the judged space without a label of it, which is the column ``0``.

Beside them ridge regression reads the numbers and the proxies themselves, on the same draws::

    python tests/benchmarks/pretraining.py results nb101 nb201-cifar10 ...
"""

from __future__ import annotations

import argparse
import csv
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import RidgeCV
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, softplus

from harness.api.choice import choose_suite
from harness.api.scored_tables import load_scored_tables
from harness.computation_graphs.encoder import Encoder, Shape
from harness.computation_graphs.features import features_of
from harness.computation_graphs.graph import ComputationGraph
from harness.computation_graphs.kinds import Kind
from harness.computation_graphs.tensors import GraphBatch, graph_batch, smallest_eigenvalues
from harness.core.aggregation import rank_correlations
from harness.core.architecture import Architecture
from harness.core.identity import derived_seed
from harness.encodings.traced import graphs_of
from harness.execution.run import open_tasks
from harness.plugins.preparation import normal_scores
from harness.training.cl_predictor import contrastive_loss
from harness.training.recipe import ContrastiveRecipe

KINDS = ("none", "contrast", "masked", "numbers", "proxies", "together", "labels")
WITHOUT_LABELS = KINDS[1:5]
NETWORKS = 400
"""Networks with truth that are drawn beside the scored ones."""

SPACES_A_STEP, GRAPHS_A_SPACE, OPERATORS_A_SPACE, FEWEST_GRAPHS = 3, 24, 4000, 12
MASKED = 1 / 6
SPREAD = 0.05
"""Added to deviations, so that an embedding that hardly varies is not blown up."""

PENALTIES = np.logspace(-2, 4, 13)
CONTRAST = ContrastiveRecipe()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """Networks of a space: the first ``n`` are scored and judged, all are learnt from.

    Attributes:
        name: Of the suite.
        kin: What is left out together.
        graphs: Length m.
        truth: Shape ``(n,)``.
        targets: By kind of training, shape ``(m, t)``: what it asks for, NaN where it is unknown.
        spectra: Shape ``(m, q)``.
    """

    name: str
    kin: str
    graphs: Sequence[ComputationGraph]
    truth: np.ndarray
    targets: Mapping[str, np.ndarray]
    spectra: Tensor

    @property
    def n(self) -> int:
        """Number of judged networks."""
        return len(self.truth)


def quantiles(values: np.ndarray) -> np.ndarray:
    """Return normal quantiles column by column; NaN where a value is, or a column is constant."""
    result = np.full(values.shape, np.nan)
    for column, own in enumerate(values.T):
        known = np.isfinite(own)
        if known.sum() > 1 and np.ptp(own[known]) > 0:
            result[known, column] = normal_scores(own[known])
    return result


def read(name: str, results: Path, proxies: Sequence[str]) -> Table:
    """Read and trace the networks of a suite."""
    (scored,) = load_scored_tables([name], results=results)
    truths = open_tasks(choose_suite(name, None, None, None)).truths
    truth = truths[scored.task]
    generator = np.random.default_rng(derived_seed(0, "pretraining", name))
    texts = np.array(sorted(set(truth.values) - set(scored.architectures)))
    more = texts[generator.permutation(len(texts))[:NETWORKS]].tolist()
    networks = [
        Architecture(space=scored.space, text=text) for text in (*scored.architectures, *more)
    ]
    graphs = graphs_of(networks)
    numbers = np.array([list(features_of(graph).values()) for graph in graphs])
    scores = np.full((len(graphs), len(proxies)), np.nan)
    for column, proxy in enumerate(proxies):
        if proxy in scored.row:
            scores[: len(scored.truth), column] = scored.scores[proxy]
    labels = np.concatenate([scored.truth, truth.oriented(more)])[:, None]
    spectra = [smallest_eigenvalues(graph, CONTRAST.eigenvalues) for graph in graphs]
    return Table(
        name=name,
        kin=scored.kin,
        graphs=graphs,
        truth=scored.truth,
        targets={
            "numbers": quantiles(numbers),
            "proxies": quantiles(scores),
            "labels": quantiles(labels),
        },
        spectra=torch.from_numpy(np.stack(spectra)).float(),
    )


def standardised(embeddings: Tensor) -> Tensor:
    """Bring embeddings of one space to mean 0 and deviation 1, which takes no label."""
    return (embeddings - embeddings.mean(0)) / (embeddings.std(0) + SPREAD)


class Network(nn.Module):
    """An encoder with a head for every kind of training."""

    def __init__(self, shape: Shape, widths: Mapping[str, int]) -> None:
        super().__init__()
        self.encoder = Encoder(shape)
        self.heads = nn.ModuleDict(
            {
                kind: nn.Sequential(
                    nn.ReLU(), nn.Linear(shape.embedding, 64), nn.ReLU(), nn.Linear(64, width)
                )
                for kind, width in {**widths, "contrast": 32}.items()
            }
        )
        self.kinds = nn.Linear(shape.width, len(Kind))

    def embedded(self, graphs: Sequence[ComputationGraph]) -> Tensor:
        """Return standardised embeddings of all networks of a space, shape ``(n, embedding)``."""
        with torch.inference_mode():
            starts = range(0, len(graphs), 64)
            parts = [self.encoder(graph_batch(graphs[start : start + 64])) for start in starts]
            return standardised(torch.cat(parts))


def loss(
    network: Network, kind: str, table: Table, rows: np.ndarray, generator: np.random.Generator
) -> Tensor:
    """Return what one kind of training minimises on some networks of one space."""
    batch = graph_batch([table.graphs[row] for row in rows])
    if kind == "masked":
        return masked_loss(network, batch, generator)
    embeddings = standardised(network.encoder(batch))
    outputs: Tensor = network.heads[kind](embeddings)
    if kind == "contrast":
        return contrastive_loss(CONTRAST, outputs, table.spectra[rows])
    wanted = torch.from_numpy(table.targets[kind][rows]).float()
    if kind == "labels":
        better = wanted > wanted.T
        return softplus(outputs.T - outputs)[better].mean()
    known = torch.isfinite(wanted)
    errors = (outputs - wanted.nan_to_num()).square()
    return (errors * known).sum() / known.sum().clamp(min=1)


def masked_loss(network: Network, batch: GraphBatch, generator: np.random.Generator) -> Tensor:
    """Hide the kinds and numbers of some operators, and ask for the kinds."""
    hidden = torch.from_numpy(generator.random(len(batch.labels)) < MASKED)
    seen = GraphBatch(
        labels=batch.labels.masked_fill(hidden[:, None], int(Kind.OTHER)),
        numbers=batch.numbers.masked_fill(hidden[:, None], 0.0),
        counts=batch.counts,
        edges=batch.edges,
        owners=batch.owners,
        graphs=batch.graphs,
    )
    logits = network.kinds(network.encoder.operators(seen))
    return cross_entropy(logits[hidden], batch.labels[hidden, 0])


def drawn(table: Table, kind: str, generator: np.random.Generator) -> np.ndarray:
    """Draw networks for a step: of these that have a target, fewer where they are large."""
    usable = len(table.graphs)
    if kind == "proxies":
        usable = table.n
    rows = generator.permutation(usable)[:GRAPHS_A_SPACE]
    operators = np.cumsum([table.graphs[row].n for row in rows])
    return rows[: max(FEWEST_GRAPHS, int((operators <= OPERATORS_A_SPACE).sum()))]


def trained(kind: str, tables: Sequence[Table], shape: Shape, given: argparse.Namespace) -> Network:
    """Train an encoder on tables; their spaces have the same weight."""
    torch.manual_seed(given.seed)
    generator = np.random.default_rng(given.seed)
    widths = {name: values.shape[1] for name, values in tables[0].targets.items()}
    network = Network(shape, widths)
    if kind == "none":
        return network.eval()
    kinds = WITHOUT_LABELS if kind == "together" else (kind,)
    by_kin = {kin: [table for table in tables if table.kin == kin] for kin in given.kin}
    by_kin = {kin: own for kin, own in by_kin.items() if own}
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=given.steps + 1)
    network.train()
    for _ in range(given.steps):
        total = torch.zeros(())
        for kin in generator.permutation(list(by_kin))[:SPACES_A_STEP]:
            table = by_kin[kin][int(generator.integers(len(by_kin[kin])))]
            for asked in kinds:
                rows = drawn(table, asked, generator)
                total = total + loss(network, asked, table, rows, generator)
        optimiser.zero_grad()
        total.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    return network.eval()


def by_labels(features: np.ndarray, table: Table, labels: int) -> float:
    """Return Spearman's correlation outside so many labels, mean of ten draws."""
    if table.n - labels < 10:
        return float("nan")
    values = []
    for draw in range(10):
        order = np.random.default_rng([draw, table.n]).permutation(table.n)
        learnt, rest = order[:labels], order[labels:]
        model = RidgeCV(PENALTIES).fit(features[learnt], normal_scores(table.truth[learnt]))
        predicted = model.predict(features[rest])
        values.append(float(rank_correlations(predicted, table.truth[rest])))
    return float(np.mean(np.nan_to_num(values)))


def judge(table: Table, others: Sequence[Table], given: argparse.Namespace) -> list[list[object]]:
    """Return a row a training: name, correlations with 0, 10 and 50 labels."""
    shape = Shape(layers=given.layers, width=given.width, embedding=given.width)
    rows = []
    for kind in KINDS:
        network = trained(kind, others, shape, given)
        embeddings = network.embedded(table.graphs[: table.n])
        zero = float("nan")
        if kind == "labels":
            scores = network.heads["labels"](embeddings).detach().double().numpy()[:, 0]
            zero = float(rank_correlations(scores, table.truth))
        features = embeddings.double().numpy()
        rows.append([kind, zero, *(by_labels(features, table, labels) for labels in (10, 50))])
    for name in ("numbers", "proxies"):
        features = np.nan_to_num(table.targets[name][: table.n])
        values = [by_labels(features, table, labels) for labels in (10, 50)]
        rows.append([f"the {name} themselves", float("nan"), *values])
    return rows


def main() -> None:
    """Judge every suite in turn; print a line a suite and training."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser()
    parser.add_argument("results", type=Path)
    parser.add_argument("suites", nargs="+")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--width", type=int, default=32)
    given = parser.parse_args()
    scored = load_scored_tables(given.suites, results=given.results)
    proxies = sorted({name for table in scored for name in table.members} - {"tg_nas"})
    tables = [read(name, given.results, proxies) for name in given.suites]
    given.kin = sorted({table.kin for table in tables})
    writer = csv.writer(sys.stdout)
    writer.writerow(["suite", "kin", "training", "0", "10", "50"])
    for table in tables:
        for row in judge(table, [own for own in tables if own.kin != table.kin], given):
            writer.writerow([table.name, table.kin, *row])
            sys.stdout.flush()


if __name__ == "__main__":
    main()
