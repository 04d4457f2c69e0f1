"""Shapes and classes of the data sets that networks are built for.

The seven tasks of TransNAS-Bench-101 are data sets of their own: same images, other heads. Their
classes are those of NAS-Bench-Suite-Zero, whose parameter counts the networks match; for maps
(segmentation, normals, autoencoding) `classes` counts the output channels. ``imagenet``,
``imagenet50`` (50 of its classes) and ``cifar100-224`` have the size that published networks were
counted or trained at; with ``-64`` they are the same images scaled down, affordable to score.

Texts are token ids. They are shorter than those that the networks were trained on (128 tokens for
GLUE, 192 for WikiText-103, 70 for WikiText-2 and Penn Treebank), so that a score stays affordable:
no number of weights follows from the length.
"""

from __future__ import annotations

import re

from harness.core.architecture import Dataset
from harness.core.errors import UsageError, unknown_name
from harness.core.names import FILE_NAME
from harness.own_code.offers import installed_offers, load_installed, load_value

__all__ = ["DATASETS", "dataset", "identity_of", "require_own"]

_GROUP = "harness.datasets"

_SHAPES = {
    "cifar10": (3, 32, 32, 10),
    "cifar100": (3, 32, 32, 100),
    "cifar100-64": (3, 64, 64, 100),
    "cifar100-224": (3, 224, 224, 100),
    "imagenet16-120": (3, 16, 16, 120),
    "imagenet-64": (3, 64, 64, 1000),
    "imagenet50-64": (3, 64, 64, 50),
    "imagenet50": (3, 128, 128, 50),
    "imagenet": (3, 224, 224, 1000),
    "svhn": (3, 32, 32, 10),
    "ninapro": (1, 16, 52, 18),
    "scifar100": (3, 60, 60, 100),
    "class_object": (3, 256, 256, 100),
    "class_scene": (3, 256, 256, 63),
    "jigsaw": (3, 256, 256, 1000),
    "room_layout": (3, 256, 256, 9),
    "segmentsemantic": (3, 256, 256, 17),
    "autoencoder": (3, 256, 256, 3),
    "normal": (3, 256, 256, 3),
}

_NEXT_TOKENS = {
    "penn-treebank": (32, 10_000),
    "wikitext-2": (32, 33_278),
    "wikitext-103": (16, 1_024),
    "lm1b": (16, 1_024),
    "wikitext-103-bpe": (16, 50_264),
    "lm1b-bpe": (16, 50_264),
    "wikitext-103-words": (16, 267_736),
    "lm1b-words": (16, 793_470),
}
"""Length and vocabulary of texts whose next token is predicted.

The vocabulary is 1,024 where all tokens cost too much; those under longer names are the published.
"""

_TEXTS = (
    Dataset(name="glue", shape=(64,), classes=2, inputs="tokens", vocabulary=30_522),
    *(
        Dataset(
            name=name,
            shape=(length,),
            classes=vocabulary,
            inputs="tokens",
            vocabulary=vocabulary,
            loss="per_token",
        )
        for name, (length, vocabulary) in _NEXT_TOKENS.items()
    ),
)

DATASETS = {
    name: Dataset(name=name, shape=tuple(shape), classes=classes)
    for name, (*shape, classes) in _SHAPES.items()
} | {texts.name: texts for texts in _TEXTS}

_OF_FILES: dict[str, Dataset] = {}
"""Data sets of files that this process has loaded, by their names."""


def dataset(name: str, where: str = "") -> Dataset:
    """Return a data set by its name or its file; that of a file is from then on known by its name.

    Args:
        name: Its name, ``file.py`` or ``file.py:NAME``.
        where: What named it, for messages.

    Raises:
        UsageError: There is no such data set.
        ContractError: Its code cannot be imported, or holds no data set.
    """
    if name in DATASETS:
        return DATASETS[name]
    own = load_value(name, Dataset, "dataset", "DATA")
    if own is not None:
        _OF_FILES[own.name] = require_own(own)
        return own
    installed = installed_offers(_GROUP)
    if name in _OF_FILES:
        return _OF_FILES[name]
    if name in installed:
        return require_own(load_installed(installed[name], Dataset))
    raise unknown_name("dataset", name, [*DATASETS, *_OF_FILES, *installed], where)


def require_own(own: Dataset) -> Dataset:
    """Return a data set of one's own.

    Raises:
        UsageError: Its name is that of another one, or is no name.
    """
    if not re.fullmatch(FILE_NAME, own.name):
        raise UsageError(
            f"a data set is named {own.name[:80]!r}; a name has letters, digits and ._+-, a letter "
            "or digit first"
        )
    if DATASETS.get(own.name, own) != own:
        raise UsageError(
            f"a data set of shape {own.shape} with {own.classes} classes is named {own.name!r} "
            "like a built-in one of another shape, classes or loss; rename it"
        )
    return own


def identity_of(dataset: Dataset) -> str:
    """Return what scores depend on of a data set beside its name; nothing of a built-in one."""
    if DATASETS.get(dataset.name) == dataset:
        return ""
    shape = "x".join(str(length) for length in dataset.shape)
    tokens = f" of {dataset.vocabulary}" if dataset.inputs == "tokens" else ""
    return f"{dataset.inputs}{tokens} {shape}, {dataset.classes} {dataset.loss}"
