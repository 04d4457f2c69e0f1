"""The site of committed records: its figures, its links, its files and what it refuses."""

import csv
import html
import json
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

import harness
from harness.catalog import LoadedProxy, installed
from harness.core.errors import DataError, InfrastructureError, UsageError
from harness.records.store import Store
from harness.reports.site.agreement import agreements, likenesses
from harness.reports.site.content import gather
from harness.reports.site.differences import read_differences
from harness.reports.site.evidence import weigh
from harness.reports.site.records import (
    defined,
    read_boards,
    read_measured,
    read_overall,
    read_predictors,
)
from harness.spaces.identical import classes_of
from harness.spaces.knowledge import family_of
from harness.spaces.registry import load_space, space_names
from tests.reports.boards import HOSTILE
from tests.reports.conftest import ROOT

RESULTS = ROOT / "results"
PIT = RESULTS / "leaderboards" / "pit" / "task-pit-cifar100-plain.json"


def write_board(folder, name, records):
    path = folder / "leaderboards" / "pit" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(records))
    return path


def records_of(networks):
    rows = json.loads(PIT.read_text())
    main = [row for row in rows if row["task"] == rows[0]["task"]][:6]
    return [{**row, "drawn": networks, "scored": networks} for row in main]


def build(folder, out):
    return harness.site(out, results=folder, changes=folder / "none.md")


def test_of_two_boards_of_a_suite_the_larger_is_read_whatever_their_times(tmp_path):
    large = write_board(tmp_path, "a", records_of(90))
    write_board(tmp_path, "b", records_of(30))
    os.utime(large, (0, 0))
    assert [board.networks for board in read_boards(tmp_path)] == [90]


def test_of_two_boards_of_one_size_the_last_by_name_is_read(tmp_path):
    last = write_board(tmp_path, "b", records_of(30))
    write_board(tmp_path, "a", records_of(30))
    os.utime(last, (0, 0))
    (board,) = read_boards(tmp_path)
    assert board.file.endswith("/b.json")


def test_tables_of_combinations_are_no_boards(tmp_path):
    write_board(tmp_path, "a", records_of(30))
    combined = tmp_path / "leaderboards" / "combined" / "x.json"
    combined.parent.mkdir()
    combined.write_text('[{"task": "t", "name": "n"}]')
    assert len(read_boards(tmp_path)) == 1


def test_without_a_board_there_is_no_site(tmp_path):
    with pytest.raises(DataError, match=r"there is no leaderboard in .*; name a results folder"):
        build(tmp_path, tmp_path / "out")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[{", "cannot be read as JSON"),
        ('{"a": 1}', "holds no list of records"),
        ('[{"condition": "c", "task": "t"}]', "is not as harness run writes it"),
    ],
)
def test_a_damaged_board_is_one_sentence_that_names_the_file(tmp_path, text, message):
    write_board(tmp_path, "a", []).write_text(text)
    with pytest.raises(DataError, match=rf"a\.json.*{message}"):
        read_boards(tmp_path)


HEAD = b"task,first,second,networks,difference,difference_low,difference_high\n"


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"task,first\nt,a\n",
        HEAD + b"t,a,b,9,0.5,0.1,0.9\nt,a",
        HEAD + b"t,a,b,9,nan,0.1,0.9\n",
        HEAD + b"t,a,b,9,0.5,0.1,inf\n",
        HEAD + b"t,a,b,9,much,0.1,0.9\n",
        b"\xff\xfe",
    ],
)
def test_a_damaged_table_of_differences_is_one_sentence_that_names_the_file(tmp_path, damaged):
    overall = read_overall(RESULTS)
    path = tmp_path / "leaderboards" / "combined-pairs" / Path(overall.file).name
    path.parent.mkdir(parents=True)
    path.write_bytes(damaged)
    with pytest.raises(DataError, match=rf"{path.name} is not as harness combine writes it"):
        read_differences(tmp_path, overall)


@pytest.mark.parametrize("damaged", [b"", b"\xff\xfe", b"task,name\nt,a\nt"])
def test_a_damaged_overall_ranking_is_one_sentence_that_names_the_file(tmp_path, damaged):
    path = tmp_path / "leaderboards" / "combined" / "a.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(damaged)
    with pytest.raises(DataError, match=r"a\.csv is not as harness combine writes it"):
        read_overall(tmp_path)


def test_a_folder_of_something_else_is_refused_and_left_alone(tmp_path):
    write_board(tmp_path, "a", records_of(30))
    out = tmp_path / "mine"
    out.mkdir()
    (out / "thesis.tex").write_text("mine")
    with pytest.raises(UsageError, match="that are no site of the harness; choose another folder"):
        build(tmp_path, out)
    assert [path.name for path in out.iterdir()] == ["thesis.tex"]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The site of one board alone, with a hostile method on it."""
    folder = tmp_path_factory.mktemp("small")
    rows = records_of(30)
    rows[0] |= {"plugin": HOSTILE, "failures": HOSTILE}
    metric = folder / "metric.py"
    metric.write_text(f"open({str(folder / 'executed')!r}, 'w')")
    rows[0] |= {f"{metric}{end}": 0.5 for end in ("", "_low", "_high")}
    write_board(folder, "a", rows)
    written = build(folder, folder / "one")
    pages = len(list((folder / "one").rglob("*.html")))
    assert len(harness.frame(written)) == pages
    assert f"pages=<{pages}>" in repr(written)
    assert len(repr(written)) < 500
    build(folder, folder / "two")
    return folder


def test_one_board_and_nothing_else_make_a_site(small):
    start = (small / "one" / "index.html").read_text()
    assert "Every method on every space" in start
    assert (small / "one" / "tasks" / "pit-cifar100-plain.html").is_file()


def test_without_an_overall_ranking_the_page_of_pairs_says_so_and_asks_for_no_script(small):
    page = (small / "one" / "compare.html").read_text()
    assert "No overall ranking of methods is recorded" in page
    assert 'id="comparison"' not in page  # for which the script looks


def test_without_an_overall_ranking_the_matrix_has_the_methods_of_the_boards(small):
    page = (small / "one" / "matrix.html").read_text()
    names = [row["plugin"] for row in records_of(30)][1:]  # the first has another name here
    assert names
    assert all(f">{name}<" in page for name in names)
    assert "in the order of their names, since no overall ranking is recorded" in page


def test_without_an_overall_ranking_nothing_is_chosen_and_the_page_says_why(small):
    page = (small / "one" / "choose.html").read_text()
    assert "No overall ranking of methods is recorded" in page
    assert 'id="choices"' not in page  # for which the script looks


def test_the_same_records_give_the_same_bytes(small):
    files = [path for path in (small / "one").rglob("*") if path.is_file()]
    assert len(files) > 100
    for path in files:
        assert path.read_bytes() == (small / "two" / path.relative_to(small / "one")).read_bytes()


def files_in(folder):
    return {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}


def test_pages_that_a_later_site_lacks_are_removed_and_files_of_others_are_not(tmp_path):
    out, gone = tmp_path / "out", tmp_path / "leaderboards" / "nbmacro"
    write_board(tmp_path, "a", records_of(30))
    shutil.copytree(RESULTS / "leaderboards" / "nbmacro", gone)
    build(tmp_path, out)
    (out / "mine.txt").write_text("mine")
    before = files_in(out)
    shutil.rmtree(gone)
    build(tmp_path, out)
    assert before - files_in(out)
    build(tmp_path, tmp_path / "fresh")
    assert files_in(out) == files_in(tmp_path / "fresh") | {Path("mine.txt")}


def test_lines_of_the_list_that_are_no_files_remove_nothing_and_stop_nothing(small):
    out = small / "one"
    before, listed = files_in(out), out / "files.txt"
    no_files = ("", ".", "methods", "site.js/x", "a\0b", "methods/gone.html")
    listed.write_text("\n".join([listed.read_text(), *no_files]))
    build(small, out)
    assert files_in(out) == before


def test_a_list_that_leads_outside_is_refused_before_anything_is_written(tmp_path):
    write_board(tmp_path, "a", records_of(30))
    out, outside = tmp_path / "out", tmp_path / "thesis.tex"
    outside.write_text("mine")
    build(tmp_path, out)
    (out / "index.html").write_text("older")
    for line in ("../thesis.tex", str(outside)):
        (out / "files.txt").write_text(f"{line}\n")
        with pytest.raises(InfrastructureError, match="leads outside"):
            build(tmp_path, out)
    assert (outside.read_text(), (out / "index.html").read_text()) == ("mine", "older")
    (out / "files.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=r"files\.txt is damaged .*; remove it, or choose another"):
        build(tmp_path, out)


def test_a_hostile_name_is_text(small):
    page = (small / "one" / "tasks" / "pit-cifar100-plain.html").read_text()
    assert "window.hacked" in page
    assert "<script>window" not in page


def test_a_file_that_a_record_names_as_metric_is_not_executed(small):
    page = (small / "one" / "tasks" / "pit-cifar100-plain.html").read_text()
    assert f"{small / 'metric.py'}" in page
    assert not (small / "executed").exists()


def test_ranks_over_all_spaces_are_those_of_the_record_with_their_intervals():
    overall = read_overall(RESULTS)
    recorded = {row.name: row.mean_rank for row in overall.proxies}
    weighed = {row.name: row.mean_rank for row in weigh(overall, {}, overall.tasks)}
    assert len(weighed) == 50
    for name, estimate in weighed.items():
        assert defined(estimate) == pytest.approx(defined(recorded[name]), abs=1e-12)
        assert estimate.interval.low == pytest.approx(recorded[name].interval.low, abs=1e-12)
        assert estimate.interval.high == pytest.approx(recorded[name].interval.high, abs=1e-12)


def test_a_table_of_the_ranking_is_that_of_the_suite_it_leads_though_another_has_more_networks():
    content = gather(RESULTS, installed(), {}, ROOT / "CHANGELOG.md")
    ranked = content.ranked_boards
    others = [b for b in content.boards if b.task in ranked and b.suite not in content.suites]
    assert others
    larger = [
        replace(board, rows=tuple(replace(row, scored=10_000) for row in board.rows))
        for board in others
    ]
    assert replace(content, boards=(*content.boards, *larger)).ranked_boards == ranked
    page = (ROOT / "docs" / "every-space.md").read_text()
    assert content.combine_command in " ".join(page.replace("\\\n", "").split())


def test_few_spaces_give_no_interval_of_a_mean_rank():
    overall = read_overall(RESULTS)
    first, *_ = weigh(overall, {}, ["nbnlp-wikitext-2-validation"])
    assert (first.name, defined(first.mean_rank), first.tables) == ("meco_opt", 1.0, 1)
    assert "1 spaces are too few" in first.mean_rank.interval.reason


def test_measured_values_of_the_record_are_those_of_the_report():
    text = (ROOT / "docs" / "reports" / "proxies.md").read_text().split("## Images")[0]
    measured = read_measured(RESULTS)
    assert len(measured) == 38
    for (plugin, _, _), value in measured.items():
        low, high = value.estimate.interval.low, value.estimate.interval.high
        number = f"{defined(value.estimate):.3f} [{low:.3f}, {high:.3f}]"
        assert f"| {plugin} | {value.networks:,} | {number} |" in text


def test_every_built_in_space_says_what_kind_of_networks_it_holds():
    assert [name for name in space_names() if not family_of(load_space(name).space)] == []


def test_agreement_is_spearman_of_archived_scores_on_the_networks_that_both_have():
    board = next(board for board in read_boards(RESULTS) if board.suite == "nb201-cifar10")
    proxies = installed().of_kind(LoadedProxy)
    chosen = [proxies[name] for name in ("nsc", "jacov", "plain")]
    found = agreements(RESULTS, [board], chosen)[board.task]
    store = Store(RESULTS / "archive")
    scores = store.read(next(own for own in store.conditions() if own.key == board.condition))
    texts = scores.texts()
    classes = classes_of("nas-bench-201", texts, "computation")

    def values(name):
        return scores.column(proxies[name].key, texts).merged(classes).values["score"]

    both = np.isfinite(values("jacov"))
    assert 0 < (~both).sum() < 5  # the identity has no Jacobian to correlate
    expected = spearmanr(values("nsc")[both], values("jacov")[both])[0]
    assert found.of("nsc", "jacov") == pytest.approx(expected)
    assert found.of("nsc", "plain") == pytest.approx(spearmanr(values("nsc"), values("plain"))[0])
    assert found.of("nsc", "random") is None
    assert found.networks == len(classes) < len(texts)
    assert [likeness.name for likeness in likenesses("nsc", {"t": found})] == ["jacov", "plain"]


def test_only_the_newest_version_of_the_change_log_has_a_page(tmp_path):
    write_board(tmp_path, "a", records_of(30))
    log = tmp_path / "CHANGELOG.md"
    log.write_text("# Changes\n\n## 2.0 (unreleased)\n\n* new\n\n## 1.0\n\n* old\n")
    assert gather(tmp_path, installed(), {}, log).changes == ("## 2.0 (unreleased)\n\n* new")
    log.write_text("# Changes\n\n## 1.0\n\n* old\n")
    assert gather(tmp_path, installed(), {}, log).changes == "## 1.0\n\n* old"
    log.write_text("# Changes\n")
    assert gather(tmp_path, installed(), {}, log).changes == ""


def test_every_link_and_anchor_leads_somewhere(site):
    pages = {path: path.read_text() for path in site.rglob("*.html")}
    assert len(pages) > 200
    wrong = []
    for path, text in pages.items():
        for link in set(re.findall(r'(?:href|src)="([^"]+)"', text)):
            if link.startswith(("http", "data:")):
                continue
            file, _, anchor = html.unescape(link).partition("#")
            target = (path.parent / file.partition("?")[0]).resolve() if file else path
            if not target.is_file() or (anchor and f'id="{anchor}"' not in pages[target]):
                wrong.append((path.name, link))
    assert wrong == []


def test_a_table_s_file_has_the_numbers_of_the_record_unrounded(site):
    with (site / "tables" / "board-pit-pit-cifar100-plain.csv").open(newline="") as file:
        rows = {row["method"]: row for row in csv.DictReader(file)}
    recorded = next(row for row in json.loads(PIT.read_text()) if row["plugin"] == "snip")
    for name in ("spearman", "spearman_low", "partial-spearman-depth_high", "place"):
        assert float(rows["snip"][name]) == recorded[name]
    text = (site / "tables" / "board-pit-pit-cifar100-plain.tex").read_text()
    assert text.startswith("% All methods on pit-cifar100-plain")
    assert "% Printed by: harness run pit --seed 0" in text


def test_a_method_s_page_has_formula_source_badge_and_command(site):
    page = (site / "methods" / "synflow.html").read_text()
    assert "score = sum over convolution and linear weights of abs(w * dR/dw)" in page
    assert "Tanaka, Kunin, Yamins, Ganguli" in page
    assert "published value: reproduced" in page
    assert "harness run nb101 --seed 0" in page


def test_a_control_over_seven_pairs_is_no_evidence_that_a_method_knows_more_than_size(site):
    page = (site / "methods" / "vote.html").read_text()
    beyond = re.search(r"Beyond size: .*", page)[0]
    assert "pit-cifar100-plain" in beyond
    assert "accel-imagenet-validation" not in beyond  # Kendall's tau of 1 [1, 1] on 7 pairs
    assert "stratified-kendall: 7," in (site / "spaces" / "mnasnet.html").read_text()


def test_every_page_is_below_a_megabyte_with_style_and_script(site):
    shared = sum((site / name).stat().st_size for name in ("site.css", "site.js"))
    sizes = {path.name: path.stat().st_size for path in site.rglob("*.html")}
    assert {name: size for name, size in sizes.items() if size + shared > 1_000_000} == {}


def test_the_command_says_what_it_wrote(small, tmp_path, capsys):
    from harness.cli.files import site as command

    command(out=tmp_path / "out", results=small, changes=Path("none.md"))
    said = capsys.readouterr().err
    assert re.search(r"\d+ pages and \d+ tables, [\d,]+ bytes, the largest page ", said)
    assert f"wrote {tmp_path / 'out' / 'index.html'}" in said


@pytest.mark.parametrize("most", ["a", "b"])
def test_a_predictor_is_read_from_the_record_of_the_most_tables(tmp_path, most):
    folder = tmp_path / "leave-one-space-out"
    folder.mkdir()
    row = {"name": "line", "reads": "proxies", "learnt_from": "labels", "labels": 10}
    ends = {f"{name}{end}": 0.5 for name in ("mean_spearman", "lead") for end in ("_low", "_high")}
    for name in ("a", "b"):
        tables = ("x", "y", "z") if name == most else ("x", "y")
        mean = {"mean_spearman": len(tables) / 10, "lead": 0.0, "spearman": 0.4}
        records = [{**row, **ends, **mean, "task": task} for task in tables]
        (folder / f"{name}.json").write_text(json.dumps(records))
    (read,) = read_predictors(tmp_path)
    assert defined(read.mean) == 0.3
    assert read.tables == ("x", "y", "z")
