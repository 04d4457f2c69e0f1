"""The MobileNetV3 space of Once-for-All (Cai et al., ICLR 2020), built by the package ``ofa``.

Five stages of two to four inverted residual blocks; each block has a kernel of 3, 5 or 7 and an
expansion of 3, 4 or 6. A text is the blocks that a network has, stage by stage::

    k3e6.k5e4|k3e3.k3e3.k7e6|k5e3.k5e3|k3e4.k3e4|k7e6.k3e3.k3e3.k3e3

so no two texts are one network: about 2.2e19 of them, which are drawn and never listed. The
supernet is built once for each number of classes, and a network gets fresh weights of its own.

Needs ``pip install ofa==0.1.0.post202307202001`` and torchvision.
"""

from __future__ import annotations

import functools
import re

import numpy as np
import torch
from torch import nn

from harness.core.architecture import Dataset
from harness.space import SearchSpace

STAGES, DEPTHS = 5, (2, 3, 4)
KERNELS, EXPANSIONS = (3, 5, 7), (3, 4, 6)
BLOCKS = tuple(f"k{kernel}e{expansion}" for kernel in KERNELS for expansion in EXPANSIONS)
STAGE_SIZES = [len(BLOCKS) ** depth for depth in DEPTHS]

_BLOCK = "k[357]e[346]"
_STAGE = rf"{_BLOCK}(?:\.{_BLOCK}){{1,3}}"
_TEXT = re.compile(rf"{_STAGE}(?:\|{_STAGE}){{{STAGES - 1}}}")


def _stages(text: str) -> list[list[str]]:
    return [stage.split(".") for stage in text.split("|")]


def _text(stages: list[list[str]]) -> str:
    return "|".join(".".join(stage) for stage in stages)


def parse(text: str) -> str:
    """Return the text itself where it is one of this space."""
    if not _TEXT.fullmatch(text.strip()):
        raise ValueError("write five stages of two to four blocks, e.g. k3e6.k5e4|...")
    return text.strip()


def sample(generator: np.random.Generator) -> str:
    """Draw a network uniformly: a stage has the depth that its share of all stages gives it."""
    chances = np.array(STAGE_SIZES) / sum(STAGE_SIZES)
    depths = generator.choice(DEPTHS, size=STAGES, p=chances)
    return _text([list(generator.choice(BLOCKS, size=depth)) for depth in depths])


def neighbours(text: str) -> list[str]:
    """Return the networks with one other block, or one block more or less at a stage's end."""
    texts = []
    for number, stage in enumerate(_stages(text)):
        changed = [
            [*stage[:place], block, *stage[place + 1 :]]
            for place in range(len(stage))
            for block in BLOCKS
            if block != stage[place]
        ]
        if len(stage) < max(DEPTHS):
            changed += [[*stage, block] for block in BLOCKS]
        if len(stage) > min(DEPTHS):
            changed.append(stage[:-1])
        for other in changed:
            stages = _stages(text)
            stages[number] = other
            texts.append(_text(stages))
    return texts


@functools.lru_cache(maxsize=1)
def _supernet(classes: int) -> nn.Module:
    if not hasattr(torch.ops.torchvision, "nms"):  # a torchvision without compiled operators
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor boxes, Tensor scores, float iou_threshold) -> Tensor")
        torch.ops.torchvision._library = library
    from ofa.imagenet_classification.elastic_nn.networks import OFAMobileNetV3

    # Built for the first network alone, so its draws must not move those of that network's weights.
    with torch.random.fork_rng(devices=()):
        return OFAMobileNetV3(
            n_classes=classes,
            dropout_rate=0,
            ks_list=list(KERNELS),
            expand_ratio_list=list(EXPANSIONS),
            depth_list=list(DEPTHS),
        )


def build(text: str, dataset: Dataset) -> nn.Module:
    """Build one network with fresh weights."""
    kernels, expansions, depths = [], [], []
    for stage in _stages(text):
        padded = stage + [BLOCKS[0]] * (max(DEPTHS) - len(stage))
        kernels += [int(block[1]) for block in padded]
        expansions += [int(block[3]) for block in padded]
        depths.append(len(stage))
    supernet = _supernet(dataset.classes)
    supernet.set_active_subnet(ks=kernels, e=expansions, d=depths)
    network = supernet.get_active_subnet(preserve_weight=False)
    for module in network.modules():  # the stem and the head are copies of the supernet's
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()
    return network


SPACE = SearchSpace(
    name="ofa-mobilenet-v3",
    summary="Inverted residual blocks of Once-for-All, about 2.2e19 networks.",
    network=build,
    parse=parse,
    sample=sample,
    neighbours=neighbours,
)
