import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from harness.catalog import FromFile, LoadedProxy
from tests.plugin_files import plugin_source

# On a busy machine any example may be slow; that says nothing of the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of published tables."""
    if "HARNESS_SHARED" not in os.environ:
        pytest.skip("HARNESS_SHARED names no folder of published tables")
    return Path(os.environ["HARNESS_SHARED"]) / "data"


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
