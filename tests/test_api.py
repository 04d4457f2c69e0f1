"""The harness from Python: one public function a command, and what the pages say of them."""

import ast
import inspect
import pkgutil
import re
from pathlib import Path

import pytest
import torch

import harness
from harness.cli.app import app
from harness.core.errors import UsageError
from harness.spaces.registry import space

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PUBLIC = (
    *(
        "run",
        "score",
        "report",
        "compare",
        "predict",
        "rank",
        "combine",
        "search",
        "tune",
        "operations",
        "check",
        "gate",
    ),
    *("cost", "submit", "list_plugins", "list_suites", "list_tasks", "list_passes", "list_metrics"),
    *("list_spaces", "new_space", "list_batches"),
    *("new_proxy", "data_sources", "data_traps", "locate_data", "verify_data", "fetch_data"),
    *("compare_data", "doctor", "merge", "archive", "site"),
    *("train_tg_nas", "train_cl_predictor", "frame"),
)
FUNCTIONS = {
    ("list", "plugins"): "list_plugins",
    ("list", "spaces"): "list_spaces",
    ("list", "suites"): "list_suites",
    ("list", "tasks"): "list_tasks",
    ("list", "passes"): "list_passes",
    ("list", "metrics"): "list_metrics",
    ("list", "batches"): "list_batches",
    ("new", "proxy"): "new_proxy",
    ("new", "space"): "new_space",
    ("data", "list"): "data_sources",
    ("data", "traps"): "data_traps",
    ("data", "compare"): "compare_data",
    ("data", "where"): "locate_data",
    ("data", "verify"): "verify_data",
    ("data", "fetch"): "fetch_data",
    ("train", "tg-nas"): "train_tg_nas",
    ("train", "cl-predictor"): "train_cl_predictor",
}
"""Commands that are not called like their function."""


def spread(network, images, labels):
    return network(images).std().item()


def test_the_public_functions_are_those_that_are_documented():
    assert sorted(PUBLIC) == sorted(harness.__all__) == dir(harness)
    for name in PUBLIC:
        function = getattr(harness, name)
        assert inspect.isfunction(function), name
        assert function.__name__ == name


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_function_says_what_it_takes_gives_and_raises(name):
    function = getattr(harness, name)
    text = inspect.getdoc(function) or ""
    assert "Example:" in text
    for parameter in inspect.signature(function).parameters:
        assert re.search(rf"^    {parameter}: ", text, re.MULTILINE), parameter


def test_no_package_takes_the_name_of_a_public_function():
    packages = {module.name for module in pkgutil.iter_modules(harness.__path__)}
    assert packages & set(harness.__all__) == set()


def commands(of, path=()):
    for command in of.registered_commands:
        name = command.name or command.callback.__name__
        yield (*path, name), command.callback
    for group in of.registered_groups:
        yield from commands(group.typer_instance, (*path, group.name))


COMMANDS = dict(commands(app))
OF_THE_COMMAND_ALONE = {"names", "as_json", "as_csv", "only", "long"}


def test_every_command_is_a_public_function():
    called = {FUNCTIONS.get(path, path[0]) for path in COMMANDS}
    assert called | {"frame"} == set(harness.__all__)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_options_have_the_names_and_defaults_of_the_function(path):
    function = getattr(harness, FUNCTIONS.get(path, path[0]))
    parameters = inspect.signature(function).parameters
    for name, option in inspect.signature(COMMANDS[path]).parameters.items():
        if name not in OF_THE_COMMAND_ALONE:
            assert str(option.default) == str(parameters[name].default), name


def test_every_public_function_is_on_the_page_of_python():
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    assert re.search(r"^::: harness$", text, re.MULTILINE), "it shows all of harness.__all__"


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.stem)
def test_no_page_mentions_a_private_name(page):
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"(?<![\w/-])harness(?:\.\w+)*\._[a-z]\w*|`_[a-z]\w*`", text) == []


def test_an_unknown_name_is_no_attribute():
    with pytest.raises(AttributeError, match="module 'harness' has no attribute 'evaluate'"):
        harness.evaluate  # noqa: B018


def test_a_plain_function_is_evaluated_beside_known_plugins(tmp_path):
    done = harness.run(
        "smoke", plugins=[spread, "grad_norm"], sample=6, results=tmp_path, workers=0
    )
    frame = harness.frame(done)
    assert set(frame["plugin"]) == {"spread", "grad_norm"}
    assert set(frame["task"]) == {"nb201-analog-baseline", "nb201-analog-ptq"}
    assert (frame["scored"] == 6).all()
    assert done.computed == {0: 12}
    assert all(path.is_file() for path in done.files)
    assert "suite='smoke'" in repr(done)
    assert "<Leaderboard of smoke, 4 rows>" in repr(done)
    assert len(repr(done)) < 500
    assert repr(done.table).startswith("Leaderboard(suite='smoke', ")
    assert len(repr(done.table)) < 500
    compared = harness.compare("grad_norm", "grad_norm", suite="smoke", sample=6, results=tmp_path)
    assert len(repr(compared)) < 500


def test_progress_is_told_and_nothing_is_printed(tmp_path, capsys):
    told = []
    harness.run(
        "smoke", plugins="params", sample=4, results=tmp_path, workers=0, progress=told.append
    )
    assert (told[0].what, told[0].done, told[-1].done) == ("scoring smoke", 0, told[-1].total)
    assert capsys.readouterr() == ("", "")


def test_a_function_that_was_edited_is_scored_anew(tmp_path):
    def proxy(network, images, labels):
        return 1.0

    def evaluate(function):
        function.__name__ = "proxy"
        done = harness.run("smoke", plugins=function, sample=4, results=tmp_path, workers=0)
        return harness.frame(done)

    def other(network, images, labels):
        return 2.0 + float(images.sum())

    assert evaluate(proxy)["key"][0] != evaluate(other)["key"][0]


def test_a_name_that_is_taken_is_refused(tmp_path):
    def synflow(network, images, labels):
        return 1.0

    with pytest.raises(UsageError, match="is named 'synflow' like the one of"):
        harness.run("smoke", plugins=synflow, results=tmp_path)
    two = [lambda network, images, labels: 1.0, lambda network, images, labels: 2.0]
    with pytest.raises(UsageError, match=r"give it another name \(of a function, that of its def"):
        harness.run("smoke", plugins=two, results=tmp_path)


@pytest.mark.parametrize(
    ("plugins", "message"),
    [
        (3, "3 is no plugin; give a name, a file"),
        (space("nas-bench-201"), "is no plugin but a space; give it to harness"),
        ([], "plugins is empty; give one or more, or leave"),
    ],
)
def test_what_is_no_plugin_is_refused(tmp_path, plugins, message):
    with pytest.raises(UsageError, match=message):
        harness.run("smoke", plugins=plugins, results=tmp_path)


def test_a_predictor_is_taken_as_an_object(tmp_path):
    from harness.encodings import encoding
    from harness.predictor import Predictor

    def fit(labelled, seed):
        return lambda inputs: inputs.features.values.sum(axis=1)

    mine = Predictor(
        name="sum", version="1", summary="", encoding=encoding("counts"), fit=fit, in_unit=True
    )
    done = harness.predict(
        "nb201-analog-baseline", plugins=mine, labels=8, repeats=2, evaluate_on=20, results=tmp_path
    )
    assert set(harness.frame(done)["predictor"]) == {"sum"}


def test_lists_are_frames(tmp_path):
    for listed in (harness.list_plugins, harness.list_tasks, harness.list_metrics):
        assert len(harness.frame(listed())) == len(listed()) > 3
    assert {"name", "shape", "unit"} <= set(harness.frame(harness.list_passes()))


def test_results_in_a_list_are_one_frame_of_all_their_rows():
    networks = {"narrow": torch.nn.Linear(4, 2), "wide": torch.nn.Linear(4, 8)}
    scored = [
        harness.score({name: network}, shape=(4,), proxies=["params", "flops"])
        for name, network in networks.items()
    ]
    frame = harness.frame(scored)
    assert list(frame["network"]) == ["narrow", "narrow", "wide", "wide"]
    assert list(frame.index) == [0, 1, 2, 3]


def test_log_lines_name_no_option_of_the_command_line_alone():
    told = [
        (path.name, text)
        for path in (ROOT / "harness").rglob("*.py")
        if "cli" not in path.parts
        for text in _logged(path)
    ]
    assert len(told) > 30
    assert [
        each for each in told if re.search(r"--[a-z]", re.sub("harness [a-z].*", "", each[1]))
    ] == []


def _logged(path):
    """Return the texts that a module logs; what is put into them comes from elsewhere."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="warning" | "info" | "error" | "debug"),
                args=[ast.Constant(value=str(text)), *_],
            ):
                yield text
