"""Ground truth: published results, found, verified and read into tables."""

from harness.truth.identical import merge_identical, repeats_ceiling
from harness.truth.imported_scores import (
    ImportedScores,
    ScoreItems,
    column_label,
    column_scores,
    imported_scores,
    is_scores_file,
    scores_in_file,
)
from harness.truth.load import load, task_as_scores
from harness.truth.locate import Content, Location, Place, fetch, locate, verify, where
from harness.truth.own import is_description, keeps_texts, load_own
from harness.truth.places import Places
from harness.truth.source import Converted, Packaged, Published, Source, source, sources
from harness.truth.stored_scores import (
    score_sources,
    stored_outcomes,
    stored_scores,
    tasks_with_scores,
)
from harness.truth.table import TruthTable
from harness.truth.task import Split, Task
from harness.truth.tasks import names_task, shorter_trainings, task, tasks
from harness.truth.traps import Trap, traps, traps_of
from harness.truth.unit import Unit, limits

__all__ = [
    "Content",
    "Converted",
    "ImportedScores",
    "Location",
    "Packaged",
    "Place",
    "Places",
    "Published",
    "ScoreItems",
    "Source",
    "Split",
    "Task",
    "Trap",
    "TruthTable",
    "Unit",
    "column_label",
    "column_scores",
    "fetch",
    "imported_scores",
    "is_description",
    "is_scores_file",
    "keeps_texts",
    "limits",
    "load",
    "load_own",
    "locate",
    "merge_identical",
    "names_task",
    "repeats_ceiling",
    "score_sources",
    "scores_in_file",
    "shorter_trainings",
    "source",
    "sources",
    "stored_outcomes",
    "stored_scores",
    "task",
    "task_as_scores",
    "tasks",
    "tasks_with_scores",
    "traps",
    "traps_of",
    "verify",
    "where",
]
