"""How to get the numbers of a leaderboard again."""

from __future__ import annotations

import shlex
from typing import assert_never

from harness.evaluation import Board, ComputedScores, Leaderboard, PublishedScores

__all__ = ["commands"]


def commands(leaderboard: Leaderboard) -> tuple[str, ...]:
    """Return the command lines whose boards are those of the leaderboard, each once."""
    found = (_command(leaderboard, board) for board in leaderboard.boards)
    return tuple(dict.fromkeys(found))


def _command(leaderboard: Leaderboard, board: Board) -> str:
    match board.provenance:
        case ComputedScores(batch=batch):
            words = ["harness", "run", leaderboard.suite, "--seed", str(leaderboard.seed)]
            words += ["--batch", batch]
            # The population's name holds the size of a draw; the whole of a subset needs none.
            words += ["--sample", str(board.population_size)] if "/" in board.population else []
        case PublishedScores():
            words = ["harness", "stored", board.truth.task]
        case _:
            assert_never(board.provenance)
    return shlex.join(words)
