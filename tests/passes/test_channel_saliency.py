from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.nn import functional

from harness.passes.channel_saliency import CHANNEL_SALIENCY
from harness.passes.sample_rows import Rows, rows_of_samples
from harness.passes.subject import NETWORK
from harness.passes.workbench import Workbench
from tests.passes.subjects import images, subject


class Attention(nn.Module):
    """Attention over the pixels of an image; the inner layers put pixels before images."""

    def __init__(self, batch_first: bool = True) -> None:
        super().__init__()
        self.first = nn.Linear(3, 4)
        self.attention = nn.MultiheadAttention(4, 2, batch_first=batch_first)
        self.head = nn.Linear(4, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        states = self.first(images.flatten(2).mT)
        if not self.attention.batch_first:
            states = states.transpose(0, 1)
        attended = self.attention(states, states, states, need_weights=False)[0]
        return self.head(torch.tanh(attended).mean(int(self.attention.batch_first)))


class Across(Attention):
    """The same between two sequences, so that parts of the packed weight are used apart."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        states = self.first(images.flatten(2).mT)
        attended = self.attention(states, states.square(), states.square())[0]
        return self.head(attended.mean(1))


def one_by_one(
    network: nn.Module, inputs: torch.Tensor, labels: torch.Tensor
) -> dict[str, torch.Tensor]:
    """Saliencies of the layers that are modules, and of the output projection of attention."""
    outputs: dict[str, torch.Tensor] = {}
    totals: dict[str, torch.Tensor] = {}
    for sample, label in zip(inputs, labels, strict=True):
        handles = [
            getattr(network, name).register_forward_hook(
                lambda module, given, output, name=name: outputs.update({name: output})
            )
            for name in ("first", "head")
        ]
        loss = functional.cross_entropy(network(sample[None]), label[None]) / len(inputs)
        for handle in handles:
            handle.remove()
        for name, output in outputs.items():
            (gradient,) = torch.autograd.grad(loss, output, retain_graph=True)
            effect = (output * gradient).flatten(0, -2).sum(0)
            totals[name] = totals.get(name, 0) + effect.square() / len(inputs) / 2
    return {f"{name}.weight": total.detach() for name, total in totals.items()}


@pytest.mark.parametrize("build", [Attention, lambda: Attention(batch_first=False), Across])
@pytest.mark.parametrize("count", [3, 4])
def test_samples_are_told_apart_wherever_attention_puts_them(
    build: Callable[[], nn.Module], count: int
) -> None:
    inputs, labels = images(count, size=2)  # four pixels, as many as images
    on = Workbench(subject(build, inputs, labels), (CHANNEL_SALIENCY, NETWORK))
    seen = on.observation("test", (CHANNEL_SALIENCY, NETWORK))
    saliency = seen[CHANNEL_SALIENCY]
    for name, expected in one_by_one(seen[NETWORK], inputs, labels).items():
        torch.testing.assert_close(saliency[name], expected, rtol=1e-4, atol=1e-10)
    assert saliency["attention.in_proj_weight"].shape == (12,)
    assert (saliency["attention.in_proj_weight"][8:] > 0).all()  # those of the values
    assert (saliency["attention.out_proj.weight"] > 0).all()


def test_rows_of_samples_are_found_on_any_axis() -> None:
    torch.manual_seed(0)
    network = Attention()
    rows = rows_of_samples(network, torch.randn(3, 3, 2, 2), ("linear",))
    assert [(row.axis, row.positions_first) for row in rows] == [
        (0, False),
        (1, False),
        (0, True),
        (0, False),
    ]
    assert network.training


def test_rows_come_first_with_their_positions() -> None:
    numbers = torch.arange(12).reshape(6, 2)
    by_position = Rows(axis=0, samples=3, positions_first=True).first(numbers)
    assert by_position[:, :, 0].tolist() == [[0, 6], [2, 8], [4, 10]]
    by_sample = Rows(axis=0, samples=3, positions_first=False).first(numbers)
    assert by_sample[:, :, 0].tolist() == [[0, 2], [4, 6], [8, 10]]
