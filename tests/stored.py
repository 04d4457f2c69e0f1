"""Stored scores as tests compare them."""

from __future__ import annotations

from harness.core.outcome import Outcome
from harness.records.scores import Scores


def outcomes_of(scores: Scores, plugin_key: str) -> dict[str, Outcome]:
    """Return what is stored of a plugin, by architecture."""
    texts = scores.texts()
    column = scores.column(plugin_key, texts)
    return {
        text: outcome
        for row, text in enumerate(texts)
        if (outcome := column.outcome(row)) is not None
    }
