"""How the operators of a cell become vectors of one length, whatever their space.

The published way is the sentence vector of a short description. The others are what it is held
against: longer sentences, and vectors that know which operators are equal and nothing else.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import assert_never

import numpy as np

from harness.core.identity import derived_seed
from harness.text_graphs.descriptions import DESCRIPTIONS, describe, explain
from harness.text_graphs.vectors import WIDTH, Vectors, sentence_vectors

__all__ = ["Words", "operator_vectors"]


class Words(StrEnum):
    """Where an operator's vector comes from.

    ``short`` and ``long`` are sentences. ``random`` draws a direction for each short sentence, the
    same in every process; ``one-hot`` gives each of them an axis of its own. Under these two an
    operator that training never saw is a stranger.
    """

    SHORT = "short"
    LONG = "long"
    RANDOM = "random"
    ONE_HOT = "one-hot"


def operator_vectors(operators: Sequence[str], words: Words) -> Vectors:
    """Return one vector an operator, shape ``(k, 384)``, of unit length.

    Raises:
        UnsupportedError: An operator has no description.
        InfrastructureError: A sentence is not stored and the transformer is not installed.
    """
    sentences = [describe(operator) for operator in operators]
    match words:
        case Words.SHORT:
            return sentence_vectors(sentences)
        case Words.LONG:
            return sentence_vectors([explain(sentence) for sentence in sentences])
        case Words.RANDOM:
            return np.array([_direction(sentence) for sentence in sentences], dtype=np.float32)
        case Words.ONE_HOT:
            axes = _axes()
            return np.eye(WIDTH, dtype=np.float32)[[axes[sentence] for sentence in sentences]]
        case _:
            assert_never(words)


def _direction(sentence: str) -> Vectors:
    generator = np.random.default_rng(derived_seed(0, "random words", sentence))
    drawn = generator.normal(size=WIDTH)
    return np.asarray(drawn / np.linalg.norm(drawn), dtype=np.float32)


@functools.cache
def _axes() -> Mapping[str, int]:
    return {
        description: axis for axis, description in enumerate(sorted(set(DESCRIPTIONS.values())))
    }
