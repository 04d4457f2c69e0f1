"""Makes the pictures of pages that the README and the documentation show.

Needs Chromium and playwright::

    python website/picture.py PAGE.html docs/images/leaderboard.png
    python website/picture.py site/compare.html docs/images/site.png

The first page is that of ``harness run nb201-quick --only --plugin meco --plugin jacov --plugin
tg_nas --plugin params --plugin flops --plugin synflow --plugin random``, the second of ``harness
site --out site``. Of a leaderboard the section of the first task is taken, of any other page what
fits into the window.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect, Page

WIDTH, HEIGHT, MARGIN = 1340, 1000, 16


def picture(page: Path, file: Path) -> None:
    """Write a page as a PNG of few colours.

    Args:
        page: A page that the harness wrote.
        file: Where the picture goes.
    """
    from PIL import Image
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        tab = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        tab.goto(page.resolve().as_uri())
        if tab.locator("#task-1").count():
            tab.screenshot(path=file, clip=_first_task(tab), full_page=True)
        else:
            tab.screenshot(path=file)
        browser.close()
    with Image.open(file) as image:
        few = image.convert("RGB").quantize(colors=128, dither=Image.Dither.NONE)
    few.save(file, optimize=True)


def _first_task(tab: Page) -> FloatRect:
    """Draw the section of the first task of a leaderboard, and return where it lies."""
    section = tab.locator("#task-1")
    section.scroll_into_view_if_needed()
    for chart in section.locator("figure").all():  # drawn when they come into view
        chart.scroll_into_view_if_needed()
        chart.locator("svg").first.wait_for()
    tab.evaluate("scrollTo(0, 0)")  # else the bar of links lies over the section
    box = section.evaluate("e => e.getBoundingClientRect().toJSON()")
    return {
        "x": 0,
        "y": box["y"] - MARGIN,
        "width": WIDTH,
        "height": box["height"] + 2 * MARGIN,
    }


if __name__ == "__main__":
    picture(Path(sys.argv[1]), Path(sys.argv[2]))
