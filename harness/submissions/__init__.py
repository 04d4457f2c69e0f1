"""Submissions by others: scored without ground truth in reach, then ranked by whoever has it."""

from harness.submissions.comment import comment, write_judgement
from harness.submissions.judgement import Judgement, judge, require_archive
from harness.submissions.placement import Placement
from harness.submissions.populations import FixedPopulation, fixed_populations
from harness.submissions.scored import ScoredSubmission, read_scored
from harness.submissions.scoring import score_submission

__all__ = [
    "FixedPopulation",
    "Judgement",
    "Placement",
    "ScoredSubmission",
    "comment",
    "fixed_populations",
    "judge",
    "read_scored",
    "require_archive",
    "score_submission",
    "write_judgement",
]
