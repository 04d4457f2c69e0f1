"""Makes the picture of a leaderboard's page that the README and the site show.

``python website/picture.py PAGE.html docs/images/leaderboard.png``; needs Chromium and playwright.
The page of the committed picture is that of ``harness run nb201-quick --only --plugin meco --plugin
jacov --plugin tg_nas --plugin params --plugin flops --plugin synflow --plugin random``.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

WIDTH, HEIGHT, MARGIN = 1340, 1300, 16


def picture(page: Path, file: Path) -> None:
    """Write the section of the first task, its table and charts, as a PNG of few colours."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        tab = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        tab.goto(page.resolve().as_uri())
        section = tab.locator("#task-1")
        section.scroll_into_view_if_needed()
        for chart in section.locator("figure").all():  # drawn when they come into view
            chart.scroll_into_view_if_needed()
            chart.locator("svg").first.wait_for()
        tab.evaluate("scrollTo(0, 0)")  # else the bar of links lies over the section
        box = section.evaluate("e => e.getBoundingClientRect().toJSON()")
        clip = {
            "x": 0,
            "y": box["y"] - MARGIN,
            "width": WIDTH,
            "height": box["height"] + 2 * MARGIN,
        }
        tab.screenshot(path=file, clip=clip, full_page=True)
        browser.close()
    with Image.open(file) as image:
        few = image.convert("RGB").quantize(colors=128, dither=Image.Dither.NONE)
    few.save(file, optimize=True)


if __name__ == "__main__":
    picture(Path(sys.argv[1]), Path(sys.argv[2]))
