import pytest
import torch
from torch import nn

from harness.passes.tangent_kernel import tangent_kernel


class Mixed(nn.Module):
    """Every kind of convolution, norms, and a layer that is not used."""

    def __init__(self, normalised: bool) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4) if normalised else nn.Identity()
        self.plain_norm = nn.BatchNorm2d(6, affine=False) if normalised else nn.Identity()
        self.dilated = nn.Conv2d(4, 6, (3, 5), padding=(0, 4), dilation=(1, 2), bias=False)
        self.grouped = nn.Conv2d(6, 6, 3, padding=1, groups=3)
        self.strided = nn.Conv2d(6, 4, 3, stride=2, padding=1)
        self.pointwise = nn.Conv2d(4, 4, 1)
        self.unused = nn.Conv2d(4, 4, 1)
        self.head = nn.Linear(4, 5)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        features = torch.tanh(self.norm(self.first(images)))
        features = self.grouped(torch.tanh(self.plain_norm(self.dilated(features))))
        features = self.pointwise(torch.tanh(self.strided(features)))
        self.unused(features)
        return self.head(features.mean((2, 3)))


def one_by_one(network, images):
    weights = [parameter for name, parameter in network.named_parameters() if "weight" in name]
    rows = []
    for image in images:
        logits = network(image[None])
        gradients = torch.autograd.grad(
            logits.sum(), weights, materialize_grads=True, allow_unused=True
        )
        rows.append(torch.cat([gradient.flatten() for gradient in gradients]))
    jacobian = torch.stack(rows)
    return jacobian @ jacobian.T


def keep_statistics(norm, inputs):
    if norm.training:
        norm.momentum = 0.0
        norm.running_mean.copy_(inputs[0].detach().mean((0, 2, 3)))
        norm.running_var.copy_(inputs[0].detach().var((0, 2, 3), correction=0))


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_without_norms_it_is_the_kernel_of_one_backward_pass_per_image(layout):
    torch.manual_seed(0)
    network = Mixed(normalised=False).double()
    images = torch.randn((4, 3, 9, 8), dtype=torch.float64).contiguous(memory_format=layout)
    assert torch.allclose(tangent_kernel(network, images), one_by_one(network, images))


def test_norms_count_with_the_statistics_of_the_batch_as_constants():
    torch.manual_seed(0)
    network = Mixed(normalised=True).double().train()
    images = torch.randn((4, 3, 9, 8), dtype=torch.float64)
    kernel = tangent_kernel(network, images)
    for norm in (network.norm, network.plain_norm):
        norm.register_forward_pre_hook(keep_statistics)
    network(images)
    assert torch.allclose(kernel, one_by_one(network.eval(), images))


def test_the_network_is_left_as_it_was():
    network = Mixed(normalised=True).train()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    tangent_kernel(network, torch.randn((2, 3, 9, 8)))
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())
    assert not any(module._forward_hooks for module in network.modules())


class Signals(nn.Module):
    """Convolutions of one and three dimensions and transposed ones, a group norm, in-place ReLU."""

    def __init__(self) -> None:
        super().__init__()
        self.line = nn.Conv1d(3, 4, 3, padding="same", padding_mode="circular", bias=False)
        self.norm = nn.GroupNorm(2, 4)
        self.relu = nn.ReLU(inplace=True)
        self.up = nn.ConvTranspose1d(4, 6, 4, 2, 1, groups=2)
        self.volume = nn.Conv3d(6, 4, 3, padding=1)
        self.head = nn.Linear(4, 5)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        lines = self.up(self.relu(self.norm(self.line(images.flatten(2)))))
        volumes = self.volume(lines.reshape(*lines.shape[:2], 3, 4, -1))
        return self.head(torch.tanh(volumes).mean((2, 3, 4)))


class Attentive(nn.Module):
    """Attention and a norm of positions; the classifier's weight is that of the first layer."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(3, 4, bias=False)
        self.attention = nn.MultiheadAttention(4, 2)
        self.norm = nn.LayerNorm(4)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        states = self.first(images.flatten(2).permute(2, 0, 1))
        states = states + self.attention(states, states, states)[0]
        return self.norm(states).mean(0) @ self.first.weight


@pytest.mark.parametrize("build", [Signals, Attentive])
@pytest.mark.parametrize("samples", [2, 6])
def test_any_network_has_the_kernel_of_one_backward_pass_per_sample(build, samples):
    torch.manual_seed(0)
    network = build().double()
    images = torch.randn((samples, 3, 3, 2), dtype=torch.float64)
    assert torch.allclose(tangent_kernel(network, images), one_by_one(network, images))


def test_batch_norms_keep_the_statistics_of_the_batch_where_samples_run_alone(monkeypatch):
    torch.manual_seed(0)
    network = Mixed(normalised=True).double().train()
    images = torch.randn((4, 3, 9, 8), dtype=torch.float64)
    at_once = tangent_kernel(network, images)
    assert torch.allclose(tangent_kernel(network, (images,)), at_once)
    monkeypatch.setattr("harness.passes.tangent_kernel._NUMBERS_AT_ONCE", 400)
    assert torch.allclose(tangent_kernel(network, (images,)), at_once)
