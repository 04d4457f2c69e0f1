import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.core.errors import DataError, InfrastructureError
from harness.truth.locate import Place, content, fetch, verify, where
from harness.truth.places import Places
from harness.truth.source import HOST, Converted, Packaged, source
from tests.truth.conftest import COMMIT, published

DATA = b"published"
NOWHERE = Places(cache_dir=Path("/nonexistent"), offline=True)


def put(folder: Path, data: bytes = DATA) -> Path:
    path = folder / "owner+name/folder/table.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_the_data_folder_comes_before_the_cache(tmp_path: Path) -> None:
    places = Places(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", offline=True)
    cached = put(tmp_path / "cache")
    assert content(published(DATA), places).path == cached
    mine = put(tmp_path / "data")
    assert content(published(DATA), places).path == mine


def test_a_tampered_file_is_refused_with_both_digests_and_what_to_do(tmp_path: Path) -> None:
    path = put(tmp_path, b"tampered")
    with pytest.raises(DataError) as caught:
        content(published(DATA), Places(data_dir=tmp_path, offline=True))
    assert str(caught.value) == (
        f"{path} is not the published file of source 'table': its sha256 is "
        f"{hashlib.sha256(b'tampered').hexdigest()}, expected {hashlib.sha256(DATA).hexdigest()}; "
        "replace it by the published file or remove it from the data folder"
    )


def test_a_tampered_file_in_the_data_folder_does_not_fall_back_to_the_cache(
    tmp_path: Path,
) -> None:
    put(tmp_path / "data", b"tampered")
    put(tmp_path / "cache")
    places = Places(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache")
    with pytest.raises(DataError, match="is not the published file"):
        content(published(DATA), places)


def test_a_tampered_cached_file_says_how_to_fetch_it_again(tmp_path: Path) -> None:
    put(tmp_path, b"tampered")
    with pytest.raises(DataError, match="run: harness data fetch table"):
        content(published(DATA), Places(cache_dir=tmp_path, offline=True))


def test_an_absent_source_is_nowhere_and_is_not_downloaded_by_asking(tmp_path: Path) -> None:
    places = Places(cache_dir=tmp_path, host="http://127.0.0.1:9")
    assert where(published(DATA), places) is None
    assert verify(published(DATA), places) is None


def test_verifying_tells_a_tampered_file_that_asking_for_its_place_does_not(
    tmp_path: Path,
) -> None:
    put(tmp_path, b"tampered")
    places = Places(data_dir=tmp_path, offline=True)
    location = where(published(DATA), places)
    assert location is not None
    assert location.place is Place.DATA_FOLDER
    with pytest.raises(DataError, match="sha256"):
        verify(published(DATA), places)


def test_an_installed_package_is_found_without_importing_it() -> None:
    import sys

    loaded = "analognasbench" in sys.modules
    location = where(source("analog-nasbench"), NOWHERE)
    assert location is not None
    assert location.place is Place.PACKAGE
    assert ("analognasbench" in sys.modules) == loaded


def test_another_version_of_a_package_says_which_to_install() -> None:
    other = replace(source("analog-nasbench"), sha256="0" * 64)
    with pytest.raises(DataError, match=r"force-reinstall 'analog-nasbench==0\.1\.3'"):
        content(other, NOWHERE)


def test_a_package_that_is_not_installed_says_how_to_install_it() -> None:
    origin = Packaged(distribution="no-such-package", version="1.2", path="a/b.bench")
    with pytest.raises(InfrastructureError, match=r"pip install 'no-such-package==1\.2'"):
        fetch(replace(published(DATA), origin=origin), NOWHERE)


def test_a_converted_file_says_what_upstream_has_and_where_to_put_it(tmp_path: Path) -> None:
    origin = Converted(repository="o/n", commit=COMMIT, path="a.csv", upstream="a pickled frame")
    converted = replace(published(DATA), origin=origin)
    with pytest.raises(InfrastructureError, match=r"o/n has a pickled frame; .* o\+n/a\.csv "):
        fetch(converted, NOWHERE)


def test_the_installed_truth_is_as_published() -> None:
    location = verify(source("analog-nasbench"), NOWHERE)
    assert location is not None
    assert location.place is Place.PACKAGE


def test_places_come_from_the_environment_and_an_argument_wins() -> None:
    environment = {
        "HARNESS_DATA_DIR": "/data",
        "HARNESS_CACHE_DIR": "/cache",
        "HARNESS_MIRROR": "http://mirror",
        "HARNESS_OFFLINE": "1",
    }
    places = Places.from_environment(environment=environment)
    assert places == Places(
        data_dir=Path("/data"), cache_dir=Path("/cache"), host="http://mirror", offline=True
    )
    assert Places.from_environment(Path("/mine"), environment).data_dir == Path("/mine")
    assert Places.from_environment(environment={}) == Places(host=HOST)


def test_the_cache_is_the_platforms_where_none_is_given() -> None:
    assert "nas-proxy-harness" in str(Places().cache())


def test_the_cache_is_found_without_a_bar_of_progress_that_warns_in_notebooks():
    program = "import sys; from harness.truth.places import Places; print(Places().cache());"
    program += "sys.exit('tqdm' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
