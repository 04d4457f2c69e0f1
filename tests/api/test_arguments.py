"""Arguments of the public functions, of the wrong kind or of another library."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pytest
from torch.nn import Identity

import harness
from harness.api.arguments import checked, options_named
from harness.core.errors import DataError, UsageError
from harness.space import SearchSpace
from tests.truth_tables import write_table

PLAIN = {"None", "Path", "Sequence", "bool", "float", "int", "str"}


def _plain_parameter(name: str) -> str | None:
    """Return the first parameter of a public function that takes plain values alone."""
    parameters = inspect.signature(getattr(harness, name)).parameters.values()
    return next(
        (each.name for each in parameters if set(re.findall(r"\w+", each.annotation)) <= PLAIN),
        None,
    )


FUNCTIONS = {name: _plain_parameter(name) for name in harness.__all__}


@checked
def _given(
    number: int | None = None,
    limit: float = 0.5,
    names: str | Sequence[str] | None = None,
    files: Path | str | Sequence[Path | str] | None = None,
    limits: Mapping[str, float] | None = None,
    whether: bool = False,
    shape: Sequence[int] | None = None,
    sizes: Sequence[int] | Literal["curve"] = "curve",
) -> tuple[object, ...]:
    return number, limit, names, files, limits, whether


@pytest.mark.parametrize(("name", "wrong"), [pair for pair in FUNCTIONS.items() if pair[1]])
def test_every_public_function_names_an_argument_of_the_wrong_kind(name: str, wrong: str) -> None:
    function = getattr(harness, name)
    parameters = inspect.signature(function).parameters.values()
    required = {each.name: "x" for each in parameters if each.default is inspect.Parameter.empty}
    with pytest.raises(UsageError, match=rf"harness\.{name}: {wrong} is <object .*>; give "):
        function(**(required | {wrong: object()}))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"number": "3"}, "number is '3'; give a whole number or None"),
        ({"number": 3.0}, "number is 3.0; give a whole number or None"),
        ({"number": True}, "number is True; give a whole number or None"),
        ({"limit": None}, "limit is None; give a number$"),
        ({"names": b"x"}, "names is b'x'; give a text or several of these or None"),
        ({"names": ["x", 1]}, r"names is \['x', 1\]; give a text"),
        ({"names": {"x": 1}}, r"names is \{'x': 1\}; give a text"),
        ({"limits": ["x"]}, r"limits is \['x'\]; give a mapping or None"),
        ({"whether": 1}, "whether is 1; give True or False"),
        ({"shape": "3,8,8"}, "shape is '3,8,8'; give several, each a whole number or None"),
        ({"sizes": "8,16"}, "sizes is '8,16'; give several, each a whole number or the text 'cu"),
        ({"names": pd.DataFrame({"a": ["x"]})}, "names is a 0 x; give a text or several of these"),
        ({"names": np.array("x")}, r"names is array\('x', dtype='<U1'\); give a text or several"),
        ({"name": "x"}, "got an unexpected keyword argument 'name'; its arguments are number, lim"),
    ],
)
def test_an_argument_of_the_wrong_kind_is_one_sentence(
    given: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageError, match=rf"^harness\._given: {message}"):
        _given(**given)  # type: ignore[arg-type]


def test_what_is_read_from_a_file_is_told_apart_from_what_is_no_path_at_all() -> None:
    with pytest.raises(
        UsageError, match="table is architecture 0 00000000; give the path of a file"
    ):
        harness.rank("nas-bench-macro", table=pd.DataFrame({"architecture": ["0" * 8]}))  # type: ignore[arg-type]
    mine = SearchSpace(name="mine", summary="", network=lambda text: Identity(), texts=["a"])
    with pytest.raises(UsageError, match="the path of a file; a space is given to harness"):
        harness.report(mine)  # type: ignore[arg-type]


def test_numbers_of_numpy_become_numbers_of_python() -> None:
    number, limit, *_, whether = _given(
        np.int64(3),  # type: ignore[arg-type]
        np.float32(0.25),  # type: ignore[arg-type]
        whether=np.bool_(True),  # type: ignore[arg-type]
    )
    assert [type(value) for value in (number, limit, whether)] == [int, float, bool]
    assert (number, limit, whether) == (3, 0.25, True)


def test_what_can_be_read_once_is_kept() -> None:
    def names() -> Iterator[str]:
        yield from ("a", "b")

    assert _given(names=names())[2] == ("a", "b")  # type: ignore[arg-type]


def test_a_path_is_a_text_where_texts_are_meant() -> None:
    _, _, names, files, *_ = _given(names=Path("a.py"), files=Path("b"))  # type: ignore[arg-type]
    assert (names, files) == ("a.py", Path("b"))


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("run", ["smoke"]),
        ("rank", ["nas-bench-201"]),
        ("gate", []),
    ],
)
def test_fewer_workers_than_none_are_refused(name: str, given: list[str]) -> None:
    with pytest.raises(UsageError, match=r"^workers=-1: give 0 or more$"):
        getattr(harness, name)(*given, workers=-1)


@pytest.mark.parametrize("gib", [float("inf"), 1e300])
def test_memory_that_no_machine_has_is_refused(gib: float) -> None:
    with pytest.raises(UsageError, match=r"^'memory_gib' .*: give 0\.1 to 1e\+06$"):
        harness.run("smoke", memory_gib=gib)


def test_more_workers_than_memory_can_hold_are_refused_before_each_is_stopped_for_it(
    tmp_path: Path,
) -> None:
    with pytest.raises(UsageError, match=r"^workers=100000: an equal share of .* give fewer$"):
        harness.run("smoke", plugins="params", workers=100_000, results=tmp_path)


@checked
def _failing(
    message: str,
    plugins: str = "",
    workers: int = 1,
    maximum: str = "",
    sources: str = "",
    proxies: str = "",
    source_labels: int = 0,
) -> None:
    raise DataError(message)


@pytest.mark.parametrize(
    ("message", "in_python"),
    [
        ("name one with --plugin", "name one with 'plugins'"),
        ("run with --workers 0 to see why", "run with workers=0 to see why"),
        ("--workers -1: give more", "workers=-1: give more"),
        ("--max and --from, --proxy", "'maximum' and 'sources', 'proxies'"),
        ("needs --source-labels.", "needs 'source_labels'."),
        ("leave --other out", "leave --other out"),
        (
            "write it by harness gate X --workers 2, or with --workers 2",
            "write it by harness gate X --workers 2, or with workers=2",
        ),
    ],
)
def test_errors_name_arguments_as_the_caller_does(message: str, in_python: str) -> None:
    with pytest.raises(DataError) as raised:
        _failing(message)
    assert str(raised.value) == in_python
    with options_named(), pytest.raises(DataError) as raised:
        _failing(message)
    assert str(raised.value) == message


def test_no_error_of_a_public_function_names_an_option(tmp_path: Path) -> None:
    task = write_table(tmp_path, "accuracy", list(map(float, range(27))))
    for call in (
        lambda: harness.run("smoke", workers=-1, results=tmp_path),
        harness.report,
        lambda: harness.gate("smoke", baseline=tmp_path),
        lambda: harness.rank("nas-bench-201", candidates=10, top=11),
        lambda: harness.search(task, queries=10, labels=[5]),
    ):
        with pytest.raises(UsageError, match=r"^((?!--).)*$"):
            call()


SEEDED = [
    name
    for name in harness.__all__
    if "seed" in inspect.signature(getattr(harness, name)).parameters
]


@pytest.mark.parametrize("seed", [-1, 2**63, np.int64(-3)])
@pytest.mark.parametrize("name", SEEDED)
def test_every_public_function_refuses_a_seed_that_torch_does_not_take(
    name: str, seed: int
) -> None:
    function = getattr(harness, name)
    parameters = inspect.signature(function).parameters.values()
    required = {each.name: "x" for each in parameters if each.default is inspect.Parameter.empty}
    with pytest.raises(UsageError, match=rf"harness\.{name}: seed is {seed}; give 0 to 92233720"):
        function(**required, seed=seed)


SEVERAL = [
    (name, each.name)
    for name in harness.__all__
    for each in inspect.signature(getattr(harness, name)).parameters.values()
    if re.search("Plugins|Metrics|Sequence", each.annotation)
    and each.name not in {"against", "beside", "maximum", "minimum", "predictors", "settings"}
]


@pytest.mark.parametrize(("name", "several"), SEVERAL)
def test_nothing_is_not_taken_for_everything(name: str, several: str) -> None:
    function = getattr(harness, name)
    parameters = inspect.signature(function).parameters.values()
    required = {each.name: "x" for each in parameters if each.default is inspect.Parameter.empty}
    message = rf"harness\.{name}: {several} is empty; give one or more"
    for empty in ([], (), np.array([]), pd.Series([], dtype=str), iter(())):
        with pytest.raises(UsageError, match=message):
            function(**(required | {several: empty}))


def test_an_empty_path_is_not_the_current_folder() -> None:
    with pytest.raises(UsageError, match=r"harness\.report: results is ''; give a path or a text"):
        harness.report("smoke", results="")
    assert _given(files=Path())[3] == Path()


def test_a_path_below_the_home_folder_is_what_a_shell_makes_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert _given(files="~/x.csv")[3] == f"{tmp_path}/x.csv"
    assert _given(files=Path("~/x.csv"))[3] == tmp_path / "x.csv"
    assert _given(files=["~/x.csv", "y.csv"])[3] == (f"{tmp_path}/x.csv", "y.csv")
    with pytest.raises(UsageError, match=f"there is no .*file {tmp_path}/mine.py"):
        harness.check("~/mine.py")
    with pytest.raises(UsageError, match=f"there is no .*file {tmp_path}/mine.py"):
        harness.check(["~/mine.py"])
