"""Submissions: a proxy scored where no accuracy can be read, and ranked among archived ones."""

from __future__ import annotations

from pathlib import Path

from harness.api.arguments import checked
from harness.api.choice import refuse_options, require_number
from harness.api.results import Progress, Step, SubmissionResult
from harness.records.environment import cores
from harness.submissions import (
    comment,
    fixed_populations,
    judge,
    read_scored,
    require_archive,
    score_submission,
    write_judgement,
)

__all__ = ["submit"]


@checked
def submit(
    submission: str | Path,
    *,
    out: Path | str = "submission",
    results: Path | str = "results",
    scores_only: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
) -> SubmissionResult:
    """Check, score and rank a proxy as a pull request does, and write the comment on it.

    Its code runs in processes that may read libraries and its own file alone. All other proxies
    are taken from the archive.

    Example:
        ``assert harness.submit("my_proxy.py").accepted``

    Args:
        submission: A ``.py`` file with one proxy; the name of an installed package that offers one;
            or a folder that `scores_only` wrote, which is ranked without running any of its code.
        out: Folder for scores and comment; new, or empty.
        results: Folder with the archive, ``archive``.
        scores_only: Whether to end with the scores: no ground truth and no archive is needed then.
        workers: Worker processes, 1 or more; one a core when absent.
        progress: Called with a `harness.api.results.Step` after every delivery of scores.

    Returns:
        The verdict with its reasons, and the files written.

    Raises:
        UsageError: There is no such submission, or `out` is in use.
        DataError: Ground truth, archive or scores cannot be read.
    """
    require_number("workers", workers, 1)
    folder, archive = Path(out), Path(results) / "archive"
    given, fixed = str(submission), fixed_populations()
    if not scores_only:
        require_archive(archive)
    if Path(given).is_dir():
        refuse_options("ranking a folder of scores", scores_only=scores_only, workers=workers)
        folder = Path(given)
        scored = read_scored(folder)
    else:

        def tell(what: str, done: int, total: int) -> None:
            if progress is not None:
                progress(Step(what=what, done=done, total=total))

        scored = score_submission(given, folder, fixed, workers or cores(), tell)
    if scores_only:
        return SubmissionResult(name=scored.name, judgement=None, comment="", files=(folder,))
    judgement = judge(scored, folder, archive, fixed)
    files = write_judgement(judgement, folder)
    return SubmissionResult(
        name=scored.name, judgement=judgement, comment=comment(judgement), files=tuple(files)
    )
