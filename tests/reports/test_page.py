import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest

from harness.reports.page import page
from tests.reports.boards import HOSTILE, board_of, varied
from tests.score_tables import computed, method


class Elements(HTMLParser):
    """Start tags with their attributes, and the text of each script."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.scripts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data):
        if self.cdata_elem == "script":
            self.scripts[-1] += data

    def of(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def text():
    tasks = varied()
    return page(board_of(tasks), tasks)


@pytest.fixture(scope="module")
def elements(text):
    return Elements(text)


@pytest.fixture(scope="module")
def data(elements):
    return json.loads(elements.scripts[0])


def test_equal_records_give_equal_bytes(text):
    tasks = varied()
    assert page(board_of(tasks), tasks) == text


def test_the_page_refers_to_nothing_outside_itself(elements):
    for _, attributes in elements.tags:
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            assert attributes.get(name, "#").startswith(("#", "data:"))
    assert "@import" not in elements.scripts[0]


def test_the_policy_allows_the_scripts_of_the_page_alone(elements):
    (policy,) = (
        element["content"]
        for element in elements.of("meta")
        if element.get("http-equiv") == "Content-Security-Policy"
    )
    digests = [hashlib.sha256(script.encode()).digest() for script in elements.scripts[1:]]
    allowed = re.findall(r"'sha256-([^']+)'", policy)
    assert allowed == [base64.b64encode(digest).decode() for digest in digests]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy


def test_a_hostile_name_adds_no_element_and_survives_as_text(elements, data):
    # One script of data, one of the library and one of the page: none of a name.
    assert len(elements.of("script")) == 3
    assert HOSTILE in data["cohorts"][0]["scores"]
    assert HOSTILE in [row.get("data-plugin") for row in elements.of("tr")]


def test_tasks_with_the_same_scores_share_their_architectures(data):
    assert len(data["cohorts"]) == 1
    assert len(data["cohorts"][0]["architectures"]) == 40
    assert {scatter["cohort"] for scatter in data["scatters"].values()} == {0}
    assert data["scatters"]["task-a"]["truth"] != data["scatters"]["task-b"]["truth"]


def test_a_missing_score_is_missing_rather_than_a_number(data):
    assert data["cohorts"][0]["scores"]["partly"][:2] == [None, 1.0]


def test_a_leaderboard_of_one_plugin_has_a_page():
    tasks = [computed([method("alone", [1.0, 2.0, 3.0, 5.0])], [1.0, 2.0, 4.0, 3.0])]
    text = page(board_of(tasks), tasks)
    assert "alone" in text
    assert "No two plugins have a correlation." in text


def test_a_plugin_without_any_score_is_in_a_table_and_in_no_chart():
    methods = [method("some", [1.0, 2.0, 3.0]), method("none", [None] * 3)]
    tasks = [computed(methods, [1.0, 2.0, 4.0])]
    parsed = Elements(page(board_of(tasks), tasks))
    assert [row["data-plugin"] for row in parsed.of("tr") if "data-plugin" in row] == [
        "some",
        "none",
    ]
    assert [
        option["value"] for option in parsed.of("option") if option["value"] in ("some", "none")
    ] == ["some"]
    rows = json.loads(parsed.scripts[0])["rows"]
    assert "none" not in {row["row"] for row in rows["redundancy task-a"]}


def test_the_head_names_population_batch_and_environment(text):
    head = text[: text.index("</header>")]
    for fact in ("all/40@0", "0123456789abcdef", "noise:8", "machine-1"):
        assert fact in head


def test_every_identifier_is_used_once(elements):
    identifiers = [attributes["id"] for _, attributes in elements.tags if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))


def test_every_reference_to_an_identifier_has_its_element(elements):
    identifiers = {attributes["id"] for _, attributes in elements.tags if "id" in attributes}
    referred = [link["href"].removeprefix("#") for link in elements.of("a")]
    referred += [
        attributes["aria-labelledby"]
        for _, attributes in elements.tags
        if "aria-labelledby" in attributes
    ]
    assert set(referred) <= identifiers


@pytest.mark.parametrize("name", ["front", "redundancy", "scatter", "standings"])
def test_every_specification_compiles_without_a_warning(data, name, capfd):
    import vl_convert

    rows = next(
        (rows for key, rows in data["rows"].items() if key.startswith(name)),
        [{"x": 1, "y": 1, "architecture": "a", "score": 1, "rank": 1}],
    )
    spec = {**data["charts"][name], "data": {"values": rows}}
    assert vl_convert.vegalite_to_svg(spec).startswith("<svg")
    assert "WARN" not in "".join(capfd.readouterr())
