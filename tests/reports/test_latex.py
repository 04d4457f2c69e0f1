import shutil
import subprocess
from pathlib import Path

import pytest

from harness.reports.leaderboard import leaderboard_latex
from tests.reports.boards import HOSTILE, board_of, varied
from tests.score_tables import computed, method

NASTY = "\\input{x} & % $ # _ { } ~ ^ < > | \" ' ` -- \n" + HOSTILE


def rows(text):
    return [line for line in text.splitlines() if line.endswith(r"\\")]


def row_of(name):
    return [line for line in rows(leaderboard_latex(board_of(varied()))) if line.startswith(name)]


def test_the_best_complete_entry_of_every_task_is_bold_and_no_other():
    tasks = varied()
    head, *body = rows(leaderboard_latex(board_of(tasks)))
    assert head == r"method & task-a & task-b \\"
    assert [line.split(" ")[0] for line in body if r"\mathbf" in line] == ["climbing"]
    (best,) = (line for line in body if line.startswith("climbing"))
    assert best.count(r"\mathbf") == 2
    assert r"$\mathbf{1.000}$ {\scriptsize $[1.000, 1.000]$}" in best


def test_an_incomplete_entry_has_a_dagger_and_is_never_bold():
    (line,) = (
        line for line in rows(leaderboard_latex(board_of(varied()))) if line.startswith("partly")
    )
    # On the architectures that it scored it is as good as the best.
    assert line.split(" & ")[1].startswith(r"$1.000^{\dagger}$")


def test_an_undefined_value_says_so():
    (line,) = row_of("flat")
    assert line == r"flat & undefined & undefined \\"


def test_many_tasks_become_several_tables():
    only = method("only", [1.0, 2.0, 3.0, 4.0])
    tasks = [computed([only], [1.0, 2.0, 3.0, 4.0], f"t{i}") for i in range(9)]
    text = leaderboard_latex(board_of(tasks))
    # Four tasks a table: 4 + 4 + 1.
    assert text.count(r"\begin{tabular}") == 3
    assert [line.count("&") for line in rows(text) if line.startswith("method")] == [4, 4, 1]


def test_a_line_break_in_a_name_cannot_leave_the_comment():
    tasks = [computed([method("p", [1.0, 2.0, 3.0])], [1.0, 2.0, 3.0])]
    text = leaderboard_latex(board_of(tasks, suite="a\n\\input{x}"))
    assert text.startswith("% Leaderboard of a \\input{x}: ")


@pytest.mark.slow
def test_it_compiles_in_a_minimal_document_whatever_the_names_are(tmp_path):
    program = shutil.which("pdflatex")
    if program is None:
        pytest.skip("pdflatex is not installed")
    methods = [
        method(NASTY, [1.0, 2.0, 3.0, 4.0]),
        method("partly", [1.0, None, 2.0, 3.0]),
    ]
    tasks = [computed(methods, [1.0, 2.0, 3.0, 4.0], f"task_{i}%") for i in range(5)]
    (tmp_path / "table.tex").write_text(leaderboard_latex(board_of(tasks, suite=NASTY)))
    (tmp_path / "paper.tex").write_text(
        "\\documentclass{article}\n\\usepackage{booktabs}\n"
        "\\begin{document}\n\\input{table}\n\\end{document}\n"
    )
    done = subprocess.run(
        [program, "-halt-on-error", "-interaction=nonstopmode", "paper"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert (tmp_path / "paper.pdf").stat().st_size > 1000
    assert "Missing character" not in (tmp_path / "paper.log").read_text(errors="replace")


BOARDS = Path(__file__).parents[2] / "results" / "leaderboards"
OF_OTHER_FORMS = ("combined", "torchvision-")
"""Tables of rules that combine proxies, and boards whose records were not kept."""


def test_every_board_has_its_table_of_latex():
    pages = [
        page for page in BOARDS.glob("*/*.md") if not page.parent.name.startswith(OF_OTHER_FORMS)
    ]
    assert len(pages) > 10
    assert [page.name for page in pages if not page.with_suffix(".tex").is_file()] == []
