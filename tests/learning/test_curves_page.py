import json
import re

import pytest

from harness.learning import Experiment, curves, fit_all, pick_points
from harness.metrics import Defined
from harness.reports.predictors import PredictorCurves, predictor_page

HOSTILE = "<script>window.hacked = 1</script>"
SMALL = Experiment(sizes=(8, 16), repeats=3, evaluate_on=None)


@pytest.fixture
def fitted(pool, counting, tmp_path):
    both = [counting.loaded(), counting.loaded(HOSTILE)]
    return fit_all(pool, both, SMALL, tmp_path, lambda done, total: None)


def page_of(fitted):
    return predictor_page(
        PredictorCurves(fitted=fitted, curves=curves(fitted), picks=pick_points(fitted))
    )


def test_the_picture_is_drawn_from_the_points_of_the_curves(fitted):
    drawn = curves(fitted)
    html = page_of(fitted)
    data = json.loads(re.search(r'id="data">(.*?)</script>', html, re.DOTALL)[1])
    rows = data["rows"]["curve-0"]
    points = [
        (curve.predictor, point.labels, point.mean.value.value)
        for curve in drawn
        if curve.metric == drawn[0].metric
        for point in curve.points
        if isinstance(point.mean.value, Defined)
    ]
    assert [(row["series"], row["across"], row["value"]) for row in rows] == points
    assert all(row["low"] <= row["value"] <= row["high"] for row in rows)


def test_the_same_fits_give_the_same_page(fitted):
    assert page_of(fitted) == page_of(fitted)


def test_a_hostile_name_is_text(fitted):
    html = page_of(fitted)
    assert html.count("<script") == 3  # data, library and the page's own
    assert "&lt;script&gt;window.hacked" in html


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_curves_are_drawn_in_a_browser_without_a_word(fitted, tmp_path, browser, scheme):
    path = tmp_path / "curves.html"
    path.write_text(page_of(fitted), encoding="utf-8")
    said: list[str] = []
    page = browser.new_page(viewport={"width": 390, "height": 900}, color_scheme=scheme)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_selector(".chart[data-drawn] svg")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("window.hacked") is None
    page.close()
    assert said == []
