"""The classification networks of torchvision, with the ImageNet accuracies of its own metadata.

A search space of 80 builders, CNNs and transformers, whose text is the builder's name. Run it once to
write the ground truth, which torchvision carries with its weights (no weight is downloaded)::

    python examples/torchvision_networks.py FOLDER

It writes one table for each training recipe, since a builder may have several: ResNet-50 has 76.13
and 80.86. ``FOLDER/v1.toml`` has the first recipe of 78 builders, ``v2.toml`` the second one of 24,
``v1-cnn.toml`` and ``v1-transformer.toml`` split the first by family.

torchvision 0.28.0 beside the CPU build of torch 2.13 lacks its compiled operators; declaring two of
them lets its classification networks build. The networks built have no auxiliary heads, which the
published counts of parameters of GoogLeNet and Inception do not hold either.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import torch
from torch import nn

from harness.core.architecture import Dataset
from harness.space import SearchSpace

TRANSFORMERS = ("maxvit", "swin", "vit")
WITH_AUXILIARY_HEADS = ("googlenet", "inception_v3")


def _models() -> ModuleType:
    """Return ``torchvision.models``, also where torchvision has no compiled operators."""
    if not hasattr(torch.ops.torchvision, "nms"):
        library = torch.library.Library("torchvision", "DEF")  # noqa: TOR901
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor boxes, Tensor scores, float iou_threshold) -> Tensor")
        torch.ops.torchvision._library = library  # declarations end with their library
    import torchvision

    return torchvision.models


def builders() -> list[str]:
    """Return the names of the 80 classification networks."""
    models = _models()
    return models.list_models(module=models)


def build(text: str, dataset: Dataset) -> nn.Module:
    """Build one network with fresh weights."""
    options: dict[str, object] = {"num_classes": dataset.classes}
    if text in WITH_AUXILIARY_HEADS:
        options |= {"aux_logits": False, "init_weights": True}
    return _models().get_model(text, weights=None, **options)


def accuracies() -> Iterator[tuple[str, str, float]]:
    """Yield builder, recipe and top-1 accuracy of ImageNet in percent, of full precision."""
    models = _models()
    for name in builders():
        for weights in models.get_model_weights(name):
            accuracy = weights.meta["_metrics"]["ImageNet-1K"]["acc@1"]
            if accuracy == accuracy:  # VGG-16 has weights without a classifier
                yield name, weights.name.removeprefix("IMAGENET1K_").lower(), accuracy


def is_transformer(name: str) -> bool:
    """Tell whether a builder's name is that of a transformer."""
    return name.startswith(TRANSFORMERS)


SPACE = SearchSpace(
    name="torchvision",
    summary="The 80 classification networks of torchvision.",
    network=build,
    texts=builders,
)


def write_truth(folder: Path) -> None:
    """Write a table and its description for each recipe, the first one by family too."""
    rows = list(accuracies())
    tables = {recipe: [row for row in rows if row[1] == recipe] for recipe in ("v1", "v2")}
    tables["v1-cnn"] = [row for row in tables["v1"] if not is_transformer(row[0])]
    tables["v1-transformer"] = [row for row in tables["v1"] if is_transformer(row[0])]
    folder.mkdir(parents=True, exist_ok=True)
    for name, members in tables.items():
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["network", "top1"])
            writer.writerows((builder, accuracy) for builder, _, accuracy in members)
        (folder / f"{name}.toml").write_text(_DESCRIPTION.format(name=name, space=__file__))


_DESCRIPTION = """\
name = "imagenet-{name}"
space = "{space}"
dataset = "imagenet"
split = "validation"
metric = "accuracy"
unit = "percent"
direction = "higher"
table = "{name}.csv"
architecture = "network"
values = ["top1"]
"""


if __name__ == "__main__":
    write_truth(Path(sys.argv[1] if len(sys.argv) > 1 else "torchvision-truth"))
