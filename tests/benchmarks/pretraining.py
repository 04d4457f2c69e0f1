"""What pre-training adds at few labels, with every space left out, by encoder and size.

An encoder of computation graphs is trained on traced networks of every space but the judged ones
(and their kin), then frozen; on its embeddings, standardised within the judged space, ridge
regression and a Gaussian process learn from ten labels of it, and from fifty, in ten draws.
Trainings differ in what they ask for, and see the same networks:

* ``none``: the encoder as it is drawn;
* ``contrast``: what `harness.training.cl_predictor` minimises;
* ``masked``: the kinds of a sixth of the operators, which are hidden;
* ``numbers``: normal quantiles, within each space, of `harness.computation_graphs.features`;
* ``proxies``: those of the archived scores of all proxies;
* ``together``: the four above;
* ``labels``: which of two networks of one space is better: no pre-training without labels. Its
  head also ranks the judged space without a label of it, which is the column ``0 labels``.

Beside them the same readers see the numbers and the proxies themselves, on the same draws::

    python -m tests.benchmarks.pretraining results nb101 nb201-cifar10 ... --cache FOLDER \\
        --encoders messages:32 nn_former:64

Spaces are judged in ``--folds`` groups, each by an encoder that saw none of the group; by default
each alone. What a training came to is stored in the cache, so that an interrupted run resumes.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import logging
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import RidgeCV

from harness.api.choice import choose_suite
from harness.api.scored_tables import load_scored_tables
from harness.computation_graphs.features import features_of
from harness.core.aggregation import rank_correlations
from harness.core.architecture import Architecture
from harness.core.files import write_at_once
from harness.core.identity import derived_seed
from harness.encodings.traced import graphs_of
from harness.execution.run import open_tasks
from harness.learning.space_rows import smallest_told
from harness.metrics.scored_table import ScoredTable, estimate_over_kin
from harness.metrics.values import Estimate
from harness.plugins.predictors.gp import gaussian_process
from harness.plugins.preparation import normal_scores
from harness.reports.report_table import Cell, ReportTable, columns
from harness.reports.writers import markdown_table
from tests.benchmarks.encoder_training import (
    KINDS,
    OF_MESSAGES,
    Table,
    Training,
    trained,
)
from tests.benchmarks.traced_encoders import ENCODERS, TracedEncoder

NETWORKS = 400
"""Networks with truth that are drawn beside the scored ones."""

PENALTIES = np.logspace(-2, 4, 13)
READERS = ("ridge", "gp")
LABELS = (10, 50)
RESAMPLES = 10_000
DIRECT = ("numbers", "proxies")
NUMBERS = "the numbers themselves"

Values = Mapping[str, Mapping[str, float]]
"""By suite and column, a correlation; NaN where there is none."""


def quantiles(values: np.ndarray) -> np.ndarray:
    """Return normal quantiles column by column; NaN where a value is, or a column is constant."""
    result = np.full(values.shape, np.nan)
    for column, own in enumerate(values.T):
        known = np.isfinite(own)
        if known.sum() > 1 and np.ptp(own[known]) > 0:
            result[known, column] = normal_scores(own[known])
    return result


def read_tables(suites: Sequence[str], results: Path) -> list[Table]:
    """Read and trace the networks of suites."""
    scored = load_scored_tables(suites, results=results)
    proxies = sorted({name for table in scored for name in table.members} - {"tg_nas"})
    return [read(name, table, proxies) for name, table in zip(suites, scored, strict=True)]


def read(name: str, scored: ScoredTable, proxies: Sequence[str]) -> Table:
    """Read and trace the networks of a suite."""
    truth = open_tasks(choose_suite(name, None, None, None)).truths[scored.task]
    generator = np.random.default_rng(derived_seed(0, "pretraining", name))
    texts = np.array(sorted(set(truth.values) - set(scored.architectures)))
    more = texts[generator.permutation(len(texts))[:NETWORKS]].tolist()
    networks = [
        Architecture(space=scored.space, text=text) for text in (*scored.architectures, *more)
    ]
    graphs = graphs_of(networks)
    numbers = np.array([list(features_of(graph).values()) for graph in graphs])
    scores = np.full((len(graphs), len(proxies)), np.nan)
    for index, proxy in enumerate(proxies):
        if proxy in scored.row:
            scores[: len(scored.truth), index] = scored.scores[proxy]
    labels = np.concatenate([scored.truth, truth.oriented(more)])[:, None]
    targets = {"numbers": numbers, "proxies": scores, "labels": labels}
    return Table(
        name=name,
        kin=scored.kin,
        graphs=graphs,
        truth=scored.truth,
        targets={kind: quantiles(values) for kind, values in targets.items()},
    )


def by_labels(features: np.ndarray, table: Table) -> dict[str, float]:
    """Return Spearman's correlations outside the labels, means of ten draws, by `column`."""
    return {
        column(reader, labels): read_by(reader, features, table, labels)
        for reader in READERS
        for labels in LABELS
    }


def column(reader: str, labels: int) -> str:
    """Name what a reader came to with so many labels."""
    return f"{reader} {labels}"


def read_by(reader: str, features: np.ndarray, table: Table, labels: int) -> float:
    """Return what one reader came to; NaN where fewer than ten networks are left to judge it."""
    if table.n - labels < 10:
        return float("nan")
    # The process has one length for all columns, of about one for distances of about one.
    scaled = features / np.sqrt(features.shape[1]) if reader == "gp" else features
    values = []
    for draw in range(10):
        order = np.random.default_rng([draw, table.n]).permutation(table.n)
        learnt, rest = order[:labels], order[labels:]
        seen, wanted = scaled[learnt], normal_scores(table.truth[learnt])
        if reader == "gp":
            model = gaussian_process(seen, wanted, 0)
        else:
            model = RidgeCV(PENALTIES).fit(seen, wanted)
        values.append(float(rank_correlations(model.predict(scaled[rest]), table.truth[rest])))
    return float(np.mean(np.nan_to_num(values)))


def judged(training: Training, judged: Sequence[Table], others: Sequence[Table]) -> Values:
    """Train on the others; return what the embeddings of the judged tables came to."""
    network = trained(training, others)
    values = {}
    for table in judged:
        embeddings = network.embedded(table)
        values[table.name] = by_labels(embeddings.double().numpy(), table)
        if training.kind == "labels":
            scores = network.heads["labels"](embeddings).detach().double().numpy()[:, 0]
            values[table.name]["zero"] = float(rank_correlations(scores, table.truth))
    return values


def read_directly(target: str, tables: Sequence[Table]) -> Values:
    """Return what a target itself comes to where it is read in place of embeddings."""
    return {
        table.name: by_labels(np.nan_to_num(table.targets[target][: table.n]), table)
        for table in tables
    }


def stored(path: Path, compute: Callable[[], Mapping[str, object]]) -> dict[str, dict[str, float]]:
    """Return what a file holds, after computing and writing it where there is none."""
    if not path.exists():
        write_at_once(path, json.dumps(compute()), "choose another folder with --cache")
    content: dict[str, dict[str, float]] = json.loads(path.read_text())
    return content


def digest_of(tables: Sequence[Table]) -> str:
    """Return a digest of all that trainings and readers see of tables but the graphs."""
    hasher = hashlib.sha256()
    for table in tables:
        hasher.update(table.name.encode() + table.truth.tobytes())
        for kind in sorted(table.targets):
            hasher.update(table.targets[kind].tobytes())
    return hasher.hexdigest()[:12]


def over_folds(training: Training, tables: Sequence[Table], folds: int, cache: Path) -> Values:
    """Judge every table by an encoder that saw no table of its fold."""
    spaces = sorted({table.kin for table in tables})
    values: dict[str, Mapping[str, float]] = {}
    for fold in range(folds):
        held = spaces[fold::folds]
        own = [table for table in tables if table.kin in held]
        others = [table for table in tables if table.kin not in held]
        parts = (*asdict(training).values(), folds, fold, digest_of(tables))
        path = cache / f"{'-'.join(map(str, parts))}.json"
        values |= stored(path, partial(judged, training, own, others))
        logging.info("%s", path.stem)
    return values


def mean_of(repeats: Sequence[Values], tables: Sequence[Table], name: str) -> np.ndarray:
    """Return a column by tables, the mean of repeats; NaN where there is none."""
    values = [[repeat[table.name].get(name, np.nan) for table in tables] for repeat in repeats]
    return np.mean(values, axis=0)


def estimate(values: np.ndarray, tables: Sequence[Table]) -> Estimate | None:
    """Return the mean over spaces with its interval, of the tables with a value."""
    known = np.isfinite(values)
    if not known.any():
        return None
    kin = [table.kin for table in itertools.compress(tables, known)]
    return estimate_over_kin(kin, values[known], RESAMPLES, derived_seed(0, "pretraining"))


def written(rows: Mapping[str, Sequence[Values]], tables: Sequence[Table]) -> str:
    """Write means over spaces in Markdown, and how much higher they are than other rows.

    Gains are over the encoder as it is drawn, and over ridge regression on the numbers.
    """
    readings = [column(reader, labels) for labels in LABELS for reader in READERS]
    heads = ["trained on", "0 labels"]
    for name in readings:
        heads += [name, "gain", "tells", "over the numbers", "tells"]
    cells: list[list[Cell]] = []
    spaces = len({table.kin for table in tables})
    for kind, own in rows.items():
        cells.append([kind, estimate(mean_of(own, tables, "zero"), tables)])
        for name in readings:
            values = mean_of(own, tables, name)
            cells[-1].append(estimate(values, tables))
            for other, read in (("none", name), (NUMBERS, name.replace("gp", "ridge"))):
                gain = estimate(values - mean_of(rows[other], tables, read), tables)
                cells[-1] += [gain, gain and smallest_told(gain, spaces)]
    return table_of(heads, cells)


def by_suite(rows: Mapping[str, Sequence[Values]], tables: Sequence[Table], name: str) -> str:
    """Write one column of the table over spaces suite by suite."""
    values = [mean_of(own, tables, name) for own in rows.values()]
    cells: list[list[Cell]] = [
        [table.name, *(own[index] for own in values)] for index, table in enumerate(tables)
    ]
    return table_of([name, *rows], cells)


def table_of(heads: Sequence[str], cells: Sequence[Sequence[Cell]]) -> str:
    """Write correlations in Markdown."""
    heading = columns(*heads, number=lambda value: f"{value:.3f}".replace("0.", "."))
    return markdown_table(ReportTable(columns=heading, rows=tuple(map(tuple, cells))))


def encoder_and_width(text: str) -> tuple[str, int]:
    """Read ``NAME:WIDTH``."""
    name, _, width = text.partition(":")
    if name not in ENCODERS or not width.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME:WIDTH, {ENCODERS}")
    return name, int(width)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("results", type=Path)
    parser.add_argument("suites", nargs="+")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--encoders", nargs="+", type=encoder_and_width, default=[("messages", 32)])
    parser.add_argument("--kinds", nargs="+", choices=KINDS[1:], default=KINDS[1:])
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--folds", type=int)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--bfloat16", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Judge every training of every encoder; print a table an encoder."""
    warnings.simplefilter("ignore")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    given = arguments()
    tables = read_tables(given.suites, given.results)
    folds = given.folds or len({table.kin for table in tables})
    direct: dict[str, list[Values]] = {}
    for target in DIRECT:
        path = given.cache / f"{target}-{digest_of(tables)}.json"
        name = f"the {target} themselves"
        direct[name] = [stored(path, partial(read_directly, target, tables))]
    for encoder, width in given.encoders:
        by_kind: dict[str, list[Values]] = {}
        for seed, kind in itertools.product(given.seeds, ("none", *given.kinds)):
            if kind in OF_MESSAGES and encoder != "messages":
                continue
            training = Training(
                encoder=encoder,
                width=width,
                kind=kind,
                steps=given.steps,
                seed=seed,
                bfloat16=given.bfloat16,
            )
            by_kind.setdefault(kind, []).append(over_folds(training, tables, folds, given.cache))
        rows = {**by_kind, **direct}
        weights = TracedEncoder(encoder, width, tables[0].targets["numbers"].shape[1]).weights
        sys.stdout.write(f"\n{encoder}, width {width}, {weights:,} weights\n\n")
        suites = by_suite(rows, tables, column("ridge", 10))
        sys.stdout.write(f"{written(rows, tables)}\n\n{suites}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
