"""What scores are made of."""

import numpy as np
import pytest

from harness.evaluation import PARTS, PublishedScores, explain_scores, join_published
from harness.metrics import Undefined
from harness.spaces.registry import space
from harness.truth.scores import as_outcomes
from tests.score_tables import computed, method, published
from tests.truth_tables import truth_table

N = 100


def columns():
    generator = np.random.default_rng(0)
    params, noise = generator.permutation(N) + 1.0, generator.permutation(N) * 1.0
    depth = generator.integers(1, 6, N).astype(float)
    return {
        "params": params,
        "depth (column)": depth,
        "width": params // 10,
        "both": params + 20 * depth,
        "curved": np.exp(params / 20),
        "noise": noise,
        "flat": np.ones(N),
        "few": noise[:19],
    }


@pytest.fixture(scope="module")
def parts():
    """R2 by name of a method and part."""
    return explain_scores(published({name: list(values) for name, values in columns().items()}))


def test_a_score_that_orders_like_a_part_is_explained_by_it(parts):
    for name in ("params", "curved"):
        assert parts[name]["params"].value > 0.99
        assert parts[name]["together"].value > 0.99
    assert parts["curved"]["width"].value > 0.95  # tenths of the same numbers


def test_what_two_parts_make_is_explained_by_both_together(parts):
    alone = [parts["both"][part].value for part in ("params", "depth")]
    assert max(alone) < 0.8
    assert parts["both"]["together"].value > 0.95


def test_noise_is_explained_by_nothing(parts):
    assert max(parts["noise"][part].value for part in ("params", "depth", "together")) < 0.1


def test_the_share_is_that_of_ridge_regressions_on_architectures_they_have_not_seen(parts):
    # Least squares on 80 of 100 with one column: R2 of held-out ones is near the squared Spearman.
    from scipy.stats import spearmanr

    table = columns()
    expected = spearmanr(table["both"], table["params"]).statistic ** 2
    assert parts["both"]["params"].value == pytest.approx(expected, abs=0.05)


def test_what_cannot_be_explained_says_why(parts):
    assert parts["flat"] == dict.fromkeys(PARTS, Undefined(reason="constant scores"))
    few = Undefined(reason="19 architectures are fewer than the 20 that it takes")
    assert parts["few"] == dict.fromkeys(PARTS, few)
    nothing = explain_scores(computed([method("mine", list(range(30)))], list(range(30))))["mine"]
    assert nothing["params"].reason.startswith("params, which it holds fixed, is neither")
    assert nothing["operators"].reason.startswith("the space states no graph")
    assert nothing["together"].reason.startswith("neither size")


def test_operators_are_counted_in_the_graphs_that_a_space_states():
    of = space("nas-bench-201")
    generator = np.random.default_rng(1)
    texts = sorted({of.sample(generator).text for _ in range(60)})
    convolutions = {text: float(text.count("nor_conv_3x3")) for text in texts}
    task = join_published(
        truth_table(convolutions, space=of.name),
        as_outcomes({"convolutions": convolutions}),
        PublishedScores(sources=("a-file",)),
        "rows",
    )
    assert explain_scores(task)["convolutions"]["operators"].value > 0.99
