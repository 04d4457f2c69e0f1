"""Every proxy on a small network of each kind: a finite score or a sentence, and no trace."""

import math
import random
import re
from pathlib import Path

import pytest
import torch

import harness
from tests.passes.any_networks import CASES
from tests.passes.network_state import state

EXAMPLES = Path(__file__).parents[2] / "examples" / "networks"


@pytest.mark.parametrize("kind", CASES)
def test_every_proxy_has_a_finite_score_or_says_why_not_and_changes_nothing(kind):
    case = CASES[kind]
    network = case.build().eval()
    next(network.parameters()).requires_grad = False
    before, generators = state(network), (torch.get_rng_state().tolist(), random.getstate())
    scores = harness.score(network, case.inputs, case.labels, workers=0).scores
    assert len(scores) > 30
    for score in scores:
        if score.status == "scored":
            assert math.isfinite(score.score), score.proxy
        else:
            assert score.status == "unsupported", f"{score.proxy}: {score.reason}"
            assert re.fullmatch(".{20,}", score.reason), score.proxy  # one line
    assert state(network) == before
    assert (torch.get_rng_state().tolist(), random.getstate()) == generators


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.py")), ids=lambda file: file.stem)
def test_an_example_is_scored_as_its_first_line_says(file):
    first = file.read_text(encoding="utf-8").partition("\n")[0]
    command = re.search(r"harness score (\w+\.py)(?: --shape ([\d,]+))?", first)
    assert command is not None
    assert command[1] == file.name
    shape = tuple(map(int, command[2].split(","))) if command[2] else None
    scores = harness.score(file, shape=shape, proxies=["params", "l2_norm"], workers=0).scores
    assert [score.status for score in scores] == ["scored", "scored"]
    assert {score.network for score in scores} == {file.stem}
