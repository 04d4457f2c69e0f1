"""CRoZe: how little a network's features, weights and gradients change under a perturbation.

    score = sum over layers of Z * P * G

    Z = 1 + cos(features of the clean network, features of the perturbed one)
    P = 1 + cos(weights after one step of the clean one, after one of the perturbed one)
    G = abs(cos(gradients of the clean one, gradients of the perturbed one))

The perturbed network has weights w + b * |w| * g / |g|, layer by layer, and sees x + e * sign(dL/dx):
both ways the loss of the clean network grows fastest.

Reference: Ha, Kim, Hwang: Generalizable Lightweight Proxy for Robust NAS against Diverse
Perturbations, NeurIPS 2023 (arXiv 2306.05031), formulas alone. Layers are convolutions and linear
layers that are modules; b = 0.01, e = 0.01 in the unit of normalised images, and the step has length
0.1. Token ids cannot be perturbed: there the definition does not apply.
"""

from harness.core.errors import UnsupportedError
from harness.passes.network_call import logits_of
from harness.passes.subject import BUILD, INPUTS, LABELS
from harness.plugin import Direction, ZeroCostProxy

WEIGHTS_BY, INPUTS_BY, STEP = 0.01, 0.01, 0.1


def score(seen):
    import torch

    images, labels = seen[INPUTS], seen[LABELS]
    if not isinstance(images, torch.Tensor) or not images.is_floating_point():
        raise UnsupportedError("croze perturbs images, and these inputs are no real numbers")
    clean, perturbed = seen[BUILD](), seen[BUILD]()
    features, gradients, towards = observe(clean, images.requires_grad_(), labels)
    with torch.no_grad():
        for name, layer in layers(perturbed).items():
            weight, gradient = layer.weight, gradients[name]
            weight += WEIGHTS_BY * weight.norm() * gradient / (gradient.norm() + 1e-12)
    others = (images + INPUTS_BY * towards.sign()).detach().requires_grad_()
    changed, slopes, _ = observe(perturbed, others, labels)
    total = 0.0
    for name, layer in layers(clean).items():
        after = layer.weight - STEP * gradients[name]
        other = layers(perturbed)[name].weight - STEP * slopes[name]
        total += float(
            (1 + alike(features[name], changed[name]))
            * (1 + alike(after, other))
            * alike(gradients[name], slopes[name]).abs()
        )
    return total


def observe(network, images, labels):
    """Return features and weight gradients by layer, and the gradient of the images."""
    import torch
    from torch.nn.functional import cross_entropy

    features = {}
    for name, layer in layers(network).items():
        layer.register_forward_hook(lambda _, __, out, name=name: features.update({name: out}))
    weights = {name: layer.weight for name, layer in layers(network).items()}
    value = cross_entropy(logits_of(network, network(images)), labels)
    *found, towards = torch.autograd.grad(
        value, [*weights.values(), images], materialize_grads=True, allow_unused=True
    )
    return features, dict(zip(weights, found, strict=True)), towards


def layers(network):
    from torch import nn

    kinds = (nn.Conv2d, nn.Linear)
    return {name: layer for name, layer in network.named_modules() if isinstance(layer, kinds)}


def alike(first, second):
    from torch.nn.functional import cosine_similarity

    return cosine_similarity(first.detach().flatten().double(), second.detach().flatten().double(), 0)


PLUGIN = ZeroCostProxy(
    name="croze",
    version="1",
    summary="Consistency of features, weights and gradients under a perturbation.",
    direction=Direction.HIGHER,
    passes=(BUILD, INPUTS, LABELS),
    score=score,
)
