import hashlib
from pathlib import Path

import pooch
import pytest

from harness.core.errors import DataError, InfrastructureError
from harness.truth.fetch import download
from harness.truth.locate import content, fetch, locate
from harness.truth.places import Places
from tests.truth.conftest import COMMIT, Server, published

DATA = b'{"published": true}' * 50


@pytest.fixture
def places(server: Server, tmp_path: Path) -> Places:
    return Places(cache_dir=tmp_path / "cache", host=server.address)


def kept(folder: Path) -> list[str]:
    """Return the names of the files in the cache, locks apart."""
    files = [path for path in (folder / "cache").rglob("*") if path.is_file()]
    return sorted(path.name for path in files if path.suffix != ".lock")


def test_a_file_is_downloaded_from_its_pinned_address_into_the_cache(
    server: Server, places: Places, tmp_path: Path
) -> None:
    server.answer(200, DATA)
    path = locate(published(DATA), places)
    assert path == tmp_path / "cache/owner+name/folder/table.json"
    assert path.read_bytes() == DATA
    assert server.asked == [f"/owner/name/{COMMIT}/folder/table.json"]


def test_a_cached_file_is_not_downloaded_again(server: Server, places: Places) -> None:
    server.answer(200, DATA)
    assert content(published(DATA), places).data == DATA
    assert content(published(DATA), places).data == DATA
    assert len(server.asked) == 1


def test_other_content_is_refused_after_three_attempts_and_nothing_is_kept(
    server: Server, places: Places, tmp_path: Path
) -> None:
    for _ in range(3):
        server.answer(200, b"<html>log in</html>")
    with pytest.raises(DataError, match="is not the published file of source 'table'") as caught:
        download(published(DATA), places, pause_s=0)
    assert hashlib.sha256(DATA).hexdigest() in str(caught.value)
    assert len(server.asked) == 3
    assert kept(tmp_path) == []


def test_a_truncated_answer_is_refused(server: Server, places: Places) -> None:
    for _ in range(3):
        server.answer(200, DATA[:100])
    with pytest.raises(DataError, match="is not the published file"):
        download(published(DATA), places, pause_s=0)


def test_an_interrupted_download_is_tried_again_and_leaves_nothing(
    server: Server, places: Places, tmp_path: Path
) -> None:
    server.answer(200, DATA[:100], promised=len(DATA))
    server.answer(200, DATA)
    assert download(published(DATA), places, pause_s=0).read_bytes() == DATA
    assert kept(tmp_path) == ["table.json"]


def test_a_download_that_is_always_cut_is_an_infrastructure_error(
    server: Server, places: Places, tmp_path: Path
) -> None:
    for _ in range(3):
        server.answer(200, DATA[:100], promised=len(DATA))
    with pytest.raises(InfrastructureError, match="cannot download"):
        download(published(DATA), places, pause_s=0)
    assert kept(tmp_path) == []


def test_a_busy_host_is_asked_again(server: Server, places: Places) -> None:
    server.answer(503, b"busy")
    server.answer(200, DATA)
    assert download(published(DATA), places, pause_s=0).read_bytes() == DATA


def test_a_download_is_announced_once_however_often_it_is_tried(
    server: Server,
    places: Places,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pooch.get_logger(), "handlers", [caplog.handler])
    for _ in range(2):
        server.answer(503, b"busy")
        server.answer(503, b"busy")
        server.answer(200, DATA)
        download(published(DATA), places, pause_s=0).unlink()
    assert caplog.text.count("Downloading data from") == 2


def test_a_host_without_the_file_is_asked_once(server: Server, places: Places) -> None:
    server.answer(404, b"not found")
    with pytest.raises(InfrastructureError, match=r"404.*set HARNESS_MIRROR"):
        download(published(DATA), places, pause_s=0)
    assert len(server.asked) == 1


def test_a_host_that_does_not_answer_is_an_infrastructure_error(tmp_path: Path) -> None:
    # Port 9 (discard) is closed on test machines: the connection is refused at once.
    places = Places(cache_dir=tmp_path, host="http://127.0.0.1:9")
    with pytest.raises(InfrastructureError, match="cannot download"):
        download(published(DATA), places, pause_s=0)


def test_a_cache_that_cannot_be_written_is_named(
    server: Server, places: Places, tmp_path: Path
) -> None:
    server.answer(200, DATA)
    (tmp_path / "cache").write_bytes(b"a file, not a folder")
    with pytest.raises(InfrastructureError, match="set HARNESS_CACHE_DIR"):
        download(published(DATA), places, pause_s=0)


def test_fetching_replaces_a_damaged_cached_file(
    server: Server, places: Places, tmp_path: Path
) -> None:
    path = tmp_path / "cache/owner+name/folder/table.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"damaged")
    server.answer(200, DATA)
    assert fetch(published(DATA), places).read_bytes() == DATA


def test_offline_says_where_to_put_the_file(tmp_path: Path) -> None:
    places = Places(cache_dir=tmp_path, offline=True)
    with pytest.raises(
        InfrastructureError, match=r"HARNESS_OFFLINE is set.* owner\+name/folder/table\.json "
    ):
        locate(published(DATA), places)


def test_offline_uses_what_is_cached(tmp_path: Path) -> None:
    path = tmp_path / "owner+name/folder/table.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(DATA)
    assert locate(published(DATA), Places(cache_dir=tmp_path, offline=True)) == path
