"""Losses by name, of the network itself, and functions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
import torch
from torch import nn
from torch.nn import functional

from harness.core.errors import UnsupportedError, UsageError
from harness.passes.losses import loss_of, loss_value, network_loss
from tests.passes.any_networks import CASES

NETWORK = nn.Identity()
GENERATOR = torch.Generator().manual_seed(0)
LOGITS = torch.randn((2, 3, 5), generator=GENERATOR)
TOKENS = torch.tensor([[0, 4, -100], [2, 2, 1]])


def test_a_loss_per_token_is_the_mean_over_tokens_that_have_a_label() -> None:
    logs = LOGITS.log_softmax(2)
    expected = -(logs[0, 0, 0] + logs[0, 1, 4] + logs[1, 0, 2] + logs[1, 1, 2] + logs[1, 2, 1]) / 5
    assert torch.allclose(loss_value("per_token", NETWORK, LOGITS, TOKENS), expected)
    by_pixel = loss_value("per_pixel", NETWORK, LOGITS.movedim(2, 1), TOKENS)
    assert torch.allclose(by_pixel, expected)


def test_a_regression_is_a_mean_square_and_one_number_a_sample_needs_no_axis() -> None:
    values = torch.tensor([1.0, 3.0])
    assert loss_value("regression", NETWORK, torch.zeros(2, 1), values) == 5.0
    assert loss_value("regression", NETWORK, torch.zeros(2, 1), values, reduction="sum") == 10.0


@dataclass
class Output:
    loss: torch.Tensor
    logits: torch.Tensor


LOSS = torch.tensor(2.0)


@pytest.mark.parametrize(
    "output",
    [LOSS, {"loss": LOSS}, Output(loss=LOSS, logits=LOGITS), (LOSS, LOGITS), (LOGITS, LOSS)],
)
def test_a_network_may_return_its_own_loss(output: object) -> None:
    assert loss_value("network", NETWORK, output, None) == 2.0


class WithTargets(nn.Linear):
    def forward(self, states: torch.Tensor, targets: torch.Tensor | None = None) -> object:
        logits = super().forward(states)
        return logits, None if targets is None else functional.cross_entropy(logits, targets)


def test_a_network_that_takes_labels_is_given_them_for_its_own_loss() -> None:
    network, labels = WithTargets(4, 5), torch.tensor([1, 2])
    states = torch.ones(2, 4)
    own = network_loss("network", network, states, labels)
    assert own == network_loss("cross_entropy", network, states, labels)


def test_a_function_is_a_loss() -> None:
    value = loss_value(lambda output, labels: output.square().mean(), NETWORK, 2 * LOSS, None)
    assert value == 16.0


@pytest.mark.parametrize(
    ("loss", "output", "labels", "reason"),
    [
        ("per_token", LOGITS, TOKENS[:, :2], "does not relate"),
        ("per_pixel", LOGITS, TOKENS, "does not relate"),
        ("regression", LOGITS, TOKENS, "does not relate"),
        ("per_token", LOGITS, None, "has no labels"),
        ("cross_entropy", LOGITS[:, 0], None, "has no labels"),
        ("cross_entropy", LOGITS, TOKENS, "instead of logits"),
        ("cross_entropy", LOGITS[:, 0], torch.ones(2), "not classes"),
        ("cross_entropy", LOGITS[:, 0], torch.tensor([0, 5]), "fewer outputs .*: 5, .* 0 to 5"),
        ("per_token", LOGITS, TOKENS - 1, "fewer outputs than .*: 5, and labels from -101 to 3"),
        ("network", LOGITS, None, "returns no loss of its own"),
        (lambda output, labels: output, LOGITS, None, "not one number"),
    ],
)
def test_a_loss_that_is_not_defined_says_so(
    loss: str, output: torch.Tensor, labels: torch.Tensor | None, reason: str
) -> None:
    with pytest.raises(UnsupportedError, match=reason):
        loss_value(loss, NETWORK, output, labels)


def test_a_loss_of_no_known_name_is_refused() -> None:
    case = CASES["unet"]
    assert loss_of(case.subject()) == "per_pixel"
    with pytest.raises(UsageError, match="per_pixl"):
        loss_of(replace(case, loss="per_pixl").subject())
