"""``harness predict --leave-one-space-out`` on three suites of 24 networks and two proxies."""

import contextlib
import csv
import json
from pathlib import Path

import numpy as np
import pytest

import harness
from harness.spaces.registry import space as find_space
from tests.cli.conftest import called
from tests.cli.test_failed import PREDICTOR

SUITE = """
name = "NAME"
summary = "24 networks"
space = "SPACE"
dataset = "cifar10"
tasks = ["NAME.csv"]
plugins = ["nsc", "params_without_embedding"]
resamples = 100
metrics = ["spearman"]

[batch]
source = "noise"
size = 2
"""
SPACES = {"cells": "nas-bench-201", "stacks": "nas-bench-macro", "shots": "nas-bench-1shot1-3"}
SUITES = tuple(f"{name}.toml" for name in SPACES)
ASKED = ("predict", "--leave-one-space-out", *SUITES)
QUICK = ("--plugin", "ridge-zc", "--labels", "0,10", "--repeats", "2")


def write_suite(folder: Path, name: str) -> None:
    """Write a suite and its table: accuracies drawn at random."""
    where, generator = find_space(SPACES[name]), np.random.default_rng(0)
    networks: dict[str, str] = {}
    while len(networks) < 24:
        drawn = where.sample(generator)
        networks.setdefault(where.canonical(drawn), drawn.text)
    rows = [f'"{text}",{generator.normal()}' for text in networks.values()]
    (folder / f"{name}.csv").write_text("\n".join(["architecture,accuracy", *rows, ""]))
    (folder / f"{name}.toml").write_text(SUITE.replace("NAME", name).replace("SPACE", SPACES[name]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder in which the three suites were run."""
    folder = tmp_path_factory.mktemp("spaces")
    for name in SPACES:
        write_suite(folder, name)
    for suite in SUITES:
        results = folder / "results"
        with contextlib.chdir(folder):
            harness.run(suite, workers=0, results=results)
    return folder


@pytest.fixture
def type_in(folder, monkeypatch, capsys):
    return lambda *words: called(folder, monkeypatch, capsys, *words)


def test_predictors_rules_and_proxies_stand_in_one_matrix_in_every_form(type_in, folder):
    done = type_in(*ASKED, *QUICK)
    assert done.returncode == 0, done.stderr
    heads, *rows = (line.split("\t") for line in done.stdout.splitlines())
    assert heads[:6] == ["", "labels", "reads", "learnt from", "tables", "mean spearman"]
    names = {(row[0], row[1], row[2], row[3]) for row in rows}
    assert names >= {
        ("ridge-zc", "0", "proxies", "other spaces"),
        ("ridge-zc", "10", "counts", "labels"),
        ("ridge-zc", "10", "proxies", "both"),
        ("nsc", "0", "proxy", "nothing"),
        ("nested", "10", "rule", "other spaces"),
        ("spectral", "0", "rule", "nothing"),
    }
    assert "3 tables of 3 spaces" in done.stderr
    (page,) = (folder / "results" / "leave-one-space-out").glob("*.html")
    assert "<h1>Leave one space out</h1>" in page.read_text()
    assert "With 10 labels of the target" in page.read_text()
    data = json.loads(page.with_suffix(".json").read_text())
    ridge = [row for row in data if row["name"] == "ridge-zc" and row["labels"] == 0]
    assert {row["held_out"] for row in ridge} == {
        "nas-bench-201", "nas-bench-macro", "nas-bench-101",
    }  # fmt: skip
    written = list(csv.DictReader(page.with_suffix(".csv").read_text().splitlines()))
    assert len(written) == len(data)
    assert "| ridge-zc | 10 | counts | both |" in page.with_suffix(".md").read_text()
    for table in ("Picks", "Calibration"):
        assert f"## {table}" in page.with_suffix(".md").read_text()
        assert page.read_text().count(f"<caption>{table}.") == 2
    assert all(0 <= row["inside_50"] <= row["inside_95"] <= 1 for row in ridge)
    assert all(row["pick_regret"] >= 0 for row in data)
    assert {row["crps"] is None for row in data if row["name"] == "nsc"} == {True}


def test_a_second_time_nothing_is_fitted_and_the_same_is_printed(type_in, folder):
    first = type_in(*ASKED, *QUICK)
    logs = list((folder / "results" / "learning" / "leave-one-space-out").rglob("fits.jsonl"))
    written = [log.read_bytes() for log in logs]
    assert len(written) == 3
    assert type_in(*ASKED, *QUICK).stdout == first.stdout
    assert [log.read_bytes() for log in logs] == written


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--from", "cells.csv"), "--from has no part in a prediction with --leave-one-space-out"),
        (("--evaluate-on", "9"), "--evaluate-on has no part in a prediction with"),
        (("--plugin", "ridge-graf"), "predictor ridge-graf reads graf, and only scores"),
        (("--beside", "synflow"), "proxy synflow in --beside has no scores of any of these"),
        (("--labels", "1"), "--labels [1]: give numbers, 0 or at least 2 each"),
        (("--labels", "curve"), "--labels curve: give numbers with commas between them"),
    ],
)
def test_a_wrong_option_is_one_sentence_and_exit_code_two(type_in, options, message):
    done = type_in(*ASKED, *options)
    assert done.returncode == 2
    assert message in done.stderr


def test_two_spaces_are_too_few(type_in):
    done = type_in(*ASKED[:4], *QUICK)
    assert done.returncode == 2
    assert "leaving one space out takes tables of 3 spaces" in done.stderr


def test_a_predictor_that_failed_whatever_it_read_is_named_once(type_in, folder):
    (folder / "bad.py").write_text(PREDICTOR.replace('"counts"', '"zc"'))
    done = type_in(*ASKED, "--plugin", "bad.py", "--labels", "0,10", "--repeats", "2")
    assert done.returncode == 1
    (said,) = (line for line in done.stderr.splitlines() if line.startswith("error:"))
    assert said.count("failed on all") == 1
    assert said.startswith("error: bad failed on all ")
    assert "(RuntimeError: no tree | no forest)" in said


SOMETIMES_SURE = """
import numpy as np

from harness.encodings import encoding
from harness.predictor import Predictions, Predictor

def fit(labelled, seed):
    sure = labelled.inputs.subjects.architectures[0].space != "nas-bench-macro"
    def predict(inputs):
        values = np.nan_to_num(inputs.features.values[:, 0])
        return Predictions(values=values, deviations=np.ones(inputs.n) if sure else None)
    return predict

PLUGIN = Predictor(
    name="sometimes", version="1", summary="", encoding=encoding("zc"), fit=fit, in_unit=False,
)
"""


def test_a_predictor_that_is_sure_on_some_spaces_alone_is_named(type_in, folder):
    (folder / "sometimes.py").write_text(SOMETIMES_SURE)
    done = type_in(*ASKED, "--plugin", "sometimes.py", "--labels", "10", "--repeats", "2")
    assert done.returncode == 0, done.stderr
    assert (
        "sometimes (counts; labels) gave deviations in 4 of 6 fits with 10 labels, none on "
        "stacks, so that it has no mean."
    ) in done.stderr
