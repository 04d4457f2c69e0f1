"""A space file as a user writes one: 30 networks of a few hundred weights."""

from torch import nn

from harness.core.architecture import Dataset
from harness.space import Choices, SearchSpace

WIDTHS = (2, 4, 6, 8, 10)


def network(text: str) -> nn.Module:
    choices = dict(part.split("=") for part in text.split(","))
    width, activation = int(choices["width"]), {"relu": nn.ReLU, "tanh": nn.Tanh}[choices["act"]]
    layers: list[nn.Module] = [nn.Conv2d(3, width, 3, padding=1), activation()]
    for _ in range(int(choices["depth"])):
        layers += [nn.Conv2d(width, width, 3, padding=1), activation()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, 4))


def latency(text: str) -> float:
    return float(len(text)) + (0.5 if "tanh" in text else 0.0)


SPACE = SearchSpace(
    name="tiny",
    summary="Chains of convolutions.",
    network=network,
    choices=Choices(width=WIDTHS, depth=(0, 1, 2), act=("relu", "tanh")),
    columns={"latency": latency},
    dataset=Dataset(name="tiny-images", shape=(3, 8, 8), classes=4),
)
