import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.catalog.object_identity import object_identity
from harness.core.errors import ContractError

PROGRAM = Path(__file__).with_name("program.py")


def printed(program, folder, seed):
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(
        [sys.executable, program],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


def test_every_kind_of_object_has_one_identity_wherever_and_however_it_is_laid_out(tmp_path):
    moved = tmp_path / "moved.py"
    text = PROGRAM.read_text().replace("\n\n\n", "\n\n# a comment\n\n\n\n")
    text = text.replace("\n    return", "\n\n    # why\n    return").replace(
        '"""Doc', '"""Newly doc'
    )
    moved.write_text(text)
    here = printed(PROGRAM, Path.cwd(), "1")
    assert printed(moved, tmp_path, "2") == here
    assert len(set(here.values())) == len(here)


SOURCE = """
import math
SIGN = 1.0
LIMITS = {"low": 0.0, "high": 1.0}
def reduce(x, scale=2.0, *, shift=0.5):
    return SIGN * scale * x + shift
class Base:
    power = 2
    def base(self, x): return reduce(x) ** self.power
class Scorer(Base):
    def __init__(self): self.kept = 4
    def __call__(self, x): return self.base(x) + helper()(x)
def helper():
    weight = 5
    return lambda x: weight * x + LIMITS["high"]
def score(x):
    from math import sqrt
    return Scorer()(sqrt(x))
class Other: value = 6
"""


def of(source, name="score", module="a_program"):
    scope = {"__name__": module}
    exec(source, scope)  # noqa: S102 - the text of this test
    return object_identity(scope[name]).content


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SIGN = 1.0", "SIGN = -1.0"),
        ("SIGN = 1.0", "SIGN = 1"),
        ('"high": 1.0', '"high": 1.5'),
        ("scale=2.0", "scale=2.5"),
        ("shift=0.5", "shift=0.6"),
        ("* scale", "/ scale"),
        ("power = 2", "power = 3"),
        ("kept = 4", "kept = 5"),
        ("weight = 5", "weight = 6"),
        ("weight * x", "weight - x"),
        ("Scorer(Base)", "Scorer(Base, Other)"),
        ("import sqrt", "import cbrt as sqrt"),
        ("return SIGN", "return -SIGN"),
    ],
)
def test_an_edit_of_anything_that_a_function_uses_is_another_identity(before, after):
    order = "class Other: value = 6\n"
    source = order + SOURCE.replace(order, "")
    assert source.count(before) == 1
    assert of(source) != of(source.replace(before, after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("value = 6", "value = 7"),
        ("def helper():", "# why\ndef helper():\n    'Documentation.'"),
        ("return SIGN * scale * x + shift", "return (SIGN * scale\n            * x) + shift\n"),
        ('{"low": 0.0, "high": 1.0}', '{"high": 1.0, "low": 0.0}'),
        ("\n", "\n\n\n"),
    ],
)
def test_an_edit_of_something_else_or_of_layout_is_the_same_identity(before, after):
    assert before in SOURCE
    assert of(SOURCE) == of(SOURCE.replace(before, after))


def test_two_lambdas_of_one_line_are_told_apart():
    source = "first, second = lambda x: x, lambda x: -x"
    assert of(source, "first") != of(source, "second")
    assert of(source, "second") == of("second = (lambda x: -x)", "second")


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=3)
    | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


def turned(value):
    """Rebuild a value, with its dictionaries filled in another order."""
    match value:
        case dict():
            return {key: turned(value[key]) for key in reversed(value)}
        case list():
            return [turned(member) for member in value]
        case _:
            return value


@given(VALUES)
def test_equal_values_have_one_identity_in_whatever_order_they_were_made(value):
    assert object_identity(value).content == object_identity(turned(value)).content


@given(VALUES, VALUES)
def test_values_that_are_written_otherwise_have_other_identities(first, second):
    same = object_identity(first).content == object_identity(second).content
    assert same == (written(first) == written(second))


def written(value):
    match value:
        case dict():
            parts = sorted((key, written(part)) for key, part in value.items())
            return f"dictionary {parts}"
        case list():
            return f"list {[written(part) for part in value]}"
        case _:
            return repr(value)


@given(st.sets(st.text(max_size=3) | st.integers()))
def test_a_set_has_one_identity_in_whatever_order_it_was_filled(members):
    again = set()
    for member in reversed(list(members)):
        again.add(member)
    assert object_identity(members).content == object_identity(again).content


def test_functions_that_call_each_other_end():
    names = [f"f{number}" for number in range(30)]
    calls = ", ".join(f"{name}()" for name in names)
    source = "\n".join(f"def {name}(): return [{calls}]" for name in names)
    assert of(source, "f0") == of(source, "f0")


@pytest.mark.parametrize("value", [threading.Lock(), (letter for letter in "a")])
def test_what_has_no_value_to_compare_is_refused_with_its_name(value):
    with pytest.raises(ContractError, match=r"a \S+ has no value that could be compared or sent"):
        object_identity(lambda: value)


def test_a_structure_nested_too_deeply_is_refused():
    value = []
    for _ in range(5000):
        value = [value]
    with pytest.raises(ContractError, match="its values are nested too deeply"):
        object_identity(value)
