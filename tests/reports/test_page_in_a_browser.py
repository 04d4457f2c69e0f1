"""The page as a reader meets it: in Chromium, from a file, with mouse, keyboard and phone."""

import pytest

from harness.core.outcome import Failed, FailureKind
from harness.reports.page import page as page_of
from tests.reports.boards import HOSTILE, board_of, varied
from tests.score_tables import computed, method

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    tasks = varied()
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(page_of(board_of(tasks), tasks), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def visit(browser, address):
    """Open the page and, at the end, require that it stayed silent and asked for nothing."""
    opened, said, asked = [], [], []

    def open_page(**options):
        page = browser.new_page(**options)
        opened.append(page)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        return page

    yield open_page
    for page in opened:
        page.close()
    assert said == []
    assert {request for request in asked if not request.startswith("data:")} <= {address}


@pytest.fixture
def page(visit):
    return visit()


def head(page, name):
    return page.locator("#task-1 table").first.locator("th button", has_text=name).first


def plugins(page):
    return page.locator("#task-1 table").first.locator("tbody th").all_inner_texts()


def scatter(page):
    return page.locator("#task-1 figure.scatter")


def marks(figure):
    return figure.locator(".mark-symbol path")


def test_a_press_of_a_head_sorts_best_first_and_a_second_the_other_way_round(page):
    head(page, "ms / network").click()
    assert plugins(page) == ["flat", "shuffled", HOSTILE, "climbing", "falling"]
    head(page, "ms / network").click()
    assert plugins(page) == ["falling", "climbing", HOSTILE, "shuffled", "flat"]


def test_heads_sort_by_keyboard_and_say_how(page, expect):
    button = head(page, "plugin")
    button.focus()
    page.keyboard.press("Enter")
    assert plugins(page) == sorted(plugins(page), key=str.lower)
    sorted_heads = page.locator("#task-1 table").first.locator("th[aria-sort]")
    expect(sorted_heads).to_have_count(1)
    expect(sorted_heads).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("Space")
    expect(sorted_heads).to_have_attribute("aria-sort", "descending")
    expect(button).to_be_focused()


def test_the_order_of_the_board_is_announced_from_the_start(page, expect):
    sorted_columns = page.locator("#task-1 table").first.locator("th[aria-sort]")
    expect(sorted_columns).to_have_text("spearman")
    expect(sorted_columns).to_have_attribute("aria-sort", "descending")


def test_undefined_values_are_last_in_either_direction(page):
    assert plugins(page)[-1] == "flat"
    head(page, "spearman").click()
    assert plugins(page)[0] == "falling"
    assert plugins(page)[-1] == "flat"


def test_the_filter_shows_what_matches_and_announces_the_count(page, expect):
    section = page.locator("#task-1")
    section.get_by_label("Filter plugins").fill("F")
    rows = section.locator("table.sortable tbody tr:visible th")
    assert rows.all_inner_texts() == ["shuffled", "falling", "flat"]
    expect(section.locator("output")).to_have_text("3 of 6 plugins shown")
    expect(section.locator("output")).to_have_attribute("aria-live", "polite")
    section.get_by_label("Filter plugins").fill("")
    expect(rows).to_have_count(6)


def test_a_filter_leaves_the_other_tasks_alone(page, expect):
    page.locator("#task-1").get_by_label("Filter plugins").fill("none such")
    expect(page.locator("#task-2 table.sortable tbody tr:visible")).to_have_count(6)


def test_a_chart_is_drawn_only_when_it_comes_into_sight(page, expect):
    last = page.locator(".chart[data-chart=redundancy]")
    assert page.locator(".chart svg").count() < page.locator(".chart").count()
    expect(last.locator("svg")).to_have_count(0)
    last.scroll_into_view_if_needed()
    expect(last.locator("svg")).to_have_count(1)


def test_hovering_over_a_point_names_the_architecture(page, expect):
    figure = scatter(page)
    figure.scroll_into_view_if_needed()
    expect(marks(figure)).to_have_count(40)
    marks(figure).nth(4).hover()
    tooltip = page.locator("#vg-tooltip-element")
    expect(tooltip).to_be_visible()
    # The fifth architecture scores 4, is the 36th best of 40 and has the value 54.
    assert tooltip.inner_text().split() == [
        *("architecture", "a004", "score", "4", "rank", "36", "truth", "54")
    ]


def test_another_plugin_changes_the_points_and_the_finding(page, expect):
    figure = scatter(page)
    figure.scroll_into_view_if_needed()
    expect(figure.locator(".finding")).to_contain_text("climbing: spearman 1.000")
    expect(marks(figure)).to_have_count(40)
    figure.get_by_label("Plugin").select_option("partly")
    # Five of forty failed.
    expect(marks(figure)).to_have_count(35)
    expect(figure.locator(".finding")).to_contain_text("35 of 40 architectures")


def test_a_score_is_shown_as_rank_or_value_and_on_a_log_axis_where_it_can(page, expect):
    figure = scatter(page)
    figure.scroll_into_view_if_needed()
    axis, plugin = figure.get_by_label("Score as"), figure.get_by_label("Plugin")
    plugin.select_option("flat")
    axis.select_option("log")
    expect(figure.locator("svg")).to_contain_text("flat: score, logarithmic")
    plugin.select_option("falling")  # its scores are not above zero
    expect(axis).to_have_value("score")
    expect(figure.locator("svg")).to_contain_text("falling: score, higher is better")


def test_dark_mode_changes_the_page_and_charts_that_are_drawn_already(page, expect):
    figure = scatter(page)
    figure.scroll_into_view_if_needed()
    expect(marks(figure)).to_have_count(40)

    def colours():
        script = "() => getComputedStyle(document.body).backgroundColor"
        return page.evaluate(script), marks(figure).first.get_attribute("fill")

    light = colours()
    page.emulate_media(color_scheme="dark")
    expect(marks(figure).first).not_to_have_attribute("fill", light[1])
    dark = colours()
    assert light[0] == "rgb(255, 255, 255)"
    assert dark[0] != light[0]


def test_a_phone_scrolls_tables_in_their_box_and_keeps_the_plugin_in_sight(visit, expect):
    page = visit(viewport=PHONE)
    for chart in page.locator(".chart").all():
        chart.scroll_into_view_if_needed()
        chart.and_(page.locator("[data-drawn]")).wait_for()  # or it is passed by undrawn
    expect(page.locator(".chart:not([data-drawn])")).to_have_count(0)
    assert page.evaluate("() => document.documentElement.scrollWidth") == PHONE["width"]
    box = page.locator("#task-1 .scroll").first
    assert box.evaluate("one => one.scrollWidth > one.clientWidth")
    first = box.locator("tbody th").first
    before = first.bounding_box()["x"]
    box.evaluate("one => { one.scrollLeft = 200; }")
    assert first.bounding_box()["x"] == before


def test_a_hostile_name_is_text_wherever_it_is_shown(page, expect):
    figure = scatter(page)
    figure.scroll_into_view_if_needed()
    figure.get_by_label("Plugin").select_option(HOSTILE)
    expect(figure.locator(".finding")).to_contain_text(HOSTILE)
    expect(figure.locator("svg")).to_contain_text(HOSTILE)
    front = page.locator("#task-1 .chart[data-chart=front]")
    expect(front.locator("svg")).to_have_count(1)
    matrix = page.locator(".chart[data-chart=redundancy]")
    matrix.scroll_into_view_if_needed()
    matrix.locator(".mark-rect path").nth(1).hover()
    expect(page.locator("#vg-tooltip-element")).to_be_visible()
    assert HOSTILE in plugins(page)
    assert page.evaluate("() => window.hacked") is None


def test_a_long_reason_of_a_failure_opens_by_keyboard_and_is_text(browser, tmp_path, expect):
    reason = f"{HOSTILE} {'very ' * 40}long"
    failed = Failed(kind=FailureKind.RAISED, reason=reason)
    tasks = [computed([method("bad", [None] * 4, outcomes=[failed] * 4)], [1.0, 2.0, 4.0, 3.0])]
    path = tmp_path / "page.html"
    path.write_text(page_of(board_of(tasks), tasks), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    details = page.locator("#task-1 details.reason")
    expect(details.locator("summary")).to_be_visible()
    expect(details.locator("summary")).to_contain_text(f"4 raised: {HOSTILE}")
    details.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(details).to_have_attribute("open", "")
    expect(details).to_contain_text(reason)
    assert page.evaluate("() => window.hacked") is None
    page.close()


def refuses(page, script):
    """Run a script by the debugger and wait until the page says that its policy forbids it."""
    with page.expect_console_message(lambda said: "Content Security Policy" in said.text):
        page.evaluate(script)
    return page.evaluate("() => window.hacked") is None


def test_the_browser_runs_no_script_that_the_page_did_not_bring(browser, address):
    page = browser.new_page()  # not by the fixture: a refusal is a message on the console
    page.goto(address)
    assert refuses(
        page,
        "() => { const one = document.createElement('script');"
        "one.textContent = 'window.hacked = 1'; document.body.append(one); }",
    )
    assert refuses(page, "() => { setTimeout('window.hacked = 1', 0); }")
    assert refuses(page, "() => { fetch('http://localhost:1/').catch(() => null); }")
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_accessibility_is_broken(visit, expect, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(color_scheme=scheme)
    for chart in page.locator(".chart").all():
        chart.scroll_into_view_if_needed()
        chart.and_(page.locator("[data-drawn]")).wait_for()  # or it is passed by undrawn
    expect(page.locator(".chart:not([data-drawn])")).to_have_count(0)
    for details in page.locator("details").all():
        details.evaluate("one => { one.open = true; }")
    examined = Axe().run(page)
    assert examined.response["violations"] == [], examined.generate_report()


def test_the_first_stop_of_the_keyboard_skips_to_the_results(page, expect):
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the results")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_tables_can_be_read_without_scripts(visit, expect):
    page = visit(java_script_enabled=False)
    expect(page.locator("#task-1 table.sortable tbody tr").first).to_be_visible()
    expect(page.locator(".filter").first).to_be_hidden()


def test_on_paper_the_controls_are_gone_and_tables_are_not_cut(page, expect):
    page.emulate_media(media="print")
    expect(page.locator("nav")).to_be_hidden()
    expect(page.locator(".filter").first).to_be_hidden()
    expect(page.locator("#task-1 .scroll").first).to_have_css("overflow-x", "visible")


@pytest.mark.parametrize("score", [None, 1.5], ids=["failures alone", "one plugin"])
def test_a_long_name_alone_fits_a_phone_and_breaks_no_script(browser, tmp_path, score):
    outcomes = [score and score * number for number in range(1, 21)]
    tasks = (computed((method("a_very_long_name_" * 3, outcomes, seconds=0.1),), range(20), "t"),)
    path = tmp_path / "page.html"
    path.write_text(page_of(board_of(tasks), tasks), encoding="utf-8")
    said = []
    page = browser.new_page(viewport=PHONE)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path.as_uri())
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")  # draws all
    page.wait_for_function(
        "[...document.querySelectorAll('.chart')].every((box) => 'drawn' in box.dataset)"
    )
    width = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert said == []
    assert width == PHONE["width"]


def test_a_board_of_one_plugin_on_four_networks_says_nothing_on_the_console(
    browser, tmp_path, expect
):
    tasks = [computed([method("alone", [1.0, 2.0, 4.0, 3.0])], [1.0, 2.0, 4.0, 3.0])]
    path = tmp_path / "page.html"
    path.write_text(page_of(board_of(tasks), tasks), encoding="utf-8")
    page = browser.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.as_uri())
    front = page.locator("#task-1 .chart[data-chart=front]")
    front.scroll_into_view_if_needed()
    expect(front.locator("svg")).to_have_count(1)
    page.close()
    assert said == []
