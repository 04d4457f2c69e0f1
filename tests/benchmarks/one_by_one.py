"""The proxies of NAS-Bench-Suite-Zero as public code computes them: each for itself.

Every proxy takes a fresh copy of the network and makes its own forward and backward passes, in
torch's default memory layout. This is what the shared passes are measured against.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

Proxy = Callable[[nn.Module, Tensor, Tensor], float]


def _layers(network: nn.Module) -> list[nn.Module]:
    return [module for module in network.modules() if isinstance(module, nn.Conv2d | nn.Linear)]


def _weights(network: nn.Module) -> list[Tensor]:
    return [layer.weight for layer in _layers(network)]


def _loss_backward(network: nn.Module, images: Tensor, labels: Tensor) -> list[tuple[Tensor, ...]]:
    functional.cross_entropy(network(images), labels).backward()
    return [
        (weight.detach(), weight.grad) for weight in _weights(network) if weight.grad is not None
    ]


def grad_norm(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    network = copy.deepcopy(network)
    return sum(float(g.norm()) for _, g in _loss_backward(network, images, labels))


def snip(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    network = copy.deepcopy(network)
    return sum(float((w * g).abs().sum()) for w, g in _loss_backward(network, images, labels))


def plain(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    network = copy.deepcopy(network)
    return sum(float((w * g).sum()) for w, g in _loss_backward(network, images, labels))


def grasp(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    network = copy.deepcopy(network)
    weights = _weights(network)
    loss = functional.cross_entropy(network(images), labels)
    held = torch.autograd.grad(loss, weights, allow_unused=True)
    loss = functional.cross_entropy(network(images), labels)
    again = torch.autograd.grad(loss, weights, create_graph=True, allow_unused=True)
    pairs = zip(held, again, strict=True)
    sum((first * second).sum() for first, second in pairs if first is not None).backward()
    return sum(float((-w.detach() * w.grad).sum()) for w in weights if w.grad is not None)


def fisher(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    network = copy.deepcopy(network)
    calls: list[tuple[nn.Module, Tensor]] = []

    def keep(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        output.retain_grad()
        calls.append((module, output))

    for layer in _layers(network):
        layer.register_forward_hook(keep)
    functional.cross_entropy(network(images), labels).backward()
    total = 0.0
    for layer, output in calls:
        if output.grad is not None:
            effect = output.detach() * output.grad
            effect = effect.sum((2, 3)) if effect.dim() == 4 else effect
            total += float((effect.square().mean(0) / 2).sum()) * layer.weight[0].numel()
    return total


def synflow(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    network = copy.deepcopy(network).double()
    with torch.no_grad():
        for tensor in network.state_dict().values():
            tensor.abs_()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.forward = lambda maps: maps
    network(torch.ones_like(images[:1], dtype=torch.float64)).sum().backward()
    return sum(
        float((w.detach() * w.grad).abs().sum()) for w in _weights(network) if w.grad is not None
    )


def _correlations(network: nn.Module, images: Tensor) -> Tensor:
    network = copy.deepcopy(network)
    images = images.clone().requires_grad_()
    logits = network(images)
    logits.backward(torch.ones_like(logits))
    return torch.corrcoef(images.grad.flatten(1).double())


def jacov(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    values = torch.linalg.eigvalsh(_correlations(network, images)) + 1e-5
    return -float((values.log() + 1 / values).sum())


def epe_nas(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    logs = (_correlations(network, images).abs() + 1e-5).log()
    classes = [labels == label for label in labels.unique()]
    return sum(float(logs[members][:, members].sum().abs()) for members in classes)


def nwot(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    network = copy.deepcopy(network)
    kernel = torch.zeros(len(images), len(images))

    def agree(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        code = (inputs[0].flatten(1) > 0).float()
        kernel.add_(code @ code.T + (1 - code) @ (1 - code).T)

    for module in network.modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_hook(agree)
    with torch.no_grad():
        network(images)
    return float(torch.linalg.slogdet(kernel.double()).logabsdet)


def l2_norm(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    return sum(float(weight.detach().norm()) for weight in _weights(copy.deepcopy(network)))


def params(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    return sum(parameter.numel() for parameter in network.parameters())


def flops(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    network = copy.deepcopy(network)
    counts: list[int] = []

    def count(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        counts.append(output.numel() * module.weight[0].numel())

    for layer in _layers(network):
        layer.register_forward_hook(count)
    with torch.no_grad():
        network(images[:1])
    return sum(counts)


def zen(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    network = copy.deepcopy(network)
    for layer in _layers(network):
        nn.init.normal_(layer.weight)
    kept: list[Tensor] = []
    pool = next(module for module in network.modules() if isinstance(module, nn.AdaptiveAvgPool2d))
    pool.register_forward_pre_hook(lambda module, inputs: kept.append(inputs[0]))
    noise = torch.randn_like(images)
    with torch.no_grad():
        network(noise)
        network(noise + 0.01 * torch.randn_like(images))
    distance = (kept[0] - kept[1]).abs().sum((1, 2, 3)).mean()
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    return float(distance.log()) + sum(
        float(norm.running_var.mean().sqrt().log()) for norm in norms
    )


SEVEN: dict[str, Proxy] = {
    proxy.__name__: proxy for proxy in (grad_norm, snip, grasp, fisher, jacov, plain, synflow)
}
THIRTEEN: dict[str, Proxy] = SEVEN | {
    proxy.__name__: proxy for proxy in (epe_nas, nwot, l2_norm, params, flops, zen)
}
