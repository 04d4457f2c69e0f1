"""Spaces as tests need them: the ten with classes of their own, and the source of a small one."""

from __future__ import annotations

from collections.abc import Sequence

from harness.space import SearchSpace
from harness.spaces.registry import space, space_names

__all__ = ["TEN_SPACES", "space_source"]

TEN_SPACES = tuple(name for name in space_names() if not isinstance(space(name), SearchSpace))
"""Spaces with classes of their own; networks of the others are tested where each of them is."""

_BODY = """from torch import nn

from harness.space import SearchSpace

{head}
def network(text, dataset):
    {body}
    width = 2 + len(text)
    return nn.Sequential(
        nn.Conv2d(dataset.channels, width, 3),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(width, dataset.classes),
    )


{constant} = SearchSpace(
    name="{name}", summary="{summary}", network=network, {arguments}
)
{tail}
"""


def space_source(
    texts: Sequence[str] = ("a", "bb", "ccc"),
    arguments: str = "",
    **parts: str,
) -> str:
    """Return the source of a space of networks with one convolution, as wide as texts are long.

    Args:
        texts: Its architectures.
        arguments: More arguments of its `SearchSpace`.
        **parts: ``name``, ``summary``, ``constant``, what comes before all (``head``), first in
            its function (``body``), or last (``tail``).
    """
    given = {"name": "tiny", "summary": "three CNNs", "constant": "SPACE"} | parts
    listed = "" if "texts=" in arguments or "sample=" in arguments else f"texts={list(texts)!r}, "
    return _BODY.format(
        **{"head": "", "body": "pass", "tail": ""} | given, arguments=listed + arguments
    )
