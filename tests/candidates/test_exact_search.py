"""The exact search against all architectures of small spaces."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from harness.candidates import best_within
from harness.candidates.exact_search import Evaluate
from harness.core.errors import UsageError
from harness.passes.spectral_capacity import network_capacities
from harness.spaces.choices import Choices
from harness.spaces.registry import space

LAYERS = range(4)
ENCODERS = Choices(
    width=(16, 24, 32), **{f"units{layer}": (8, 24, 40, 64, 100) for layer in LAYERS}
)
"""Four layers whose feed-forward matrices are all of one width: 1,875 architectures."""


@cache
def _encoder(text: str) -> tuple[float, float]:
    chosen = {name: int(str(option)) for name, option in ENCODERS.values(text).items()}
    width, units = chosen["width"], [chosen[f"units{layer}"] for layer in LAYERS]
    shapes = [(own, width, 2) for own in units]
    parameters = 8 * width + sum(2 * width * own + own + width for own in units)
    return float(network_capacities([[(width, 8, 1), *shapes]])[0]), float(parameters)


def _front(points: dict[str, tuple[float, float]], bound: float) -> list[tuple[float, float]]:
    """Return scores and figures that nothing of a figure as small has, the highest first."""
    within = sorted((figure, -score) for score, figure in points.values() if figure <= bound)
    front: list[tuple[float, float]] = []
    for figure, negative in within:
        if not front or -negative > front[-1][0] + 1e-9:
            front.append((-negative, figure))
    return front[::-1]


@pytest.mark.parametrize("bound", [3_000, 9_000, np.inf])
def test_the_front_of_a_small_space_is_that_of_all_its_architectures(bound: float) -> None:
    points = {text: _encoder(text) for text in ENCODERS.texts()}
    front = best_within(ENCODERS, _encoder, bound, np.random.default_rng(0))
    seen = [(best.score, best.figure) for best in front]
    assert np.allclose(seen, _front(points, bound))
    assert all(points[best.text] == pytest.approx((best.score, best.figure)) for best in front)


def test_a_width_that_all_layers_share_is_fixed_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.candidates.exact_search._TOGETHER", 5)
    points = {text: _encoder(text) for text in ENCODERS.texts()}
    asked: set[str] = set()

    def evaluate(text: str) -> tuple[float, float]:
        asked.add(text)
        return points[text]

    front = best_within(ENCODERS, evaluate, 9_000, np.random.default_rng(0))
    assert np.allclose([(best.score, best.figure) for best in front], _front(points, 9_000))
    assert len(asked) < len(points) / 2


def test_choices_that_belong_together_are_tried_together() -> None:
    choices = Choices(a=(0, 1, 2), b=(0, 1, 2), c=(0, 1), d=(0, 1))

    def evaluate(text: str) -> tuple[float, float]:
        a, b, c, d = (int(str(option)) for option in choices.values(text).values())
        return float(a * b + 3 * c * d + a), float(a + b + c + d)

    points = {text: evaluate(text) for text in choices.texts()}
    for bound in range(7):
        front = best_within(choices, evaluate, bound, np.random.default_rng(0))
        assert [(best.score, best.figure) for best in front] == _front(points, bound)


def test_no_draw_of_mnasnet_beats_the_exact_search() -> None:
    searched = space("mnasnet")
    parameters = searched.columns["parameters"]

    def evaluate(text: str) -> tuple[float, float]:
        architecture = searched.parse(text)
        shapes = searched.matrices(architecture, searched.dataset)
        return float(network_capacities([shapes])[0]), parameters(architecture)

    best = best_within(searched.choices, evaluate, 4e6, np.random.default_rng(0))[0]
    assert evaluate(best.text) == pytest.approx((best.score, best.figure))
    neighbours = [evaluate(each.text) for each in searched.neighbours(searched.parse(best.text))]
    assert all(score <= best.score for score, figure in neighbours if figure <= 4e6)
    generator = np.random.default_rng(1)
    drawn = [evaluate(searched.sample(generator).text) for _ in range(200)]
    assert max(score for score, figure in drawn if figure <= 4e6) < 0.95 * best.score


def _three_together(text: str) -> tuple[float, float]:
    ones = sum(part.endswith("1") for part in text.split(","))
    return float(ones == 3), float(ones)


def _without_score(text: str) -> tuple[float, float]:
    return (-np.inf if text == "a=1,b=1,c=0" else 0.0), 0.0


@pytest.mark.parametrize(
    ("evaluate", "bound", "message"),
    [
        (_three_together, 5, "does not add up"),
        (_without_score, 5, "has no score or no figure"),
        (lambda text: (0.0, 7.0), 5, "at most 5"),
    ],
)
def test_what_has_no_exact_search_says_so(evaluate: Evaluate, bound: float, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        best_within(
            Choices(**dict.fromkeys("abc", (0, 1))), evaluate, bound, np.random.default_rng(0)
        )


def test_what_does_not_add_up_is_refused_before_all_of_it_is_scored() -> None:
    choices = Choices(**{f"choice{number}": (1, 2, 3) for number in range(14)})
    asked = []

    def product(text: str) -> tuple[float, float]:
        asked.append(text)
        return float(np.prod([1.1 + int(str(o)) for o in choices.values(text).values()])), 1.0

    with pytest.raises(UsageError, match="4,782,969 architectures would have to be scored"):
        best_within(choices, product, 1.0, np.random.default_rng(0))
    assert len(asked) < 300
