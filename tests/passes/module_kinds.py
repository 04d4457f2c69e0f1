"""Small networks as users build them, each odd in one way; images are 3 x 8 x 8, classes ten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional


class Plain(nn.Module):
    """Two convolutions with batch norm and ReLU, a global pool, a linear classifier."""

    def __init__(self, activation: Callable[[], nn.Module] = nn.ReLU) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 6, 3, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(6)
        self.second = nn.Conv2d(6, 6, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(6)
        self.activation = activation()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(6, 10)

    def features(self, images: torch.Tensor) -> torch.Tensor:
        maps = self.activation(self.first_norm(self.first(images)))
        return self.activation(self.second_norm(self.second(maps)))

    def head(self, maps: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.pool(maps).flatten(1))

    def forward(self, images: torch.Tensor) -> object:
        return self.head(self.features(images))


class Functional(Plain):
    """ReLU as a function of torch instead of a module."""

    relu = staticmethod(functional.relu)

    def __init__(self) -> None:
        super().__init__()
        del self.activation

    def features(self, images: torch.Tensor) -> torch.Tensor:
        maps = self.relu(self.first_norm(self.first(images)))
        return self.relu(self.second_norm(self.second(maps)))


class Method(Functional):
    relu = staticmethod(lambda maps: maps.relu())


class InPlaceMethod(Functional):
    relu = staticmethod(lambda maps: maps.relu_())


class Clamp(Functional):
    relu = staticmethod(lambda maps: maps.clamp(min=0))


class ByKeyword(Plain):
    def features(self, images: torch.Tensor) -> torch.Tensor:
        maps = self.activation(input=self.first_norm(input=self.first(input=images)))
        return self.activation(input=self.second_norm(self.second(input=maps)))


class Twice(Plain):
    """The second convolution is called twice."""

    def features(self, images: torch.Tensor) -> torch.Tensor:
        return self.activation(self.second(super().features(images)))


class Shared(Twice):
    """The same, under two names."""

    def __init__(self) -> None:
        super().__init__()
        self.third = self.second

    def features(self, images: torch.Tensor) -> torch.Tensor:
        return self.activation(self.third(Plain.features(self, images)))


class Tied(Shared):
    """The same by two modules of one weight."""

    def __init__(self) -> None:
        super().__init__()
        self.third = nn.Conv2d(6, 6, 3, padding=1, bias=False)
        self.third.weight = self.second.weight


class Frozen(Plain):
    def __init__(self) -> None:
        super().__init__()
        self.first.requires_grad_(requires_grad=False)
        self.first_norm.requires_grad_(requires_grad=False)


class Dictionary(Plain):
    def forward(self, images: torch.Tensor) -> object:
        maps = self.features(images)
        return {"features": maps, "logits": self.head(maps)}


class WithAuxiliary(Plain):
    def forward(self, images: torch.Tensor) -> object:
        return super().forward(images), None


class Features(Plain):
    """Returns feature maps before the logits, as cell networks of benchmarks do."""

    def forward(self, images: torch.Tensor) -> object:
        maps = self.features(images)
        return maps, self.head(maps)


@dataclass
class Output:
    loss: None
    logits: torch.Tensor


class Record(Plain):
    def forward(self, images: torch.Tensor) -> object:
        return Output(loss=None, logits=super().forward(images))


class OnePixel(Plain):
    def forward(self, images: torch.Tensor) -> object:
        return super().forward(images)[:, :, None, None]


class Image(Plain):
    """Returns an image."""

    def forward(self, images: torch.Tensor) -> object:
        return self.features(images)[:, :3]


class Constant(Plain):
    """Multiplies by a tensor that is no buffer."""

    def __init__(self) -> None:
        super().__init__()
        self.mixing = torch.eye(6)

    def features(self, images: torch.Tensor) -> torch.Tensor:
        return torch.einsum("oc,nchw->nohw", self.mixing, super().features(images))


class Normalised(Plain):
    def __init__(self) -> None:
        super().__init__()
        nn.utils.parametrizations.weight_norm(self.second)


class Lazy(Plain):
    def __init__(self) -> None:
        super().__init__()
        self.classifier = nn.LazyLinear(10)


class Recurrent(nn.Module):
    """Rows as a sequence; the inner module returns a tuple."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.GRU(24, 8, batch_first=True)
        self.relu = nn.ReLU()
        self.classifier = nn.Linear(8, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        states, _ = self.inner(images.permute(0, 2, 1, 3).flatten(2))
        return self.classifier(self.relu(states[:, -1]))


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 4, 4)
        self.block = nn.TransformerEncoderLayer(
            8, 2, 16, 0.0, "gelu", batch_first=True, norm_first=True
        )
        self.classifier = nn.Linear(8, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.block(self.patches(images).flatten(2).mT).mean(1))


class Sequence1d(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.only = nn.Conv1d(3, 6, 3, padding=1)
        self.relu = nn.ReLU()
        self.classifier = nn.Linear(6, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.relu(self.only(images.flatten(2))).mean(2))


class Weightless(nn.Module):
    """Nothing but a pool and a ReLU."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return functional.relu(images).mean((2, 3)).repeat(1, 4)[:, :10]


class WritesToImages(Plain):
    """Scales its images where they lie."""

    def forward(self, images: torch.Tensor) -> object:
        return super().forward(images.mul_(2))


class SwitchesMode(Plain):
    """Ends its own training mode on the way."""

    def forward(self, images: torch.Tensor) -> object:
        self.eval()
        return super().forward(images)


class TwoInputs(Plain):
    """Needs more than images."""

    def forward(self, images: torch.Tensor, mask: torch.Tensor) -> object:
        return super().forward(images * mask)


class FewOutputs(Plain):
    """Has fewer outputs than there are classes."""

    def __init__(self) -> None:
        super().__init__()
        self.classifier = nn.Linear(6, 4)


class WithoutGradient(Plain):
    """Computes its features outside of the graph."""

    def features(self, images: torch.Tensor) -> torch.Tensor:
        with torch.inference_mode():
            return super().features(images)


@dataclass(slots=True)
class SlottedOutput:
    """An output whose fields are no dictionary."""

    logits: torch.Tensor


class Slotted(Plain):
    """Returns an object with slots."""

    def forward(self, images: torch.Tensor) -> object:
        return SlottedOutput(logits=self.head(self.features(images)))


KINDS: dict[str, Callable[[], nn.Module]] = {
    "plain": Plain,
    "functional relu": Functional,
    "method relu_": InPlaceMethod,
    "GELU": lambda: Plain(nn.GELU),
    "ReLU6": lambda: Plain(nn.ReLU6),
    "ReLU in place": lambda: Plain(lambda: nn.ReLU(inplace=True)),
    "by keyword": ByKeyword,
    "shared": Shared,
    "tied": Tied,
    "frozen": Frozen,
    "dictionary": Dictionary,
    "features": Features,
    "image": Image,
    "constant": Constant,
    "weight_norm": Normalised,
    "lazy": Lazy,
    "recurrent": Recurrent,
    "attention": Attention,
    "one-dimensional": Sequence1d,
    "weightless": Weightless,
    "half": lambda: Plain().half(),
    "bfloat16": lambda: Plain().bfloat16(),
    "double": lambda: Plain().double(),
    "compiled": lambda: torch.compile(Plain(), backend="eager"),
    "writes to images": WritesToImages,
    "switches mode": SwitchesMode,
    "two inputs": TwoInputs,
    "few outputs": FewOutputs,
    "without gradient": WithoutGradient,
    "slotted": Slotted,
}
