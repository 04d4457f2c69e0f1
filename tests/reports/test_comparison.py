import json

from harness.evaluation import Procedure, compare_sides
from harness.reports.comparison import ComparisonTables
from tests.evaluation.test_comparison import noisy, side

QUICK = Procedure(names=("spearman",), resamples=200)


def compared(first, second, tasks=("t0",)):
    return compare_sides(side("A", first, tasks=tasks), side("B", second, tasks=tasks), QUICK)


def tables(comparisons):
    return ComparisonTables(title="A: x, B: y", comparisons=comparisons, level=0.95, resamples=200)


def page(comparisons):
    return tables(comparisons).markdown


def test_the_page_holds_values_difference_agreement_and_architectures():
    text = page(compared({"x": noisy(1)}, {"y": noisy(2)}))
    assert text.startswith("# A: x, B: y\n\n## Quality\n")
    assert "| task | metric | A | B | A - B [95%] | p | p (Holm) |" in text
    assert "| t0 | spearman | " in text
    assert "| both scored | only A | only B | cost A / B |" in text
    assert "No cost ratio: no architecture has a cost of both." in text
    assert "## Where A and B disagree most, of 40 architectures" in text


def test_tasks_of_equal_architectures_share_a_table_with_a_column_of_truth_each():
    text = page(compared({"x": noisy(1)}, {"y": noisy(2)}, tasks=("t0", "t1")))
    assert text.count("## Where A and B disagree") == 1
    assert "| architecture | place by A | place by B | t0 | t1 |" in text


def test_several_pairs_are_named_and_their_architectures_left_out():
    columns = {"x": noisy(1), "y": noisy(2)}
    text = page(compared(columns, {"x": noisy(3), "y": noisy(4)}))
    assert "| task | plugin | metric |" in text
    assert "| t0 | y | spearman |" in text
    assert "disagree" not in text


def test_too_few_resamples_for_the_correction_are_said():
    comparisons = compared(
        {"x": noisy(1)}, {"y": noisy(2)}, tasks=("t0", "t1", "t2", "t3", "t4", "t5")
    )
    # 2 / 201 for each of six rows: 0.0597.
    assert "With 200 resamples and 6 rows no corrected p can be below 0.06" in page(comparisons)
    assert "no corrected p" not in page(comparisons[:5])


def test_an_undefined_difference_says_why():
    text = page(compared({"x": [1.0] * 40}, {"y": noisy(2)}))
    assert "| undefined: first: constant scores |  |  |" in text


def test_the_json_is_unrounded_and_gives_reasons_for_what_is_undefined():
    (comparison,) = compared({"x": noisy(1)}, {"y": [1.0] * 40})
    (shown,) = json.loads(json.dumps(tables([comparison]).json))
    metric = shown["metrics"]["spearman"]
    assert metric["first"]["value"] == comparison.contrasts[0].first.value.value
    assert metric["difference"] == {"undefined": "second: constant scores"}
    assert shown["cost_ratio"] == {"undefined": "no architecture has a cost of both"}
    assert shown["both_scored"] == 40
    assert len(shown["disagreements"]) == 5
