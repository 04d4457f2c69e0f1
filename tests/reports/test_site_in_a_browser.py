"""The site as a reader meets it: in Chromium, from files, with keyboard, phone and dark mode."""

import re
from pathlib import Path

import pytest

from harness.reports.site.differences import read_differences
from harness.reports.site.records import read_boards, read_overall

pytestmark = pytest.mark.browser

RESULTS = Path(__file__).parents[2] / "results"
PHONE = {"width": 390, "height": 844}
KINDS = (
    *("index.html", "matrix.html", "choose.html", "compare.html", "traps.html", "changes.html"),
    *("search.html", "methods/index.html", "spaces/pit.html", "data/cifar10.html"),
    *("tasks/nbbert-glue.html", "methods/snip.html", "predictors/ridge-zc.html"),
)


@pytest.fixture
def visit(browser, site):
    """Open pages and, at the end, require that they stayed silent and asked for files alone."""
    opened, said, asked = [], [], []

    def open_page(path, **options):
        page = browser.new_page(**options)
        opened.append(page)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{site.as_uri()}/{path}")
        return page

    yield open_page
    for page in opened:
        page.close()
    assert said == []
    assert [url for url in asked if not url.startswith((site.as_uri(), "data:"))] == []


def violations(page):
    """Examine a page, of long tables and lists the first and last rows: others are like them."""
    from axe_playwright_python.sync_playwright import Axe

    middle = ":nth-child(n+5):nth-last-child(n+4)"
    script = f"() => document.querySelectorAll('tbody tr{middle}, .entries > *{middle}').forEach"
    page.evaluate(f"{script}((row) => row.remove())")
    examined = Axe().run(page, options={"preload": False})  # it would fetch style sheets
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in examined.response["violations"]]


def first_cells(page, key, count=3):
    return page.locator(f"#{key} tbody tr:visible th").all_inner_texts()[:count]


@pytest.mark.parametrize("path", KINDS)
def test_no_rule_of_accessibility_is_broken_and_a_phone_needs_no_sideways_scroll(visit, path):
    page = visit(path, viewport=PHONE, color_scheme="light")
    assert page.evaluate("() => document.documentElement.scrollWidth") == PHONE["width"]
    # Of a table that is scrolled sideways the caption stays, and is as wide as the screen at most.
    ends = page.evaluate(
        "() => [...document.querySelectorAll('caption')].map(c => c.getBoundingClientRect().right)"
    )
    assert all(end <= PHONE["width"] for end in ends)
    assert violations(page) == []


@pytest.mark.parametrize("path", ["index.html", "matrix.html", "methods/snip.html"])
def test_dark_mode_breaks_no_rule_either(visit, path):
    page = visit(path, color_scheme="dark")
    colour = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert colour == "rgb(20, 24, 29)"
    assert violations(page) == []


@pytest.mark.parametrize("path", ["index.html", "tasks/nbbert-glue.html", "compare.html"])
def test_a_page_is_loaded_within_two_seconds(visit, path):
    script = "() => performance.getEntriesByType('navigation')[0].loadEventEnd"
    page = visit(path)
    times = [page.evaluate(script)]
    for _ in range(2):  # a busy machine may delay one of them
        page.reload()
        times.append(page.evaluate(script))
    assert 0 < min(times) < 2000


def test_a_head_sorts_by_keyboard_and_the_link_keeps_the_order(visit, expect):
    page = visit("index.html")
    button = page.locator("#ranking th button", has_text="mean spearman")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#ranking th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    highest = first_cells(page, "ranking")
    cells = page.locator("#ranking tbody tr:visible td:nth-child(3)").all_inner_texts()
    means = [float(cell.split()[0]) for cell in cells]
    assert means == sorted(means, reverse=True)
    assert "ranking.sort=2.descending" in page.url
    page.keyboard.press("Enter")
    ascending = first_cells(page, "ranking")
    assert ascending[0] != highest[0]
    again = visit(page.url.rpartition("/")[2])
    assert first_cells(again, "ranking") == ascending


def test_values_that_are_missing_are_last_in_either_direction(visit):
    page = visit("methods/snip.html")
    button = page.locator("#method-snip th button", has_text="stratified-kendall-params")
    for _ in range(2):
        button.click()
        cells = page.locator("#method-snip tbody tr td:nth-child(7)").all_inner_texts()
        assert cells[0] != "–"
        assert cells[-1] == "–"


def test_a_filter_and_hidden_columns_are_part_of_the_link(visit, expect):
    page = visit("matrix.html")
    table = page.locator("#matrix-spearman")
    table.get_by_label("Filter").fill("params")
    expect(table.locator("output")).to_have_text("5 of 50")
    table.locator("summary").click()
    table.get_by_label("pit-cifar100-plain").uncheck()
    again = visit(page.url.rpartition("/")[2])
    assert all("params" in name for name in first_cells(again, "matrix-spearman", 9))
    expect(again.locator("#matrix-spearman thead th", has_text="pit-cifar100")).to_be_hidden()
    expect(again.locator("#matrix-spearman thead th", has_text="nbbert")).to_be_visible()


def test_the_theme_is_chosen_once_for_all_pages(browser, site):
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(f"{site.as_uri()}/index.html")
    for _ in range(2):
        page.get_by_role("button", name="Theme").click()
    page.goto(f"{site.as_uri()}/methods/nsc.html")
    assert page.get_by_role("button", name="Theme").inner_text() == "Theme: dark"
    colour = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert colour == "rgb(20, 24, 29)"
    context.close()


def test_choices_leave_the_proxies_that_fit_and_say_when_evidence_is_too_little(visit, expect):
    page = visit("choose.html")
    expect(page.locator("section[data-family]:visible")).to_have_count(1)
    page.get_by_label("Networks are").select_option("recurrent network")
    page.get_by_label("May read").select_option("no data")
    expect(page.locator("#answer")).to_contain_text("1 space: too little to rank proxies")
    rows = page.locator("#choose-recurrent-network tbody tr:visible")
    assert {row.locator("td").last.inner_text() for row in rows.all()} == {"no data"}
    page.get_by_label("Milliseconds").fill("5")
    expect(page.locator("#answer")).to_contain_text("First is active_edges")
    again = visit(page.url.rpartition("/")[2])
    expect(again.locator("#answer")).to_contain_text("First is active_edges")


def test_a_link_compares_two_methods_and_swapping_them_turns_the_difference(visit, expect):
    page = visit("compare.html?a=nsc&b=meco_opt")
    row = page.locator("#comparison tbody tr", has_text="lts-gpt2")
    expect(page.locator("#answer")).to_contain_text(
        re.compile(r"nsc is ahead on \d+ of the \d+ boards")
    )
    expect(row.locator("td").nth(4)).to_have_text("0.121 [0.084, 0.167]")
    expect(page.locator("#answer")).to_contain_text("the interval lies above zero on")
    page.get_by_role("button", name="Swap").click()
    expect(row.locator("td").nth(4)).to_have_text("-0.121 [-0.167, -0.084]")
    assert "a=meco_opt&b=nsc" in page.url
    page.get_by_label("Metric").select_option("stratified-kendall")
    expect(page.locator("#comparison caption")).to_contain_text("stratified-kendall of meco_opt")


def test_the_networks_behind_values_and_behind_their_difference_stand_beside_each(visit, expect):
    page = visit("compare.html?a=nsc&b=meco_opt")
    heads = page.locator("#comparison thead th").all_inner_texts()
    assert heads[1] == "networks of the board"
    assert heads[5:7] == ["paired difference of spearman", "networks of the difference"]
    assert "difference" not in heads  # of values on the board, which may be other networks
    (board,) = (b for b in read_boards(RESULTS) if b.suite == "nb201-cifar10")
    cells = page.locator("#comparison tbody tr", has_text="nb201-cifar10-").locator("td")
    known = read_differences(RESULTS, read_overall(RESULTS))
    networks = str(known["nb201-cifar10-validation", "meco_opt", "nsc"].networks)
    expect(cells.nth(5)).to_have_text(networks)
    expect(cells.nth(0)).to_have_text(str(board.networks))


def test_a_link_to_what_the_site_lacks_says_so_and_shows_what_is_there(visit, expect):
    page = visit("compare.html?a=gone&b=nsc&metric=none")
    expect(page.locator("#answer")).to_contain_text("The link names gone, which this site lacks.")
    expect(page.locator("#comparison caption")).to_contain_text("spearman of")
    page.get_by_label("First").select_option("params")
    expect(page.locator("#answer")).to_contain_text(re.compile("^params is ahead"))
    page = visit("choose.html?family=gone")
    expect(page.locator("section[data-family]:visible")).to_have_count(1)


def test_a_key_leads_to_the_search_which_finds_methods_traps_and_tasks(visit, expect):
    page = visit("methods/nsc.html")
    page.keyboard.press("/")
    page.wait_for_url("**/search.html")
    expect(page.get_by_label("Find")).to_be_focused()
    page.keyboard.type("synflow proxy")
    results = page.locator(".results li:visible a")
    assert results.all_inner_texts()[0] == "synflow"
    results.first.click()
    expect(page.locator("h1")).to_have_text("synflow")
    traps = visit("search.html?q=darts-one-cell")
    traps.locator(".results li:visible a").first.click()
    expect(traps.locator("#darts-one-cell")).to_be_in_viewport()


def test_everything_but_the_comparison_can_be_read_without_scripts(visit, expect):
    page = visit("choose.html", java_script_enabled=False)
    expect(page.locator("section[data-family]:visible")).to_have_count(5)
    expect(page.locator("#choices")).to_be_hidden()
    page = visit("compare.html", java_script_enabled=False)
    expect(page.get_by_text("This page needs scripts")).to_be_visible()


def test_on_paper_a_board_fits_its_page(visit):
    page = visit("spaces/pit.html", viewport={"width": 1030, "height": 700})  # A4 across
    page.emulate_media(media="print")
    assert page.evaluate("() => document.documentElement.scrollWidth") == 1030


def test_on_paper_tables_are_whole_and_controls_are_gone(visit, expect):
    page = visit("index.html")
    page.emulate_media(media="print")
    expect(page.locator("nav")).to_be_hidden()
    expect(page.locator("#ranking .filter")).to_be_hidden()
    expect(page.locator("#ranking .scroll")).to_have_css("overflow-x", "visible")


def test_the_first_stop_of_the_keyboard_skips_to_the_content(visit, expect):
    page = visit("index.html")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
