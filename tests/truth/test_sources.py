import csv
from pathlib import Path

import pytest

from harness.core.errors import UsageError
from harness.truth.source import Converted, Packaged, Published, source, sources


def test_names_and_places_of_sources_are_unique() -> None:
    assert len({published.name for published in sources()}) == len(sources())
    assert len({published.relative_path for published in sources()}) == len(sources())


@pytest.mark.parametrize("file", sources(), ids=lambda file: file.name)
def test_every_source_says_what_it_holds_and_under_which_licence(file: object) -> None:
    assert file.holds
    assert file.licence
    assert file.citation
    assert (file.address() is None) == isinstance(file.origin, Converted | Packaged)


def test_an_address_is_pinned_to_a_commit_and_can_be_mirrored() -> None:
    gennas = source("gennas-cifar100")
    path = "leeyeehoo/GenNAS-Zero/791b2b287d9007f781f90b8731624a833964d79f/data/nb201/cifar100.json"
    assert gennas.address() == f"https://raw.githubusercontent.com/{path}"
    assert gennas.address("http://mirror/") == f"http://mirror/{path}"


def test_an_unknown_source_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="did you mean 'gennas-cifar100'"):
        source("gennas-cifar-100")


@pytest.mark.shared_data
def test_the_registry_is_the_manifests_of_the_shared_folder(shared_data: Path) -> None:
    rows = {}
    for manifest in ("MANIFEST.tsv", "MANIFEST-2026-11.tsv"):
        with (shared_data / manifest).open() as file:
            rows |= {row["path"]: row for row in csv.DictReader(file, delimiter="\t")}
    files = {
        file.relative_path: file for file in sources() if not isinstance(file.origin, Packaged)
    }
    assert files.keys() == rows.keys()
    for path, published in files.items():
        row = rows[path]
        assert (published.size, published.sha256) == (int(row["bytes"]), row["sha256"])
        assert isinstance(published.origin, Published) == (row["form"] == "as published")
        assert published.origin.commit == row["commit"]
