from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from harness.core.errors import UndefinedError
from harness.passes.effective_rank import EFFECTIVE_RANKS, effective_rank, square_block
from tests.passes.subjects import SmallNetwork, bench, value


def test_orthogonal_rows_of_one_length_have_full_effective_rank() -> None:
    assert effective_rank(3 * torch.eye(5)) == pytest.approx(5)


def test_singular_values_of_two_and_one_and_one_have_the_rank_of_their_entropy() -> None:
    # shares 1/2, 1/4, 1/4: entropy 1.5 log 2
    wide = torch.diag(torch.tensor([2.0, 1.0, 1.0]))[:, [0, 1, 2, 0]]
    wide[:, 3] = 0
    assert effective_rank(wide) == pytest.approx(2**1.5)


def test_zeros_have_rank_zero_and_what_is_not_finite_has_none() -> None:
    assert effective_rank(torch.zeros(3, 4)) == 0
    with pytest.raises(UndefinedError, match="is not finite"):
        effective_rank(torch.tensor([[1.0, math.inf]]))


def test_rows_of_a_block_run_down_the_columns_of_an_image() -> None:
    # two images of 2 channels, 3 rows and 2 columns; 12 positions, six places to begin
    maps = torch.arange(24).reshape(2, 2, 3, 2)
    first = square_block(maps, 1, 0.0)
    assert first.tolist() == [maps[0, :, 0, 0].tolist(), maps[0, :, 1, 0].tolist()]
    last = square_block(maps, 1, 0.999)
    assert last.tolist() == [maps[1, :, 1, 1].tolist(), maps[1, :, 2, 1].tolist()]


def test_fewer_rows_than_channels_all_count() -> None:
    tokens = torch.randn(1, 3, 5)
    assert torch.equal(square_block(tokens, 2, 0.5), tokens[0])


def test_what_comes_before_and_after_every_activation_counts() -> None:
    ranks = value(bench(SmallNetwork, EFFECTIVE_RANKS), EFFECTIVE_RANKS)
    assert len(ranks) == 6  # two convolutions, batch norm, two ReLUs, classifier
    assert all(1 <= rank <= 10 for rank in ranks)


def test_a_product_counts_where_a_factor_is_a_parameter() -> None:
    class Product(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.matrix = nn.Parameter(torch.randn(8, 4))

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            rows = images[:, 0] @ self.matrix
            return (rows @ rows.mT).mean(2) @ self.matrix

    assert len(value(bench(Product, EFFECTIVE_RANKS), EFFECTIVE_RANKS)) == 2
