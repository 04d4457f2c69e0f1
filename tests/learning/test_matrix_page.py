import json
import re

from harness.learning.transfer import Cell
from harness.learning.transfer_pair import Plan
from harness.metrics import UNBOUNDED, Defined, Estimate, Undefined, estimate_mean
from harness.reports.transfer import TransferMatrix, transfer_page, write_transfer

HOSTILE = "<script>window.hacked = 1</script>"


def cell(source: str, target: str, labels: int, mean: Estimate) -> Cell:
    return Cell(source=source, target=target, labels=labels, evaluated=20, mean=mean)


def mean(*values: float) -> Estimate:
    return estimate_mean([Defined(value=value) for value in values], UNBOUNDED)


CELLS = (
    cell("one", "one", 0, mean(0.9, 0.9)),
    cell("one", HOSTILE, 0, mean(0.1, 0.3)),
    cell(HOSTILE, "one", 0, estimate_mean([Undefined(reason="constant")], UNBOUNDED)),
    cell(HOSTILE, HOSTILE, 0, mean(0.8, 0.8)),
    cell("one", HOSTILE, 10, mean(0.5, 0.5)),
    cell(HOSTILE, "one", 10, mean(0.5, 0.5)),
)


def drawn(cells=CELLS) -> str:
    return transfer_page(TransferMatrix(cells=cells, predictor="ridge-graf", plan=Plan()))


def test_every_number_of_target_labels_has_a_picture_of_its_pairs():
    data = json.loads(re.search(r'id="data">(.*?)</script>', drawn(), re.DOTALL)[1])
    assert set(data["rows"]) == {"labels-0", "labels-10"}
    first = data["rows"]["labels-0"]
    assert [row["value"] for row in first] == [0.9, 0.2, None, 0.8]
    assert first[2]["text"] == "undefined: 1 of 1 repeats have no value: constant"


def test_a_pair_without_a_value_is_an_empty_cell_of_both_pictures(tmp_path):
    import vl_convert

    matrix = TransferMatrix(cells=CELLS, predictor="ridge-graf", plan=Plan())
    written = write_transfer(matrix, tmp_path)
    data = json.loads(re.search(r'id="data">(.*?)</script>', drawn(), re.DOTALL)[1])
    shown = {**data["charts"]["matrix"], "data": {"values": data["rows"]["labels-0"]}}
    (drawing,) = (path for path in written if path.suffix == ".svg")
    pictures = (vl_convert.vegalite_to_svg(shown), drawing.read_text())
    for picture in pictures:
        assert {">0.90<", ">0.20<"} <= set(re.findall(r">-?[0-9.]+<", picture))
        assert ">null<" not in picture


def test_a_row_s_name_is_shown_to_its_end():
    heads = re.findall(r'<th scope="row"[^>]*>', drawn())
    assert heads
    assert set(heads) == {'<th scope="row" class="words">'}


def test_the_page_says_facts_and_the_best_pair_of_two_tasks():
    html = drawn()
    assert "kendall of ridge-graf, learnt from 400 labels of the source" in html
    # A task with itself does not count; the only defined pair is the best and the worst.
    assert "Highest between two tasks: one to &lt;script&gt;" in html
    assert "0.200; lowest: one to" in html


def test_a_proxy_without_labels_is_no_task_to_learn_from():
    proxy = cell("tg_nas (no labels)", "one", 0, mean(0.99, 0.99))
    html = drawn([*CELLS, proxy])
    assert "tg_nas (no labels)" in html
    assert "Highest between two tasks: one to &lt;script&gt;" in html


def test_a_page_without_a_defined_pair_says_so():
    html = drawn(CELLS[:1])
    assert "No pair of two tasks has a value." in html


def test_a_hostile_name_of_a_task_is_text():
    assert drawn().count("<script") == 3  # data, library and the page's own
