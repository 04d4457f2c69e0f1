"""Pictures of the README are made by ``website/picture.py``, of pages as they are now."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import harness

ROOT = Path(__file__).parents[2]


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
def test_the_picture_of_the_site_is_made_again_from_the_committed_records(tmp_path):
    harness.site(tmp_path / "site", results=ROOT / "results", changes=ROOT / "CHANGELOG.md")
    file = tmp_path / "site.png"
    program = [sys.executable, ROOT / "website/picture.py"]
    subprocess.run([*program, tmp_path / "site/compare.html", file], check=True, timeout=120)
    with Image.open(file) as made, Image.open(ROOT / "docs/images/site.png") as committed:
        assert made.size == committed.size
        # a page that failed to draw is of one colour
        assert np.unique(np.asarray(made)).size > 20
