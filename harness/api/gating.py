"""Whether every plugin still says what its archived scores or its committed baseline say."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.api.archive_gating import draw_archive_sample, gate_archive
from harness.api.arguments import checked
from harness.api.choice import Plugins, choose_proxies, path_of, plugin_items, refuse_options
from harness.api.given import Scores, score_items
from harness.api.results import GateResult, Progress
from harness.api.running import failed_plugins, steps
from harness.catalog import LoadedProxy, installed
from harness.core.errors import DataError, HarnessError, InfrastructureError, UsageError
from harness.core.files import logged_if_unwritable
from harness.evaluation import join_stored
from harness.execution.execute import execute
from harness.execution.run import Options, open_run
from harness.execution.task_truth import open_suite
from harness.regression_gate import Judgement, Snapshot, judge, take
from harness.regression_gate.changes import changes
from harness.regression_gate.junit import write_junit, write_junit_error
from harness.regression_gate.store import has_baseline, read_baseline, write_baseline
from harness.regression_gate.summary import summary as markdown
from harness.reports.writers import escaped
from harness.suite import Suite

__all__ = ["gate", "summary_of_error", "write_summary"]

_BASELINES = Path("results") / "baselines"
_ARCHIVE = Path("results") / "archive"
_LOG = logging.getLogger(__name__)


@checked
def gate(
    suite: str | Path | None = None,
    *,
    baseline: Path | str | None = None,
    plugins: Plugins | None = None,
    only: bool = True,
    scores: Scores | None = None,
    update_baseline: bool = False,
    junit: Path | str | None = None,
    summary: Path | str | None = None,
    results: Path | str | None = None,
    images: Path | str | None = None,
    device: str = "cpu",
    workers: int | None = None,
    progress: Progress | None = None,
) -> GateResult:
    """Hold scores against an archive, or a suite's against its baseline: drift, quality, coverage.

    Without a suite, some networks of every archived space are scored by all built-in proxies; a
    proxy in a new version is scored on all archived networks.

    Example:
        ``assert harness.gate().judgement.exit_code == 0``

    Args:
        suite: Name of a suite, or the path of its TOML file; absent for the archive.
        baseline: Folder of the baseline, ``results/baselines/SUITE`` when absent; without a suite,
            the archive, ``results/archive`` when absent.
        plugins: One plugin or several, instead of the suite's own, as for `harness.run`; without a
            suite, names of those that are compared.
        only: False runs the suite's own plugins beside those given.
        scores: Scores that were computed elsewhere, as for `harness.run`, which are held against
            the baseline like a plugin's.
        update_baseline: Whether to write the baseline anew and compare nothing; without a suite, to
            choose the networks of the archive anew.
        junit: File for the judgement as JUnit XML, or for the error that ends the gate.
        summary: The same as Markdown.
        results: Folder whose records are used again; without it everything is scored anew, so
            that an edit without a new version is seen.
        images: What the batch source reads: a file or folder.
        device: ``"cpu"``, ``"cuda"`` or ``"auto"``.
        workers: Worker processes; 0 scores in this process, without time limits.
        progress: Called with a `harness.api.results.Step` after every delivery of scores.

    Returns:
        The judgement with its exit code (0 passed; 1 drift or a worse ranking; 4 lost coverage;
        5 not comparable), or what a new baseline changed.

    Raises:
        UsageError: There is no such suite or plugin, or the baseline is not there or of another
            suite.
        DataError: The baseline is damaged.
        InfrastructureError: The baseline cannot be written.
    """
    if update_baseline:
        refuse_options("a gate that writes its baseline anew", junit=junit, summary=summary)
    if suite is None:
        refuse_options("a gate over the archive; name a suite", scores=scores)
    told = _Told(name=str(suite or "archive"), junit=path_of(junit), summary=path_of(summary))
    with told.of_errors(), _records(path_of(results)) as kept:
        options = Options(results=kept, device=device, images=path_of(images), workers=workers)
        if suite is None:
            archive = path_of(baseline) or _ARCHIVE
            if update_baseline:
                return _drawn(
                    archive,
                    plugin=plugins,
                    results=results,
                    images=images,
                    workers=workers,
                    device=None if device == "cpu" else device,
                )
            names = [str(plugin) for plugin in plugin_items(plugins)]
            return told.of(gate_archive(archive, names, options, progress), {})
        wanted = open_suite(str(suite))
        folder = path_of(baseline) or _BASELINES / wanted.name
        stored = _stored_baseline(folder, wanted.name, replaced=update_baseline)
        proxies = _chosen(wanted, plugins, stored, only=only)
        prepared = open_run(wanted, proxies, options, score_items(scores))
        execute(prepared, options, steps(progress, f"scoring {wanted.name}"))
        joined = join_stored(prepared)
        current, failed = take(prepared, joined), failed_plugins(prepared)
        if stored is None or update_baseline:
            return _updated(stored, current, folder, failed)
        compared = stored.of(current.plugins) if only and plugin_items(plugins) else stored
        return told.of(judge(compared, current, joined), failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """The files in which a gate says how it ended.

    Attributes:
        name: Name of its suite.
        junit: File of JUnit XML, if it is wanted.
        summary: File of Markdown, if it is wanted.
    """

    name: str
    junit: Path | None
    summary: Path | None

    def of(self, judgement: Judgement, failed: dict[str, str]) -> GateResult:
        """Write a judgement, and return it."""
        with logged_if_unwritable():
            if self.summary is not None:
                write_summary(markdown(judgement), self.summary, append=False)
        with logged_if_unwritable():
            if self.junit is not None:
                write_junit(judgement, self.junit)
        return GateResult(judgement=judgement, changes=(), failed=failed, files=())

    @contextmanager
    def of_errors(self) -> Iterator[None]:
        """Write an error that ends a block, where those who read the files would find no word."""
        try:
            yield
        except HarnessError as error:
            with logged_if_unwritable():
                if self.summary is not None:
                    text = summary_of_error(self.name, error)
                    write_summary(text, self.summary, append=False)
            with logged_if_unwritable():
                if self.junit is not None:
                    write_junit_error(self.name, error, self.junit)
            raise


def summary_of_error(name: str, error: HarnessError) -> str:
    """Say in Markdown that a gate of this name did not run, and why."""
    return f"## Gate {name} did not run\n\n{escaped(str(error))}\n"


def write_summary(text: str, path: Path, *, append: bool) -> None:
    """Write Markdown, or add it to what another step has written.

    Raises:
        InfrastructureError: The file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if append else "w", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise InfrastructureError(
            f"cannot write {path}: {error.strerror}; choose another file with --summary"
        ) from error


def _drawn(archive: Path, **given: object) -> GateResult:
    """Choose the networks of an archive anew, which nothing else has a part in."""
    refuse_options("choosing anew which networks of the archive are compared", **given)
    lines, path = draw_archive_sample(archive)
    return GateResult(judgement=None, changes=tuple(lines), failed={}, files=(path,))


def _updated(
    stored: Snapshot | None, current: Snapshot, folder: Path, failed: dict[str, str]
) -> GateResult:
    new = current.with_tolerances_of(stored) if stored else current
    lines = changes(stored, new) or ["nothing changed"]
    files = write_baseline(new, folder)
    return GateResult(judgement=None, changes=tuple(lines), failed=failed, files=tuple(files))


def _stored_baseline(folder: Path, suite: str, *, replaced: bool) -> Snapshot | None:
    """Read the baseline of a suite; nothing where there is none and one is written.

    Args:
        folder: Its folder.
        suite: Name of the suite that it must be of.
        replaced: Whether a new one takes its place: a damaged one is then only warned of.

    Raises:
        DataError: It is damaged.
        UsageError: It is of another suite, or the folder holds none.
    """
    if not has_baseline(folder):
        if not replaced:
            raise UsageError(
                f"there is no baseline in {folder}; name the folder of one with --baseline, or "
                "write it by the same command with --update-baseline, and commit it"
            )
        return None
    try:
        stored = read_baseline(folder)
    except DataError as error:
        if not replaced:
            raise
        _LOG.warning("%s; it is replaced, and tolerances that were set in it are lost", error)
        return None
    if stored.suite != suite:
        raise UsageError(
            f"the baseline in {folder} is of suite {stored.suite}, not of {suite}; "
            "name another folder with --baseline"
        )
    return stored


def _chosen(
    suite: Suite, plugins: Plugins | None, stored: Snapshot | None, *, only: bool
) -> tuple[LoadedProxy, ...]:
    """Choose as a run does, but leave a plugin that vanished to the gate's verdict."""
    known = installed().of_kind(LoadedProxy)
    gone = [
        name for name in suite.plugins if stored and name in stored.plugins and name not in known
    ]
    for name in gone:
        _LOG.warning("the plugin %s of suite %s is not installed", name, suite.name)
    present = tuple(name for name in suite.plugins if name not in gone)
    return choose_proxies(suite.model_copy(update={"plugins": present}), plugins, only=only)


@contextmanager
def _records(results: Path | None) -> Iterator[Path]:
    """Yield the folder of records: the one given, or an empty one that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="harness-gate-") as fresh:
        yield results or Path(fresh)
