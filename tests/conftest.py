import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from harness.catalog import FromFile, LoadedProxy
from harness.spaces import registry
from tests.plugin_files import plugin_source
from tests.space_files import space_source

# On a busy machine any example may be slow; that says nothing of the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of published tables."""
    if "HARNESS_SHARED" not in os.environ:
        pytest.skip("HARNESS_SHARED names no folder of published tables")
    return Path(os.environ["HARNESS_SHARED"]) / "data"


@pytest.fixture(scope="session", autouse=True)
def _no_file_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let no test find what this machine has downloaded, nor download: one result everywhere."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HARNESS_DATA_DIR", "HARNESS_MIRROR"):
            patch.delenv(name, raising=False)
        patch.setenv("HARNESS_OFFLINE", "1")
        patch.setenv("HARNESS_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def _folder_of_published_tables(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let commands find the tables too in tests that use them, and in no others."""
    if "shared_data" in request.fixturenames:
        monkeypatch.setenv("HARNESS_DATA_DIR", str(request.getfixturevalue("shared_data")))


@pytest.fixture
def write_plugin(tmp_path: Path) -> Callable[..., Path]:
    """Write a plugin file whose score function has the given body."""

    def write(body: str, name: str = "mine", passes: str = "GRAPH,") -> Path:
        path = tmp_path / f"{name}.py"
        path.write_text(plugin_source(body, name, passes))
        return path

    return write


@pytest.fixture
def load_plugin(write_plugin: Callable[..., Path]) -> Callable[..., LoadedProxy]:
    """Write and load such a plugin."""

    def load(body: str, name: str = "mine", passes: str = "GRAPH,") -> LoadedProxy:
        return FromFile(path=write_plugin(body, name, passes)).load()

    return load


@pytest.fixture(autouse=True)
def _no_space_of_another_test() -> Iterator[None]:
    """Let no test find a space by its name that another one has loaded from a file."""
    yield
    registry._OF_FILES.clear()


@pytest.fixture
def write_space(tmp_path: Path) -> Callable[..., Path]:
    """Write ``tiny.py``, a space of three small networks, with the given changes."""

    def write(**changes: Any) -> Path:
        path = tmp_path / "tiny.py"
        path.write_text(space_source(**changes))
        return path

    return write


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One browser for all tests of a process: playwright starts a second loop in none."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()
