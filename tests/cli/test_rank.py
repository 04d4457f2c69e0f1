"""``harness rank`` on a space file: 30 tiny networks without an accuracy."""

import csv
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import harness as functions
from harness.api.ranking import PROXIES, READ_BESIDE
from harness.core.errors import HarnessError
from harness.passes.spectral_capacity import network_capacities
from harness.spaces.registry import space as find_space
from tests.plugin_files import plugin_source

SPACE = str(Path(__file__).parents[1] / "candidates/tiny_space.py")
QUICK = ("--batch", "noise:4", "--workers", "0")


def rows_of(folder, ending=".csv"):
    (path,) = (folder / "results/rankings/tiny").glob(f"*{ending}")
    return list(csv.DictReader(path.read_text().splitlines()))


def wanted(text):
    """The accuracy that a test has networks come to: wide ones are good, tanh costs a little."""
    choices = dict(part.split("=") for part in text.split(","))
    return 80 + int(choices["width"]) - int(choices["depth"]) - 0.5 * (choices["act"] == "tanh")


def write_labels(folder, count=20, accuracy=wanted):
    texts = [architecture.text for architecture in find_space(SPACE).enumerate()]
    chosen = np.random.default_rng(0).permutation(texts)[:count]
    lines = [f'"{text}",{accuracy(text)}\n' for text in chosen]
    (folder / "labels.csv").write_text("architecture,accuracy\n" + "".join(lines))
    return set(chosen.tolist())


def test_candidates_within_limits_are_ranked_written_and_not_scored_twice(harness, tmp_path):
    asked = ("rank", SPACE, "--candidates", "20", "--top", "3", "--out", "train.txt")
    limits = ("--proxy", "params", "--proxy", "l2_norm", "--max", "params=1e3", "--min", "macs=1")
    done = harness(*asked, *limits, *QUICK)
    assert done.returncode == 0, done.stderr
    assert "20 architectures sampled from tiny (seed 0)" in done.stderr
    computed = re.match(r"(\d+) scores computed, 0 reused from results\n", done.stderr)
    assert "rejected by params at most 1,000" in done.stderr
    rows = rows_of(tmp_path)
    kept = [row for row in rows if float(row["proxy:params"]) <= 1000]
    assert 3 <= len(rows) == len(kept) < 20
    assert [int(row["rank"]) for row in rows] == sorted(int(row["rank"]) for row in rows)
    train = [row["architecture"] for row in rows if row["train"] == "1"]
    assert (tmp_path / "train.txt").read_text().splitlines() == train
    assert len(train) == 3
    written = {path.suffix for path in (tmp_path / "results/rankings/tiny").iterdir()}
    assert written == {".md", ".csv", ".json", ".tex", ".html", ".txt"}
    again = harness(*asked, *limits, *QUICK)
    assert again.stderr.startswith(f"0 scores computed, {computed[1]} reused from results\n")
    assert again.stdout == done.stdout


def test_a_small_space_is_taken_whole_where_nobody_says_how_many(harness, tmp_path):
    done = harness("rank", SPACE, "--proxy", "params", *QUICK)
    assert done.returncode == 0, done.stderr
    assert len(rows_of(tmp_path)) == 30


def test_all_of_fewer_than_ten_are_to_be_trained_where_nobody_says_how_many(harness, tmp_path):
    done = harness("rank", SPACE, "--candidates", "5", "--proxy", "params", *QUICK)
    assert done.returncode == 0, done.stderr
    assert [row["train"] for row in rows_of(tmp_path)] == ["1"] * 5


def test_all_of_a_space_is_ranked_with_ties_shown_where_the_list_is_cut(harness, tmp_path):
    done = harness("rank", SPACE, "--enumerate", "--proxy", "params", "--top", "1", *QUICK)
    assert done.returncode == 0, done.stderr
    # relu and tanh have no weights, so networks tie in pairs.
    assert "1=" in done.stdout
    assert "as good as the last of the first 1: 1 more" in done.stderr
    assert [row["tied"] for row in rows_of(tmp_path)] == ["1"] * 30


def test_a_proxy_that_nobody_named_puts_no_half_of_a_space_last(harness, tmp_path):
    done = harness("rank", SPACE, *QUICK)
    assert done.returncode == 0, done.stderr
    assert "nwot does not apply to 15 of 30 candidates: Sequential has no ReLU, " in done.stderr
    rows = rows_of(tmp_path)
    assert "proxy:nwot" not in rows[0]
    assert all(row["rank"] for row in rows)
    named = harness("rank", SPACE, "--proxy", "params", "--proxy", "nwot", *QUICK)
    assert "without a score by nwot: 15 skipped: " in named.stderr


def test_evolution_in_a_space_without_a_table_keeps_to_the_limits(harness, tmp_path):
    asked = ("rank", SPACE, "--proxy", "macs", "--candidates", "12", "--top", "2")
    done = harness(*asked, "--evolve", "--max", "params=2e3", *QUICK)
    assert done.returncode == 0, done.stderr
    assert "architectures of tiny met by evolution for macs (seed 0)" in done.stderr
    assert all(float(row["params"]) <= 2000 for row in rows_of(tmp_path))


def capacity(text):
    width, depth = (int(part.split("=")[1]) for part in text.split(",")[:2])
    return network_capacities([[(width, 27, 1), (width, 9 * width, depth), (4, width, 1)]])[0]


def test_the_exact_search_finds_the_best_within_a_limit(tmp_path):
    limit = {"latency": 25.0}
    done = functions.rank(
        SPACE, proxies="nsc", maximum=limit, exact=True, top=1, batch="noise:2", workers=0,
        results=tmp_path,
    )  # fmt: skip
    space = find_space(SPACE)
    scores = [
        capacity(each.text) for each in space.enumerate() if space.columns["latency"](each) <= 25
    ]
    assert done.ranking.ranked.candidates[0].score == pytest.approx(max(scores), rel=1e-12)
    assert len(scores) < 30
    assert "of which has the highest score of all, found exactly" in " ".join(done.ranking.facts)


def test_few_labels_choose_what_ranks_the_others(harness, tmp_path):
    trained = write_labels(tmp_path)
    asked = ("rank", SPACE, "--enumerate", "--labels", "labels.csv", "--top", "2")
    methods = ("--proxy", "depth", "--predictor", "ridge-zc", "--repeats", "2")
    done = harness(*asked, *methods, *QUICK)
    assert done.returncode == 0, done.stderr
    # both tables are data, and an empty line is between them
    methods_table, _, candidates = done.stdout.partition("\n\n")
    assert "kendall" in methods_table.splitlines()[0]
    assert candidates.startswith("rank\t") or "architecture" in candidates.splitlines()[0]
    assert "20 left out, having a label" in done.stderr
    assert "Methods are compared on 20 labels, 4 folds held out in turn" in done.stderr
    assert "Expected regret of the pick: " in done.stderr
    assert "for a random pick" in done.stderr
    assert "less the label-free choice, depth, on the same folds: kendall " in done.stderr
    rows = rows_of(tmp_path)
    assert {row["architecture"] for row in rows} & trained == set()
    assert len(rows) == 10
    assert {row["method"] for row in rows} <= {"params", "ridge-zc"}
    # Depth alone would have taken the deepest, which the labels say are worse.
    best = max(wanted(row["architecture"]) for row in rows)
    assert best - wanted(rows[0]["architecture"]) < 2


def test_labels_that_tell_nothing_keep_the_label_free_choice_with_a_warning(tmp_path):
    write_labels(tmp_path, accuracy=lambda text: hash_of(text) % 97)
    done = functions.rank(
        SPACE,
        proxies=["params", "macs"],
        predictors=[],
        labels=tmp_path / "labels.csv",
        enumerate=True,
        top=1,
        batch="noise:4",
        workers=0,
        results=tmp_path / "results",
    )
    selection = done.ranking.selection
    assert selection.chosen is selection.label_free
    assert selection.chosen.name == "mean rank"
    frame = functions.frame(done)
    assert done.train == (frame["architecture"][0],)
    assert done.train[0] not in {row.split('"')[1] for row in labels_in(tmp_path)}


@pytest.mark.parametrize("named", [False, True])
def test_with_labels_predictors_read_more_than_what_ranks_without(tmp_path, named):
    write_labels(tmp_path)
    done = functions.rank(
        SPACE,
        proxies=["params", "synflow"] if named else None,
        predictors=["ensemble-zc"],
        labels=tmp_path / "labels.csv",
        repeats=1,
        batch="noise:4",
        workers=0,
        results=tmp_path / "results",
    )
    selection = done.ranking.selection
    together = ["params", "synflow"] if named else ["params", "jacov", "synflow", "meco_opt"]
    read = [head[6:] for head in functions.frame(done) if head.startswith("proxy:")]
    assert read[: len(together)] == together
    # nwot applies to half of the networks
    assert set(read[len(together) :]) == (set() if named else set(READ_BESIDE))
    shown = done.ranking.table.heads
    assert set(together) <= {*shown, selection.chosen.name}
    assert not {"l_swag", "w_pca"} & {*shown} - {selection.chosen.name}
    methods = {method.name for method in selection.methods}
    assert methods == {"mean rank", "ensemble-zc", "params", *read}
    # what is kept within noise: known to be the best only where it reads the usual proxies
    assert selection.usual.name == ("mean rank" if named else "ensemble-zc")


def test_labels_by_architecture_are_those_of_a_file(tmp_path):
    trained = write_labels(tmp_path)
    other = next(each.text for each in find_space(SPACE).enumerate() if each.text not in trained)
    series = pd.read_csv(tmp_path / "labels.csv").set_index("architecture")["accuracy"]
    given = (tmp_path / "labels.csv", series, dict(series) | {other: None})
    frames = [
        functions.frame(
            functions.rank(
                SPACE,
                proxies="depth",
                predictors=[],
                labels=labels,
                enumerate=True,
                repeats=1,
                top=1,
                batch="noise:4",
                workers=0,
                results=tmp_path / "results",
            )
        )
        for labels in given
    ]
    assert frames[0].equals(frames[1])
    assert frames[0].equals(frames[2])


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        ({"depth=9": 1}, "labels, architecture 'depth=9': "),
        ({"depth=1,width=4,act=relu": "good"}, "act=relu': expected a number, found 'good'"),
        ({"depth=1,width=4,act=relu": 1, "width=4,depth=1,act=relu": 2}, "occurs a second time"),
        ({"depth=1,width=4,act=relu": None}, "labels have no value"),
        ([1.0, 2.0], "the labels are .*; give them by the names of architectures, as a mapping"),
    ],
)
def test_labels_by_architecture_are_checked_like_those_of_a_file(labels, sentence, tmp_path):
    with pytest.raises(HarnessError, match=sentence):
        functions.rank(SPACE, labels=labels, workers=0, results=tmp_path)


def hash_of(text):
    return sum(ord(letter) * 31**place for place, letter in enumerate(text))


def labels_in(folder):
    return (folder / "labels.csv").read_text().splitlines()[1:]


def test_what_a_proxy_failed_on_comes_last_with_its_reason(harness, tmp_path):
    body = "if 'Tanh' in str(seen[BUILD]()):\n    raise ValueError('no tanh')\nreturn 1.0"
    (tmp_path / "mine.py").write_text(plugin_source(body, passes="BUILD,"))
    asked = ("--proxy", "mine.py", "--candidates", "8", "--top", "2")
    done = harness("rank", SPACE, *asked, *QUICK)
    assert done.returncode == 0, done.stderr
    rows = rows_of(tmp_path)
    failed = [row for row in rows if "tanh" in row["architecture"]]
    assert 2 <= len(failed) <= 6
    assert rows[-len(failed) :] == failed
    assert f"without a score by mine: {len(failed)} raised: ValueError: no tanh" in done.stderr
    assert all("ValueError: no tanh" in row["reason"] and row["rank"] == "" for row in failed)
    assert {row["rank"] for row in rows[: -len(failed)]} == {"1"}


def test_figures_of_ones_own_limit_too(harness, tmp_path):
    texts = [architecture.text for architecture in find_space(SPACE).enumerate()][:12]
    lines = [f'"{text}",{number}\n' for number, text in enumerate(texts)]
    (tmp_path / "mine.csv").write_text("architecture,energy\n" + "".join(lines))
    limits = ("--table", "mine.csv", "--max", "energy=5", "--max", "latency=24.2")
    done = harness("rank", SPACE, "--proxy", "params", "--top", "1", *limits, *QUICK)
    assert done.returncode == 0, done.stderr
    assert "12 architectures (all of mine.csv)" in done.stderr
    assert "6 rejected by energy at most 5" in done.stderr
    rows = rows_of(tmp_path)
    assert max(float(row["energy"]) for row in rows) <= 5
    assert {float(row["latency"]) for row in rows} == {24.0}


@pytest.mark.parametrize("heading", ["architecture", "architecture,energy"])
def test_a_table_is_a_list_of_candidates(harness, tmp_path, heading):
    texts = [architecture.text for architecture in find_space(SPACE).enumerate()][5:9]
    energy = ",1" if "energy" in heading else ""
    lines = [f'"{text}"{energy}\n' for text in texts]
    (tmp_path / "list.csv").write_text(heading + "\n" + "".join(lines))
    done = harness("rank", SPACE, "--proxy", "params", "--table", "list.csv", *QUICK)
    assert done.returncode == 0, done.stderr
    assert "4 architectures (all of list.csv)" in done.stderr
    assert {row["architecture"] for row in rows_of(tmp_path)} == set(texts)


UNSUPPORTED = """
from harness.core.errors import UnsupportedError
raise UnsupportedError("there is no gate in it")
"""
FIRST = "width=2,depth=0,act=relu"
TABLES = {
    "gaps.csv": f'architecture,energy\n"{FIRST}",1\n"width=4,depth=0,act=relu",\n',
    "nine.csv": "architecture,accuracy\n"
    + "".join(f'"width=2,depth={n % 3},act=relu",{n}\n' for n in range(1)),
    "twice.csv": f'architecture,accuracy\n"{FIRST}",1\n"{FIRST}",2\n',
    "other.csv": "architecture,accuracy\n01201222,90\n",
    "two.csv": f'architecture,top1,top5\n"{FIRST}",1,2\n',
    "alone.csv": f'architecture\n"{FIRST}"\n',
    "mine.toml": """
name = "mine"
space = "nas-bench-201"
dataset = "cifar10"
split = "test"
metric = "accuracy"
unit = "percent"
direction = "higher"
table = "cells.csv"
architecture = "cell"
values = ["accuracy"]
""",
    "bare.csv": '"width=2,depth=0,act=relu"\n"width=4,depth=0,act=relu"\n',
    "cells.csv": "cell,accuracy\n|none~0|+|none~0|none~1|+|none~0|none~1|nor_conv_3x3~2|,10\n",
}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tiny_spac.py",), "tiny_spac.py"),
        ((SPACE, "--max", "parms=1"), "unknown figure 'parms' in --max or --min; did"),
        ((SPACE, "--max", "score=3"), "a ranking has a column score of its own; rename that"),
        ((SPACE, "--max", "params=3"), "--max params=3: the smallest seen has "),
        ((SPACE, "--top", "50"), "candidates that were drawn; draw more with --candidates, or ask"),
        ((SPACE, "--top", "50", "--enumerate"), "the 30 candidates that were drawn; ask for fewer"),
        ((SPACE, "--candidates", "31"), "cannot draw 31 architectures from the 30"),
        ((SPACE, "--evolve"), "a mean rank of several is none of a network alone"),
        ((SPACE, "--exact", "--min", "params=1"), "one proxy within one upper limit"),
        (("nas-bench-201", "--exact"), "nas-bench-201 is not made of named choices"),
        ((SPACE, "--enumerate", "--candidates", "5"), "--candidates has no part in"),
        ((SPACE, "--predictor", "gcn"), "--predictor has no part in a ranking without"),
        (
            (SPACE, "--table", "gaps.csv", "--enumerate"),
            "--enumerate takes all of tiny, and no --max or --min names a column of gaps.csv",
        ),
        (
            (SPACE, "--top", "1", "--table", "gaps.csv", "--max", "energy=3"),
            "column energy of gaps.csv has no value of 1 of the 2 candidates, e.g. width=4",
        ),
        (
            (SPACE, "--table", "bare.csv"),
            "bare.csv has no heading: its first row names the architecture width=2,depth=0",
        ),
        ((SPACE, "--labels", "nine.csv"), "too few labels to compare methods on held-out ones, 1;"),
        ((SPACE, "--labels", "twice.csv"), "occurs a second time; leave one row"),
        ((SPACE, "--labels", "other.csv"), "other.csv, row 2, column architecture: "),
        ((SPACE, "--labels", "two.csv"), "has 2 columns of values, ['top1', 'top5']"),
        ((SPACE, "--labels", "alone.csv"), "alone.csv has a column of architectures alone"),
        ((SPACE, "--labels", "same.csv"), "same.csv has the same value for all 12"),
        ((SPACE, "--labels", "none.csv"), "cannot read none.csv"),
        ((SPACE, "--labels", "mine.toml"), "mine.toml is a task of nas-bench-201, not of tiny"),
        (
            (SPACE, "--labels", "mine.toml", "--direction", "lower"),
            "--direction has no part in labels of mine.toml, which states it",
        ),
        (
            (SPACE, "--labels", "same.csv", "--direction", "up"),
            "unknown direction 'up' in --direction",
        ),
        (
            (SPACE, "--proxy", "mine.py"),
            "mine has no score of any of 12 candidates: there is no gate in it; rank by another",
        ),
    ],
)
def test_what_cannot_be_ranked_is_one_sentence(harness, tmp_path, arguments, message):
    for name, content in TABLES.items():
        (tmp_path / name).write_text(content)
    (tmp_path / "mine.py").write_text(plugin_source(UNSUPPORTED))
    write_labels(tmp_path, 12, lambda text: 1.0)
    (tmp_path / "labels.csv").rename(tmp_path / "same.csv")
    proxies = () if "--proxy" in arguments or "--evolve" in arguments else ("--proxy", "params")
    given = {"--candidates", "--enumerate", "--table"} & set(arguments)
    small = () if given else ("--candidates", "12")
    done = harness("rank", *arguments, *proxies, *small, *QUICK)
    assert done.returncode in (2, 3)
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_where_every_candidate_has_a_label_that_is_said(harness, tmp_path):
    write_labels(tmp_path, 30, lambda text: float(len(text)))
    done = harness("rank", SPACE, "--enumerate", "--labels", "labels.csv", "--top", "1", *QUICK)
    assert done.returncode == 2
    assert "all 30 architectures that were drawn of tiny have a label" in done.stderr
    assert "only others are ranked; leave labels out" in done.stderr


def test_the_help_names_the_proxies_that_rank_where_none_is_named(harness):
    said = " ".join(harness("rank", "--help").stdout.split())
    assert f"[default: {', '.join(PROXIES)}]" in said
