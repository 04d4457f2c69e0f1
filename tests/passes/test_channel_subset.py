import pytest
import torch

from harness.passes.channel_correlation import (
    SUBSET_CORRELATIONS,
    channel_correlations,
    subset_redundancy,
)
from tests.passes.subjects import SmallNetwork, bench, value


def test_few_channels_count_all_and_once():
    sample = torch.randn((5, 6, 6))
    smallest = torch.linalg.eigvalsh(channel_correlations(sample))[0]
    assert subset_redundancy(sample) == pytest.approx(float(smallest))


def test_many_channels_are_drawn_and_scaled():
    # uncorrelated channels: any eight have the smallest eigenvalue 1, times 16 / 8
    sample = torch.eye(16)[:, :, None] - 1 / 16
    centred = torch.linalg.qr(torch.cat([torch.ones((64, 1)), torch.randn((64, 16))], dim=1)).Q[
        :, 1:
    ]
    assert subset_redundancy(centred.T) == pytest.approx(2.0, abs=1e-4)
    assert subset_redundancy(sample) < 2.0


def test_every_module_call_has_a_number():
    seen = value(bench(SmallNetwork, SUBSET_CORRELATIONS), SUBSET_CORRELATIONS)
    # eight layers and the network itself
    assert len(seen) == 9
