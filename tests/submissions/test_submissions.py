"""Submissions are scored where no accuracy can be read, ranked, and refused with their reasons."""

import dataclasses
import json
import re
import textwrap
from pathlib import Path

import pytest

from harness.catalog import LoadedProxy, installed
from harness.core.errors import DataError
from harness.records.store import Store
from harness.submissions import comment, judge, read_scored, score_submission, write_judgement
from harness.submissions import scoring as scoring_module
from harness.submissions.limits import LONGEST_BYTES
from harness.submissions.placement import SIZES
from harness.submissions.populations import fixed_populations, populations_file

ROOT = Path(__file__).parents[2]
ARCHIVE = ROOT / "results" / "archive"
SIZE = """
    def score(seen):
        return float(sum(weight.numel() ** 0.5 for weight in seen[WEIGHTS].values()))
"""


@pytest.fixture(scope="module")
def few():
    """The first suite, whose truth installs with the package, with 24 of its networks."""
    fixed = fixed_populations()[0]
    return [dataclasses.replace(fixed, population=fixed.part(fixed.population.texts[:24]))]


def written(folder, body, name="mine", passes="(WEIGHTS,)", direction="HIGHER"):
    """Write a submission whose function of an observation is given."""
    path = folder / f"{name}.py"
    source = f"""
from harness.passes.weights import WEIGHTS
from harness.plugin import Direction, ZeroCostProxy
{textwrap.dedent(body)}
PLUGIN = ZeroCostProxy(name="{name}", version="1", summary="A test.",
                       direction=Direction.{direction}, passes={passes}, score=score)
"""
    path.write_text(source)
    return str(path)


def judged(submission, folder, few):
    scored = score_submission(submission, folder, few, 1, lambda *_: None)
    return judge(scored, folder, ARCHIVE, few)


@pytest.fixture(scope="module")
def size(tmp_path_factory, few):
    """A proxy that is size, scored and judged, which nobody changes."""
    folder = tmp_path_factory.mktemp("size")
    return folder / "out", judged(written(folder, SIZE), folder / "out", few)


def test_a_proxy_that_is_size_is_accepted_and_told_to_be_size(size):
    _, judgement = size
    assert judgement.accepted
    assert judgement.is_size
    (placed,) = judgement.ranked
    assert placed.likeness > 0.95
    text = comment(judgement)
    assert "Size in disguise: on 1 of 1 boards" in text
    assert f"| nb201-quick | {placed.drawn} | {placed.entry.rank.value.value:g} [" in text


def test_the_rows_around_a_submission_say_where_it_enters_and_what_moves(size):
    (placed,) = size[1].ranked
    own = next(at for at, move in enumerate(placed.moves) if move.before is None)
    assert placed.moves[own].name == "mine"
    below = placed.moves[own + 1 :]
    assert all(move.after == move.before + 1 for move in below)
    ranks = [move.after for move in placed.moves]
    assert ranks == sorted(ranks)


def test_a_folder_of_scores_is_ranked_without_its_code_and_gives_the_same_comment(size, few):
    folder, judgement = size
    again = judge(read_scored(folder), folder, ARCHIVE, few)
    assert comment(again) == comment(judgement)
    files = write_judgement(again, folder)
    data = json.loads(files[1].read_text())
    assert data["accepted"] is True
    assert data["boards"][0]["spearman"]["value"] == pytest.approx(
        judgement.placements[0].entry.measured["spearman"].value.value
    )


def test_scores_that_are_not_those_of_the_records_are_refused(size, few):
    folder, _ = size
    scored = read_scored(folder)
    (suite,) = scored.suites
    lacking = suite.model_copy(update={"scores": (None, *suite.scores[1:])})
    with pytest.raises(DataError, match="not those of its records"):
        judge(scored.model_copy(update={"suites": (lacking,)}), folder, ARCHIVE, few)


@pytest.mark.parametrize(
    ("body", "attempt"),
    [
        ("def score(seen):\n    return float(len(open({table!r}).read()))", "open '{table}'"),
        (
            "import multiprocessing\n\ndef score(seen):\n    try:\n"
            "        multiprocessing.current_process().daemon and open({table!r})\n"
            "    finally:\n        return 1.0",
            "open '{table}'",
        ),
        ("from pathlib import Path\nPath({table!r}).read_text()\nscore = None", "open '{table}'"),
    ],
    ids=["while it scores", "in a worker alone, with the refusal caught", "while it is imported"],
)
def test_a_submission_that_reads_a_file_is_refused_with_the_file(tmp_path, few, body, attempt):
    table = tmp_path / "accuracies.csv"
    table.write_text("architecture,accuracy\n")
    submission = written(tmp_path, body.format(table=str(table)), passes="()")
    judgement = judged(submission, tmp_path / "out", few)
    assert not judgement.accepted
    assert f"It tried to {attempt.format(table=table)}" in " ".join(judgement.reasons)
    assert judgement.placements == ()


def test_a_module_beside_a_submission_and_a_package_of_others_are_told_as_what_they_are(
    tmp_path, few
):
    (tmp_path / "helper.py").write_text("X = 2\n")
    submission = written(tmp_path, "import helper\n" + textwrap.dedent(SIZE))
    scored = score_submission(submission, tmp_path / "out", few, 1, lambda *_: None)
    assert scored.fault.startswith(
        "mine.py imports helper, which is not here: a submission is one file"
    )


def test_a_submission_that_counts_its_networks_is_not_deterministic(tmp_path, few):
    body = """
    import multiprocessing
    calls = []

    def score(seen):
        calls.extend([1] * multiprocessing.current_process().daemon)  # in workers alone
        return float(max(len(calls), 1))
    """
    judgement = judged(written(tmp_path, body, passes="()"), tmp_path / "out", few)
    text = comment(judgement)
    assert "# mine: refused" in text
    assert "It is not deterministic: 10 of 10 networks of nb201-quick had another" in text
    assert judgement.scored.findings
    assert judgement.placements == ()


def test_a_submission_that_breaks_the_contract_is_refused_with_the_rule(tmp_path, few):
    body = "import os\n\ndef score(seen):\n    return float(os.getpid())"
    judgement = judged(written(tmp_path, body, passes="()"), tmp_path / "out", few)
    assert judgement.reasons[0].startswith("It breaks the contract: scores in a worker process")
    assert judgement.scored.suites == ()


def test_a_submission_that_never_ends_is_ended(tmp_path, few, monkeypatch):
    monkeypatch.setattr(scoring_module, "WALL_S", 2.0)
    body = "while True:\n    pass\nscore = None"
    judgement = judged(written(tmp_path, body), tmp_path / "out", few)
    assert judgement.reasons == ("Scoring stopped: it was not done after 0 minutes.",)


@pytest.mark.parametrize(
    ("name", "file", "reason"),
    [
        ("params", "params", "A built-in plugin is called params; choose another name."),
        (
            "random_forest-zc",
            "random_forest-zc",
            "A built-in plugin is called random_forest-zc; choose another name.",
        ),
        ("mine", "other", "The file is called other.py and its proxy mine; give both one name."),
    ],
    ids=["of a proxy", "of a predictor", "of another file"],
)
def test_a_name_that_cannot_be_kept_is_told_before_anything_is_scored(
    tmp_path, few, name, file, reason
):
    path = Path(written(tmp_path, SIZE, name=name))
    renamed = path.rename(tmp_path / f"{file}.py")
    judgement = judged(str(renamed), tmp_path / "out", few)
    assert judgement.reasons == (reason,)
    assert judgement.scored.findings == judgement.scored.suites == ()


def test_a_name_that_is_no_name_of_a_file_refuses_a_submission_and_its_file_is_named_alone(
    tmp_path, few
):
    path = Path(written(tmp_path, SIZE))
    path.write_text(path.read_text().replace('name="mine"', 'name="my proxy!"'))
    judgement = judged(str(path), tmp_path / "out", few)
    (reason,) = judgement.reasons
    assert reason.startswith("Scoring stopped: the plugin of mine.py is named 'my proxy!'; a name")
    assert "Contract: not checked." in comment(judgement)


def test_a_proxy_that_falls_with_accuracy_is_told_to_turn_its_direction(size, tmp_path, few):
    judgement = judged(written(tmp_path, SIZE, direction="LOWER"), tmp_path / "out", few)
    assert judgement.is_turned
    assert "fall with accuracy on nb201-quick, and rise on none: turn `direction` round" in comment(
        judgement
    )
    assert "turn `direction` round" not in comment(size[1])


def test_known_proxies_of_the_same_ranking_are_all_named_and_turned_ones_so(tmp_path, few):
    body = """
    from harness.passes.structure import STRUCTURE

    def score(seen):
        return float(seen[STRUCTURE].parameters)
    """
    submission = written(tmp_path, body, passes="(STRUCTURE,)", direction="LOWER")
    judgement = judged(submission, tmp_path / "out", few)
    (placed,) = judgement.ranked
    assert {"params", "params_without_embedding"} <= judgement.twins.keys()
    assert set(judgement.twins.values()) == {-1}
    other = dataclasses.replace(placed, alike={"params": -1, "macs": 1})
    both = dataclasses.replace(judgement, placements=(placed, other))
    assert both.twins == {"params": -1}  # macs only on one board, and not the same way round
    assert "**It ranks like params turned round on every board: a known proxy.**" in comment(both)


def test_a_submission_without_any_rank_is_told_why_by_board(tmp_path, few):
    judgement = judged(
        written(tmp_path, "def score(seen):\n    return 1.0", passes="()"), tmp_path / "out", few
    )
    assert judgement.reasons == ("It has a rank on no board: nb201-quick: all scores tie.",)


def test_a_name_is_judged_again_where_the_submission_does_not_run(size, few):
    folder, _ = size
    scored = read_scored(folder).model_copy(update={"name": "params"})
    assert "choose another name" in judge(scored, folder, ARCHIVE, few).reasons[0]


def test_a_file_that_is_too_long_is_refused_in_a_comment_before_it_runs(tmp_path, few):
    ran = tmp_path / "ran"
    path = tmp_path / "table.py"
    path.write_text(f"open({str(ran)!r}, 'w')\nT = '{'0' * LONGEST_BYTES}'")
    judgement = judged(str(path), tmp_path / "out", few)
    (reason,) = judgement.reasons
    assert reason.startswith("Scoring stopped: table.py has ")
    assert "a submission has 65536 at most" in comment(judgement)
    assert not ran.exists()
    assert not (tmp_path / "out" / "attempts.txt").exists()  # no process was started


def test_a_name_that_is_neither_file_nor_package_is_told(tmp_path, few):
    judgement = judged("no-such-package-here", tmp_path / "out", few)
    assert "name a .py file or an installed package" in judgement.reasons[0]


@pytest.mark.shared_data
def test_the_fixed_populations_are_those_that_the_suites_draw(shared_data):
    from harness.submissions.populations import drawn_populations

    assert populations_file().read_text(encoding="utf-8") == drawn_populations()


def test_every_network_of_the_fixed_populations_has_archived_size_and_depth():
    store, proxies = Store(ARCHIVE), installed().of_kind(LoadedProxy)
    conditions = {
        (condition.space, condition.dataset, condition.batch_source, condition.seed): condition
        for condition in store.conditions()
    }
    for fixed in fixed_populations():
        suite = fixed.suite
        own = (suite.space, suite.dataset, suite.batch.source, suite.seed)
        scores = store.read(conditions[own])
        for name in SIZES:
            column = scores.column(proxies[name].key, fixed.population.texts)
            assert column.scored.all(), (suite.name, name)


def test_the_comments_on_the_page_are_those_beside_the_examples():
    page = (ROOT / "docs" / "submission.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```text\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    whole = [path.read_text() for path in sorted((ROOT / "examples/submissions").glob("*.md"))]
    assert len(shown) == len(whole) == 3
    for block in shown:
        (comment_of,) = [text for text in whole if text.startswith(block.splitlines()[0])]
        assert all(line in comment_of.splitlines() for line in block.splitlines())
