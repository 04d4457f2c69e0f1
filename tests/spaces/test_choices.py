"""Named choices: texts, samples, neighbours, numbers."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.errors import DataError, UsageError
from harness.spaces.choices import Choices

SMALL = Choices(depth=(2, 3, 4), act=("relu", None))


def test_every_combination_is_listed_once_and_counted():
    texts = list(SMALL.texts())
    assert texts[:3] == ["depth=2,act=relu", "depth=2,act=None", "depth=3,act=relu"]
    assert len(set(texts)) == SMALL.size == 6


def test_a_text_gives_the_options_as_they_were_given():
    assert SMALL.values("depth=3,act=None") == {"depth": 3, "act": None}
    assert SMALL.text({"act": "relu", "depth": 2}) == "depth=2,act=relu"


def test_blanks_and_another_order_are_the_same_architecture():
    assert SMALL.parse(" act = relu , depth=4") == "depth=4,act=relu"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("depth=2", "act is missing"),
        ("depth=2,act=gelu", "act is 'gelu', not one of relu, None"),
        ("depth=2,width=3,act=relu", "'width' is no choice"),
        ("depth=2,depth=2,act=relu", "'depth' is there twice"),
        ("", "'' is no choice"),
    ],
)
def test_what_is_wrong_with_a_text_is_said(text, fault):
    with pytest.raises(DataError, match=f"{fault}; expected e.g. 'depth=2,act=relu'"):
        SMALL.parse(text)


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({}, "no choice"),
        ({"depth": ()}, "no options"),
        ({"depth": (1, "1")}, "two options of the same text"),
        ({"depth": ("1,2",)}, "cannot be part of a text"),
    ],
)
def test_choices_that_texts_could_not_tell_apart_are_refused(options, fault):
    with pytest.raises(UsageError, match=fault):
        Choices(**options)


@given(st.sampled_from(list(SMALL.texts())))
def test_neighbours_differ_in_one_choice_and_are_neighbours_of_each_other(text: str):
    others = SMALL.neighbours(text)
    assert len(others) == len(set(others)) == 2 + 1
    assert all(text in SMALL.neighbours(other) for other in others)


def test_samples_are_uniform():
    generator = np.random.default_rng(0)
    counted = Counter(SMALL.sample(generator) for _ in range(6000))
    # 1,000 each, deviation 29: within four deviations
    assert set(counted) == set(SMALL.texts())
    assert all(abs(count - 1000) < 4 * 29 for count in counted.values())


def test_one_hot_marks_one_option_of_every_choice():
    assert SMALL.columns == ("depth=2", "depth=3", "depth=4", "act=relu", "act=None")
    assert SMALL.one_hot(["depth=3,act=None"]).tolist() == [[0, 1, 0, 0, 1]]


def test_numbers_from_nought_to_one_are_an_architecture():
    assert SMALL.decoded(np.array([0.0, 0.49])) == "depth=2,act=relu"
    assert SMALL.decoded(np.array([1.0, 1.0])) == "depth=4,act=None"
