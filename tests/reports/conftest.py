from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def expect():
    from playwright.sync_api import expect

    return expect


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The site of the committed records."""
    import harness

    out = tmp_path_factory.mktemp("site")
    harness.site(out, results=ROOT / "results", changes=ROOT / "CHANGELOG.md")
    return out
