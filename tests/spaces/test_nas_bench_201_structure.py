"""What the space states of its networks is what counting them finds."""

import dataclasses

import numpy as np
import pytest
import torch

from harness.batches.source import Batch
from harness.core.architecture import Dataset
from harness.passes.observation import Subject
from harness.passes.structure import STRUCTURE
from harness.passes.workbench import Workbench
from harness.spaces.datasets import dataset
from harness.spaces.nas_bench_201 import SPACE
from harness.spaces.nas_bench_201_structure import structure

DATASETS = {
    "cifar10": dataset("cifar10"),
    "imagenet16-120": dataset("imagenet16-120"),
    "oblong": Dataset(name="oblong", shape=(1, 20, 12), classes=7),
}
ODD_CELLS = (
    "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|",
    "|none~0|+|none~0|none~1|+|none~0|none~1|nor_conv_3x3~2|",
    "|nor_conv_1x1~0|+|nor_conv_1x1~0|none~1|+|none~0|none~1|none~2|",
    "|none~0|+|none~0|nor_conv_3x3~1|+|skip_connect~0|none~1|nor_conv_1x1~2|",
    "|none~0|+|none~0|skip_connect~1|+|none~0|none~1|avg_pool_3x3~2|",
    "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|"
    "+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|",
)


class Unstated:
    """The space without what it states."""

    name = SPACE.name
    usual_size = SPACE.usual_size

    def network(self, architecture, of):
        return SPACE.network(architecture, of)


def seen(space, architecture, of):
    images = torch.zeros((2, *of.shape))
    subject = Subject(
        architecture=architecture,
        space=space,
        dataset=of,
        batch=Batch(inputs=images, labels=torch.zeros(2, dtype=torch.int64)),
        seed=0,
        device=torch.device("cpu"),
    )
    return Workbench(subject, (STRUCTURE,)).observation("test", (STRUCTURE,))[STRUCTURE]


def drawn(count):
    generator = np.random.default_rng(5)
    return [SPACE.sample(generator) for _ in range(count)]


@pytest.mark.parametrize("name", DATASETS)
def test_it_equals_the_count_of_odd_and_of_drawn_cells(name):
    of = DATASETS[name]
    for architecture in [*map(SPACE.parse, ODD_CELLS), *drawn(12)]:
        stated = seen(SPACE, architecture, of)
        assert stated == seen(Unstated(), architecture, of), architecture.text
        assert dataclasses.replace(stated, usual_size=None) == SPACE.structure(architecture, of)


def test_images_of_another_size_than_the_data_set_are_counted():
    of = DATASETS["cifar10"]
    (architecture,) = drawn(1)
    smaller = dataclasses.replace(of, shape=(3, 16, 16))
    subject = Subject(
        architecture=architecture,
        space=SPACE,
        dataset=of,
        batch=Batch(inputs=torch.zeros((2, 3, 16, 16)), labels=torch.zeros(2, dtype=torch.int64)),
        seed=0,
        device=torch.device("cpu"),
    )
    observed = Workbench(subject, (STRUCTURE,)).observation("test", (STRUCTURE,))[STRUCTURE]
    assert observed.flops == seen(SPACE, architecture, smaller).flops


def test_nothing_is_stated_for_images_that_no_network_takes():
    odd = Dataset(name="odd", shape=(3, 30, 32), classes=10)
    signal = Dataset(name="signal", shape=(3, 64), classes=10)
    operations = ("skip_connect",) * 6
    assert structure(operations, odd) is None
    assert structure(operations, signal) is None
