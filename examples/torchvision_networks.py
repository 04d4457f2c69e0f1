"""The classification networks of torchvision, with the ImageNet accuracies of its own metadata.

A search space of 80 builders, CNNs and transformers, each named by its builder. Run it once to
write ground truth and suites; torchvision carries the accuracies with its weights, none of which is
downloaded::

    python examples/torchvision_networks.py torchvision
    harness run torchvision/suite-v1.toml

There is one table for each training recipe, since a builder may have several: ResNet-50 has 76.13
and 80.86. ``v1`` has the first recipe of 78 builders, ``v2`` the second one of 24, ``v1-cnn`` and
``v1-transformer`` split the first by family.

torchvision 0.28.0 beside the CPU build of torch 2.13 lacks its compiled operators; declaring two of
them lets its classification networks build. The networks have no auxiliary heads. The published
count of parameters of GoogLeNet is without them too, that of Inception (27,161,264) is with them.
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
        library = torch.library.Library("torchvision", "DEF")
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


def write_suites(folder: Path, space: str) -> None:
    """Write a table, its description and a suite for each recipe; the first one by family too.

    Args:
        folder: Where to write.
        space: Path of this file, from where `harness` will be called.
    """
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
        task = folder / f"{name}.toml"
        task.write_text(TASK.format(name=name, space=space))
        (folder / f"suite-{name}.toml").write_text(SUITE.format(name=name, space=space, task=task))


TASK = """\
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

SUITE = """\
name = "torchvision-{name}"
summary = "Networks of torchvision, by ImageNet accuracy of recipe and family {name}."
space = "{space}"
tasks = ["{task}"]
timeout_s = 3600

[data]
name = "imagenet"
shape = [3, 224, 224]
classes = 1000

[batch]
size = 8
"""

if __name__ == "__main__":
    write_suites(Path(sys.argv[1] if len(sys.argv) > 1 else "torchvision"), sys.argv[0])
