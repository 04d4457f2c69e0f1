"""The workflows of submissions: what is chosen, which rights they have, and what is commented."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

GITHUB = Path(__file__).parents[2] / ".github"
DIGEST = "a" * 64


def run(*command, cwd, **variables):
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=os.environ | {key: str(value) for key, value in variables.items()},
        capture_output=True,
        check=False,
        text=True,
    )


@pytest.fixture
def checkout(tmp_path):
    """Return what makes a repository whose last commit, a merge, changes the files given."""

    def git(*words):
        identity = ("-c", "user.name=test", "-c", "user.email=test@example.org")
        done = run("git", "-C", tmp_path, *identity, *words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr

    def change(files):
        git("init", "--quiet", "--initial-branch=main")
        (tmp_path / "submissions").mkdir()
        (tmp_path / "submissions" / "packages.txt").write_text("# Packages\n")
        (tmp_path / "submissions" / "merged.py").write_text("PLUGIN = None\n")
        (tmp_path / "README.md").write_text("read me\n")
        git("add", ".")
        git("commit", "--quiet", "-m", "base")
        git("checkout", "--quiet", "-b", "proposed")
        for name, text in files.items():
            if text is None:
                git("rm", "--quiet", name)
            else:
                (tmp_path / name).write_text(text)
        git("add", ".")
        git("commit", "--quiet", "-m", "proposed")
        git("checkout", "--quiet", "main")
        git("merge", "--quiet", "--no-ff", "-m", "merge", "proposed")
        variables = {"NUMBER": 17, "GITHUB_STEP_SUMMARY": tmp_path / "summary.md"}
        script = GITHUB / "submission" / "choose.sh"
        return run("bash", script, tmp_path, "", cwd=tmp_path, **variables)

    return change


def test_a_file_is_chosen(checkout, tmp_path):
    done = checkout({"submissions/mine.py": "PLUGIN = None\n"})
    assert done.stdout == f"submission={tmp_path}/submissions/mine.py\n"


def test_a_package_is_chosen_with_the_line_to_install(checkout):
    line = f"my-proxy==1.0 --hash=sha256:{DIGEST}"
    done = checkout({"submissions/packages.txt": f"# Packages\n{line}\n"})
    assert done.stdout == f"submission=my-proxy\nrequirement={line}\n"


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"submissions/a.py": "1", "README.md": "other"}, "changes one file"),
        ({"README.md": "other"}, "README.md is neither"),
        ({"submissions/a b.py": "1"}, "is neither submissions/NAME.py"),
        ({"submissions/packages.txt": "my-proxy==1.0\n"}, "--hash=sha256:DIGEST"),
        (
            {"submissions/packages.txt": f"a==1 --hash=sha256:{DIGEST} --index-url x\n"},
            "--hash=sha256:DIGEST",
        ),
        ({"submissions/packages.txt": "a\nb\n"}, "one line is added"),
        (
            {"submissions/a.py": "1", "submissions/b.py": "2"},
            "changes 2 (submissions/a.py, submissions/b.py); split it",
        ),
        (
            {"submissions/renamed.py": "PLUGIN = None\n", "submissions/merged.py": None},
            "changes 2 (submissions/merged.py, submissions/renamed.py); split it",
        ),
        ({"submissions/merged.py": None}, "submissions/merged.py is removed, which leaves nothing"),
    ],
)
def test_whatever_else_a_pull_request_changes_is_refused(checkout, tmp_path, files, reason):
    done = checkout(files)
    assert done.returncode == 1
    assert done.stdout == ""
    assert reason in done.stderr
    comment = (tmp_path / "comment" / "comment.md").read_text()
    assert reason in comment.replace("\\", "")
    assert (tmp_path / "summary.md").read_text() == comment
    assert (tmp_path / "comment" / "number").read_text() == "17\n"


@pytest.mark.parametrize("file", ["my proxy.py", "../mine.py", "mine.txt", "mine.py;ls"])
def test_a_file_of_another_repository_that_is_no_plain_path_is_told_what_one_is(tmp_path, file):
    done = run("bash", GITHUB / "submission" / "choose.sh", tmp_path, file, cwd=tmp_path)
    assert done.returncode == 1
    assert f"{file} is no path of a .py file in letters, digits and ._/+-" in done.stderr


def test_a_checkout_of_one_commit_is_told_from_a_pull_request_without_changes(checkout, tmp_path):
    checkout({"submissions/mine.py": "PLUGIN = None\n"})
    shallow = tmp_path / "shallow"
    run("git", "clone", "--quiet", "--depth", "1", f"file://{tmp_path}", shallow, cwd=tmp_path)
    done = run("bash", GITHUB / "submission" / "choose.sh", shallow, cwd=tmp_path)
    assert done.returncode == 1
    assert "fetch two of them (fetch-depth: 2)" in done.stderr


def test_a_reason_makes_no_link_of_a_comment(tmp_path):
    run("bash", GITHUB / "submission" / "refuse.sh", "[a](b) <c> `d`", cwd=tmp_path)
    comment = (tmp_path / "comment" / "comment.md").read_text()
    assert comment == "# submission: refused\n\n* \\[a\\](b) \\<c\\> \\`d\\`.\n"


def test_what_is_refused_before_anything_runs_is_commented_on():
    steps = workflow("submission.yml")["jobs"]["score"]["steps"]
    uploads = [step for step in steps if step.get("with", {}).get("name") == "comment"]
    (upload,) = uploads
    scoring = next(step for step in steps if step.get("name") == "Score")
    assert steps.index(upload) < steps.index(scoring)
    assert "steps.choose.outcome == 'failure'" in upload["if"]
    assert "steps.package.outcome == 'failure'" in upload["if"]


def workflow(name):
    return yaml.safe_load((GITHUB / "workflows" / name).read_text())


def test_no_job_that_scores_or_judges_may_write():
    scoring = workflow("submission.yml")
    assert scoring["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in scoring["jobs"].values())
    assert "secrets." not in (GITHUB / "workflows" / "submission.yml").read_text()


def test_the_job_that_may_comment_runs_on_the_finished_run_and_checks_out_no_pull_request():
    commenting = workflow("submission-comment.yml")
    assert commenting["permissions"]["pull-requests"] == "write"
    assert list(commenting[True]) == ["workflow_run"]  # YAML reads the key `on` as true
    (checkout, *_) = commenting["jobs"]["comment"]["steps"]
    assert checkout["with"] == {"persist-credentials": False}


def test_no_step_pastes_an_expression_into_its_commands():
    for name in ("submission.yml", "submission-comment.yml"):
        for job in workflow(name)["jobs"].values():
            for step in job["steps"]:
                assert "${{" not in step.get("run", "")


def test_accuracies_are_gone_before_anything_is_scored():
    steps = workflow("submission.yml")["jobs"]["score"]["steps"]
    names = [step.get("name", "") for step in steps]
    assert names.index("Take accuracies away") < names.index("Score")
    gone = steps[names.index("Take accuracies away")]["run"]
    assert "analog-nasbench" in gone
    assert "harness/results" in gone


@pytest.fixture
def commented(tmp_path):
    """Return what comments with a stand-in for GitHub's command, and what that was told."""
    tools, folder = tmp_path / "tools", tmp_path / "comment"
    tools.mkdir()
    folder.mkdir()
    (tools / "gh").write_text('#!/bin/sh\necho "$@" >> gh.log\necho abc123\n')
    (tools / "gh").chmod(0o755)

    def comment(number, text, head="abc123"):
        (folder / "number").write_text(number)
        (folder / "comment.md").write_text(text)
        variables = {"PATH": f"{tools}:{os.environ['PATH']}", "REPOSITORY": "o/r", "HEAD_SHA": head}
        script = GITHUB / "submission" / "comment.sh"
        done = run("bash", script, folder, cwd=tmp_path, **variables)
        log, body = tmp_path / "gh.log", folder / "body.md"
        return (
            done.returncode,
            log.read_text() if log.exists() else "",
            body.read_text() if body.exists() else "",
        )

    return comment


def test_a_comment_is_written_under_its_pull_request_without_mentions(commented):
    code, log, body = commented("17\n", "# mine: accepted by @everybody\n")
    assert code == 0
    assert re.search(r"repos/o/r/issues/17/comments .*body=@", log)
    assert body == "# mine: accepted by (at)everybody\n"


@pytest.mark.parametrize("number", ["17; true", "../2", ""])
def test_what_is_no_number_reaches_nothing(commented, number):
    assert commented(number, "text") == (1, "", "")


def test_a_pull_request_that_moved_on_gets_no_comment(commented):
    code, log, body = commented("17", "text", head="def456")
    assert code == 1
    assert "comments" not in log
    assert body == ""


def test_a_comment_that_is_cut_within_a_character_is_written_and_says_so(commented):
    code, log, body = commented("17", "a" * 59_999 + "é and more")
    assert code == 0
    assert "issues/17/comments" in log
    assert body.startswith("a" * 59_999 + "\n\nThe rest is left out; ")
