"""README's Python example, wherever people paste it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"
LONG = '"nb201-quick", plugins=[my_proxy, "params", "synflow"]'
SHORT = '"smoke", plugins=[my_proxy, "params"], sample=3, workers=2, results="r"'
SHOWN = "\nprint(sorted(set(frame.plugin)), frame.scored.min())\n"
EXPECTED = "['my_proxy', 'params'] 3"


def example():
    """Return README's example on three cells instead of two hundred."""
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    (block,) = (block for block in blocks if "harness.run" in block)
    assert LONG in block
    assert "__main__" not in block
    return block.replace(LONG, SHORT) + SHOWN


def run(folder, *arguments, text=None):
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        input=text,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(README.parent)},
    )
    assert done.returncode == 0, done.stderr
    return done


def test_it_runs_as_a_script_without_a_main_guard(tmp_path):
    (tmp_path / "example.py").write_text(example() + "print('once')\n")
    done = run(tmp_path, "example.py")
    assert done.stdout.splitlines() == [EXPECTED, "once"]
    assert "scoring in this process" not in done.stderr


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_it_runs_in_a_script_that_chose_how_processes_are_started(tmp_path, method):
    if method == "fork" and sys.platform == "win32":
        pytest.skip("Windows does not fork")
    chosen = f"import multiprocessing\nmultiprocessing.set_start_method({method!r})\n"
    (tmp_path / "example.py").write_text(chosen + example())
    assert run(tmp_path, "example.py").stdout.splitlines() == [EXPECTED]


def test_it_runs_from_standard_input(tmp_path):
    assert run(tmp_path, "-", text=example()).stdout.splitlines() == [EXPECTED]


def test_it_runs_in_the_interactive_console(tmp_path):
    # A blank line ends a function there.
    typed = example().replace("\n\n\nresult", "\n\nresult")
    assert EXPECTED in run(tmp_path, "-i", "-q", text=typed).stdout


def test_the_notebook_of_the_first_hour_runs_from_top_to_bottom(tmp_path):
    import nbclient
    import nbformat

    notebook = nbformat.read(README.parent / "examples" / "first_hour.ipynb", as_version=4)
    path = os.pathsep.join([str(README.parent), os.environ.get("PYTHONPATH", "")])
    client = nbclient.NotebookClient(
        notebook, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute(env=os.environ | {"PYTHONPATH": path})
    board, own, compared, network, ranked = (
        cell.outputs[-1]["data"]["text/plain"] for cell in notebook.cells if "outputs" in cell
    )
    assert "random" in board
    assert re.search(r"nb201-analog-ptq +output_spread +-?0\.\d+", own)
    assert compared.count("spearman") == 2
    assert network.count("scored") == 3
    assert ranked.count("depth=") == 9
    assert "scoring in this process" not in str(notebook.cells)


def test_where_no_process_can_be_started_it_scores_all_the_same_and_says_so(tmp_path):
    # A daemon may have no children, wherever it comes from.
    (tmp_path / "example.py").write_text(
        "import multiprocessing\n"
        "multiprocessing.current_process()._config['daemon'] = True\n" + example()
    )
    done = run(tmp_path, "example.py")
    assert done.stdout.splitlines() == [EXPECTED]
    assert done.stderr.count("scoring in this process, without limits of time and memory") == 1
