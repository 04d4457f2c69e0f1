"""How to get the numbers of a leaderboard again."""

from __future__ import annotations

import re
import shlex
from typing import assert_never

from harness.evaluation import Board, ComputedScores, Leaderboard, PublishedScores

__all__ = ["commands"]


def commands(leaderboard: Leaderboard) -> tuple[str, ...]:
    """Return the command lines that make the leaderboard again."""
    found: list[list[str]] = []
    published: list[str] = []
    for board in leaderboard.boards:
        match board.provenance:
            case ComputedScores(batch=batch):
                found.append(_run(leaderboard, board, batch))
            case PublishedScores():
                published.append(board.truth.task)
            case _:
                assert_never(board.provenance)
    if published:
        found.append(["harness", "report", "--published", *published])
    return tuple(dict.fromkeys(shlex.join(words) for words in found))


def _run(leaderboard: Leaderboard, board: Board, batch: str) -> list[str]:
    words = ["harness", "run", leaderboard.suite, "--seed", str(leaderboard.seed)]
    words += ["--batch", batch]
    # The population's name holds the size of a draw; the whole of a subset needs none.
    drawn = re.search(r"/\d+@", board.population)
    return [*words, "--sample", str(board.population_size)] if drawn else words
