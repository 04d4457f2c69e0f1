"""``harness new`` as somebody uses it who has an idea and an empty folder."""

import subprocess
import sys


def test_the_files_it_writes_pass_their_own_test(harness, tmp_path):
    assert harness("new", "proxy", "my_idea").returncode == 0
    tried = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_my_idea.py"],
        check=False,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert "2 passed" in tried.stdout, tried.stdout


def test_the_space_it_writes_keeps_its_contract_and_is_listed(harness, tmp_path):
    assert harness("new", "space", "my_nets").returncode == 0
    done = harness("check", "my_nets.py")
    assert done.returncode == 0, done.stdout
    assert "broken" not in done.stdout
    assert "note" not in done.stdout
    listed = harness("list", "spaces", "my_nets.py").stdout.splitlines()
    assert listed[0].split("\t")[:3] == ["space", "architectures", "from"]
    assert listed[-1].split("\t")[:3] == ["my_nets", "36", str(tmp_path / "my_nets.py")]
    assert "darts\t1.1e+18\tbuilt-in\t" in "\n".join(listed)


def test_the_test_of_a_space_it_writes_passes(harness, tmp_path, monkeypatch):
    import importlib.util

    assert harness("new", "space", "my_nets").returncode == 0
    spec = importlib.util.spec_from_file_location("test_my_nets", tmp_path / "test_my_nets.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.test_different_texts_are_different_networks()
    assert tmp_path / "my_nets.py" == module.FILE


def test_a_space_is_not_named_like_another(harness):
    for name, reason in (("class", "is no name for a space"), ("my-nets", "is no name for")):
        done = harness("new", "space", name)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert reason in done.stderr
    assert "taken by another space" in harness("new", "space", "darts").stderr


def test_nothing_is_overwritten(harness, tmp_path):
    (tmp_path / "test_my_idea.py").write_text("mine")
    done = harness("new", "proxy", "my_idea")
    assert done.returncode == 2
    assert "test_my_idea.py is there already, and nothing was written" in done.stderr
    assert not (tmp_path / "my_idea.py").exists()
    assert (tmp_path / "test_my_idea.py").read_text() == "mine"


def test_a_name_that_is_taken_or_no_name_is_refused_in_a_sentence(harness, tmp_path):
    for name, reason in (
        ("synflow", "is taken by a plugin"),
        ("../up", "is no name for a plugin"),
        ("class", "is no name for a plugin: it is a keyword of Python; choose another"),
        ("torch", "torch.py would hide the Python module torch"),
        ("random", "random.py would hide the Python module random"),
        ("My-Idea", "is no name for a plugin"),
    ):
        done = harness("new", "proxy", name)
        assert done.returncode == 2
        assert reason in done.stderr
        assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said(harness, tmp_path):
    (tmp_path / "file").write_text("")
    done = harness("new", "proxy", "my_idea", "--folder", "file/inside")
    assert done.returncode == 3
    assert "cannot write file/inside/my_idea.py" in done.stderr


def test_the_proxy_it_writes_is_checked_without_a_warning(harness):
    assert harness("new", "proxy", "my_idea").returncode == 0
    done = harness("check", "my_idea.py")
    assert done.returncode == 0, done.stdout
    assert "Warning" not in done.stderr
