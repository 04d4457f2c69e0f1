"""Architectures as arrays: one-hot, paths, counts, graph features, zero-cost scores."""

from harness.encodings.encoding import Encoding, Features, concatenate
from harness.encodings.padded import ABSENT, Padded, pad
from harness.encodings.registry import ENCODINGS, encoding
from harness.encodings.subjects import NO_SCORES, FloatArray, ScoreTable, Subjects, subjects_of

__all__ = [
    "ABSENT",
    "ENCODINGS",
    "NO_SCORES",
    "Encoding",
    "Features",
    "FloatArray",
    "Padded",
    "ScoreTable",
    "Subjects",
    "concatenate",
    "encoding",
    "pad",
    "subjects_of",
]
