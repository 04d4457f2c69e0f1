"""What the files of NAS-Bench-NLP hold and do not say."""

import csv
import io
import json
import re
import zipfile
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from harness.spaces.registry import space
from harness.truth import load, source, stored_scores

pytestmark = pytest.mark.shared_data

SPACE = space("nas-bench-nlp")
PROXIES = slice(4, None)


@pytest.fixture(scope="module")
def logs(shared_data: Path) -> list[dict[str, object]]:
    """The published logs, each with the text of its recipe."""
    path = shared_data / source("nas-bench-nlp-wikitext-2").relative_path
    with zipfile.ZipFile(path) as archive:
        read = [json.loads(archive.read(name)) for name in archive.namelist()]
    return [log | {"text": SPACE.parse(log["recepie"]).text} for log in read]


@pytest.fixture(scope="module")
def penn(shared_data: Path) -> dict[int, list[str]]:
    """Cells of the CSV by number of the recipe."""
    path = shared_data / source("nas-bench-nlp-penn-treebank").relative_path
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))[1:]
    numbers = [int(re.match(r"log_stats_model_(\d+)_", row[0])[1]) for row in rows]
    assert len(set(numbers)) == len(rows) == 8794
    return dict(zip(numbers, rows, strict=True))


def correlation(first: list[float], second: list[float]) -> float:
    return float(spearmanr(first, second)[0])


def test_the_counts_of_parameters_are_the_published_ones(logs: list[dict[str, object]]) -> None:
    for log in logs:
        assert SPACE.columns["parameters"](SPACE.parse(log["text"])) == log["num_params"]


@pytest.mark.trap("nlp-recurrent-weights-untrained")
def test_weight_dropout_was_on_and_the_weights_it_froze_count_as_parameters(
    logs: list[dict[str, object]],
) -> None:
    assert Counter(log["wdrop"] for log in logs) == {0.1: 345}
    ended = [log for log in logs if log["status"] == "OK"]
    losses = [log["val_losses"][-1] for log in ended]
    trained = [SPACE.columns["trained_parameters"](SPACE.parse(log["text"])) for log in ended]
    assert correlation([log["num_params"] for log in ended], losses) == pytest.approx(
        0.10, abs=5e-3
    )
    assert correlation(trained, losses) == pytest.approx(-0.14, abs=5e-3)


@pytest.mark.trap("nlp-recipes-repeat")
def test_recipes_are_fewer_than_trainings_and_networks_fewer_than_recipes(
    logs: list[dict[str, object]], shared_data: Path
) -> None:
    trainings = Counter(log["text"] for log in logs)
    assert (len(logs), len(trainings)) == (345, 291)
    assert Counter(trainings.values()) == {1: 242, 2: 44, 3: 5}
    numbers = Counter(log["recepie_id"] for log in logs)
    assert [number for number, times in numbers.items() if times > 1] == [1002429]
    networks = {text: SPACE.canonical(SPACE.parse(text)) for text in trainings}
    assert len(set(networks.values())) == 260

    table = load("nbnlp-wikitext-2-validation", shared_data)
    members = defaultdict(list)
    for text in table.values:
        members[networks[text]].append(table.values[text])
    several = [values for values in members.values() if len(values) > 1]
    assert (len(several), sum(map(len, several))) == (15, 46)
    runs = [values for values in table.runs.values() if len(values) > 1]
    apart = [np.mean([max(values) - min(values) for values in each]) for each in (several, runs)]
    assert [round(float(mean), 3) for mean in apart] == [0.021, 0.025]


@pytest.mark.trap("nlp-nan-runs")
def test_four_trainings_diverged_and_two_recipes_have_no_value(
    logs: list[dict[str, object]], shared_data: Path
) -> None:
    failed = [log for log in logs if log["status"] != "OK"]
    assert {log["recepie_id"] for log in failed} == {1007257, 1009182, 1009257, 1009703}
    assert sorted(len(log["val_losses"]) for log in failed) == [1, 1, 19, 23]
    assert all(np.isnan(log["val_losses"][-1]) for log in failed)
    table = load("nbnlp-wikitext-2-validation", shared_data)
    assert (table.n, table.without_value) == (289, 2)
    without = {log["recepie_id"] for log in failed if log["text"] not in table.values}
    assert without == {1007257, 1009257, 1009703}


@pytest.mark.trap("nlp-penn-treebank-without-recipes")
def test_275_trainings_on_penn_treebank_have_a_recipe(
    logs: list[dict[str, object]], penn: dict[int, list[str]], shared_data: Path
) -> None:
    assert len({log["recepie_id"] for log in logs} & penn.keys()) == 275
    words = load("nbnlp-penn-treebank-test", shared_data).values
    other = load("nbnlp-wikitext-2-test", shared_data).values
    both = sorted(words.keys() & other.keys())
    assert (len(words), len(both)) == (229, 227)
    losses = [[table[text] for text in both] for table in (words, other)]
    assert correlation(*losses) == pytest.approx(0.942, abs=5e-4)


@pytest.mark.trap("nlp-penn-treebank-trained-thrice")
def test_the_rows_are_a_third_as_many_recipes(
    logs: list[dict[str, object]], penn: dict[int, list[str]], shared_data: Path
) -> None:
    numbers = defaultdict(list)
    for number, row in penn.items():
        numbers[tuple(row[PROXIES])].append(number)
    copies = Counter(map(len, numbers.values()))
    assert (len(numbers), len(numbers) - copies[1], max(copies)) == (2734, 2705, 33)
    assert copies.most_common(1) == [(3, 2575)]
    steps = Counter(b - a for few in numbers.values() for a, b in pairwise(few))
    assert steps.most_common(1)[0][0] == 2000
    recipes = defaultdict(set)
    for log in logs:
        if log["recepie_id"] in penn:
            recipes[log["text"]].add(tuple(penn[log["recepie_id"]][PROXIES]))
    assert (len(recipes), {len(rows) for rows in recipes.values()}) == (229, {1})
    pairs = [(penn[few[0]][1], penn[few[1]][1]) for few in numbers.values() if len(few) > 1]
    first, second = zip(*pairs, strict=True)
    assert correlation(list(map(float, first)), list(map(float, second))) > 0.998
    assert len({row[6] for row in penn.values()}) == 93
    assert {len(column) for column in stored_scores("nbnlp-penn-treebank-test").values()} == {229}
