from dataclasses import replace

import numpy as np
import pytest

from harness.core.deferred import Deferred
from harness.core.errors import UsageError
from harness.encodings import encoding
from harness.learning.leave_one_space_out import (
    LearntFrom,
    SpacesPlan,
    rank_by_scores,
)
from harness.learning.other_spaces import Reads, columns_read, rows_of_spaces
from harness.learning.space_rows import rows_over_spaces, smallest_told
from harness.metrics import Defined, Undefined
from harness.metrics.values import Estimate, Interval
from tests.learning.made_up_spaces import (
    PLAN,
    SINGLE,
    N,
    least_squares,
    line,
    ranked_by,
    rows_by_label,
    space,
    spaces,
)
from tests.scored_tables import scored_table


def traced_space(number, noise=0.1):
    """A space whose truth follows from a number of the traced networks; no proxy informs."""
    generator = np.random.default_rng(number)
    length, nothing = generator.normal(size=(2, N))
    truth = length + noise * generator.normal(size=N)
    table = scored_table(f"task{number}", f"space{number}", truth, {"nothing": nothing})
    return replace(table, traced=Deferred(lambda: {"traced: length": np.exp(length)}))


def means(ranked, labels):
    """Return the mean metric over tables and draws, by what was learnt from."""
    values = {}
    for each in ranked:
        if each.labels == labels:
            values.setdefault(each.contestant.learnt_from, []).extend(each.values)
    return {source: np.mean([value.value for value in own]) for source, own in values.items()}


def test_what_informs_everywhere_is_learnt_from_other_spaces_without_a_label(tmp_path):
    tables = [space(number, sign=0, noise=0.1) for number in range(4)]
    assert means(ranked_by(tables, tmp_path), 0)[LearntFrom.OTHERS] > 0.95


def test_numbers_of_traced_networks_are_learnt_from_other_spaces_by_their_ranks(tmp_path):
    tables = [traced_space(number) for number in range(4)]
    ranked = ranked_by(tables, tmp_path, plan=SpacesPlan(labels=(0,)))
    by_reads = {
        reads: [each for each in ranked if each.contestant.reads == reads] for reads in Reads
    }
    assert not by_reads[Reads.COUNTS]
    assert means(by_reads[Reads.TRACED], 0)[LearntFrom.OTHERS] > 0.95
    assert means(by_reads[Reads.ALL], 0)[LearntFrom.OTHERS] > 0.95
    assert abs(means(by_reads[Reads.PROXIES], 0)[LearntFrom.OTHERS]) < 0.4


def test_where_one_space_cannot_be_traced_no_predictor_reads_traced_networks(tmp_path):
    tables = [*[traced_space(number) for number in range(3)], space(3)]
    tables[-1] = replace(tables[-1], scores={"nothing": tables[-1].scores["informs"]})
    ranked = ranked_by(tables, tmp_path, plan=SpacesPlan(labels=(0,)))
    assert {each.contestant.reads for each in ranked} == {Reads.PROXIES}


def test_what_changes_its_sign_is_learnt_from_labels_of_the_space_alone(tmp_path):
    tables = spaces()
    ranked = ranked_by(tables, tmp_path)
    without, with_ten = means(ranked, 0), means(ranked, 10)
    # of the other five the sign that the judged one has not is three times there
    assert without[LearntFrom.OTHERS] < 0.4
    assert with_ten[LearntFrom.OTHERS] < 0.4
    assert with_ten[LearntFrom.LABELS] > 0.8
    assert with_ten[LearntFrom.BOTH] > 0.8


def test_both_read_what_other_spaces_say_as_one_more_column(tmp_path):
    given = []

    def constant(labelled, seed):
        given.append(labelled)
        return lambda inputs: np.arange(inputs.n) + labelled.labels.mean()

    (table, *_) = tables = [space(number) for number in range(3)]
    plan = SpacesPlan(labels=(10,), repeats=1)
    ranked = ranked_by(tables, tmp_path, line(fit=constant), plan=plan)
    # of other spaces, of the labels, of both, for each of three spaces
    others, labels, both = given[:3]
    assert [each.inputs.n for each in (others, labels, both)] == [80, 10, 10]
    assert both.labels.tolist() == labels.labels.tolist()
    assert set(others.inputs.subjects.space.split(" and ")) == {"space1", "space2"}
    drawn = [int(network.text.split("-")[1]) for network in labels.inputs.subjects.architectures]
    ranks = np.argsort(np.argsort(table.truth[drawn]))
    assert np.argsort(np.argsort(labels.labels)).tolist() == ranks.tolist()
    features = both.inputs.features
    assert features.columns[-1] == "other spaces:prediction"
    assert features.values[:, :-1].tolist() == labels.inputs.features.values.tolist()
    # all networks of the table are predicted in its order, in seven digits
    said = np.array(drawn) + others.labels.mean()
    assert features.values[:, -1] == pytest.approx(said, abs=1e-5)
    assert {each.contestant.learnt_from for each in ranked} == {
        LearntFrom.OTHERS, LearntFrom.LABELS, LearntFrom.BOTH,
    }  # fmt: skip


def test_who_believes_other_spaces_alone_ranks_as_they_do(tmp_path):
    def believing(labelled, seed):
        if labelled.inputs.features.columns[-1] == "other spaces:prediction":
            return lambda inputs: inputs.features.values[:, -1]
        return least_squares(labelled, seed)

    ranked = ranked_by(spaces(), tmp_path, line(fit=believing), plan=SpacesPlan(labels=(10,)))
    values = {
        (each.task, each.contestant.learnt_from): [value.value for value in each.values]
        for each in ranked
    }
    for table in spaces():
        others = values[table.task, LearntFrom.OTHERS]
        assert values[table.task, LearntFrom.BOTH] == pytest.approx(others, abs=1e-3)
        assert values[table.task, LearntFrom.LABELS] != pytest.approx(others, abs=1e-3)


class Recording:
    """A line that keeps what it was asked to predict, with its answers."""

    def __init__(self):
        self.asked = []

    def fit(self, labelled, seed):
        predict = least_squares(labelled, seed)

        def recorded(inputs):
            texts = [network.text for network in inputs.subjects.architectures]
            learnt = [network.text for network in labelled.inputs.subjects.architectures]
            self.asked.append((learnt, texts, predict(inputs)))
            return self.asked[-1][2]

        return recorded


def test_the_truth_of_the_judged_space_changes_no_prediction_without_labels(tmp_path):
    first, *others = spaces()
    shuffled = np.random.default_rng(9).permutation(first.truth)
    plan = SpacesPlan(labels=(0,))
    answers = []
    for number, truth in enumerate((first.truth, shuffled)):
        recording = Recording()
        judged = replace(first, truth=truth)
        folder = tmp_path / str(number)
        ranked_by([judged, *others], folder, line(fit=recording.fit), plan=plan)
        answers.append(recording.asked[0])
    assert answers[0][1] == list(first.architectures)
    assert np.array_equal(answers[0][2], answers[1][2])


def test_truth_outside_the_labels_changes_no_prediction_with_labels(tmp_path):
    first, *others = spaces()
    plan = SpacesPlan(labels=(10,), repeats=1)
    recording = Recording()
    ranked_by([first, *others], tmp_path / "0", line(fit=recording.fit), plan=plan)
    (_, _, _), (learnt, _, by_labels), (_, _, by_errors) = recording.asked[:3]
    outside = [text not in learnt for text in first.architectures]
    changed = first.truth.copy()
    changed[outside] = np.random.default_rng(9).permutation(changed[outside])
    again = Recording()
    judged = replace(first, truth=changed)
    ranked_by([judged, *others], tmp_path / "1", line(fit=again.fit), plan=plan)
    assert np.array_equal(by_labels, again.asked[1][2])
    assert np.array_equal(by_errors, again.asked[2][2])


def test_labelled_networks_are_not_evaluated(tmp_path):
    recording = Recording()
    ranked_by(spaces(), tmp_path, line(fit=recording.fit))
    assert all(not set(learnt) & set(texts) for learnt, texts, _ in recording.asked)


def test_kin_are_left_out_together(tmp_path):
    recording = Recording()
    tables = [space(0, kin="x"), space(1, kin="x"), space(2), space(3)]
    plan = SpacesPlan(labels=(0,))
    ranked_by(tables, tmp_path, line(fit=recording.fit), plan=plan)
    for learnt, texts, _ in recording.asked:
        (judged,) = {text.split("-")[0] for text in texts}
        learnt_tasks = {text.split("-")[0] for text in learnt}
        assert not learnt_tasks & ({"task0", "task1"} if judged in ("task0", "task1") else {judged})


def test_every_space_gives_forty_networks_whatever_it_has():
    small = scored_table("small", "small", np.arange(15.0), {"a": np.arange(15.0)})
    rows = {
        part.table.task: part.indices
        for part in rows_of_spaces([small, space(1), space(2, kin="x"), space(3, kin="x")], 0)
    }
    assert {task: len(indices) for task, indices in rows.items()} == {
        "small": 40, "task1": 40, "task2": 20, "task3": 20,
    }  # fmt: skip
    assert set(np.bincount(rows["small"])) == {2, 3}
    assert len(set(rows["task2"].tolist())) == 20


def test_features_are_the_judged_tables_that_half_of_the_others_have():
    judged = space(0)
    scores = dict.fromkeys(("informs", "flops", "tg_nas", "rare"), judged.scores["informs"])
    judged = replace(judged, scores=scores)
    others = [replace(space(n), scores=scores) for n in (1, 2)]
    without = {name: values for name, values in scores.items() if name != "rare"}
    others += [replace(space(n), scores=without) for n in (3, 4, 5)]
    assert columns_read(judged, others, Reads.PROXIES) == ("flops", "informs")
    assert columns_read(judged, others, Reads.COUNTS) == ("flops",)
    assert columns_read(judged, others[:4], Reads.PROXIES) == ("flops", "informs", "rare")


def test_a_score_that_is_missing_is_missing_and_the_rest_are_ranked_without_it(tmp_path):
    seen = []

    def fit(labelled, seed):
        seen.append(labelled.inputs.features.values)
        return lambda inputs: np.arange(inputs.n, dtype=np.float64)

    first, *others = (space(number) for number in range(3))
    scores = {name: values.copy() for name, values in first.scores.items()}
    scores["turns"][3] = np.nan
    plan = SpacesPlan(labels=(30,), repeats=1)
    ranked_by([replace(first, scores=scores), *others], tmp_path, line(fit=fit), plan=plan)
    labelled = seen[1][:, 1]
    assert np.isnan(labelled).sum() <= 1
    assert np.nanmax(np.abs(labelled)) < 2.3  # of 39 ranks the last is the quantile 38.5 / 39


def test_a_predictor_of_an_order_learns_from_other_spaces_too(tmp_path):
    tables = [space(number, sign=0, noise=0.1) for number in range(4)]
    ranked = ranked_by(tables, tmp_path, line(in_unit=False))
    assert means(ranked, 0)[LearntFrom.OTHERS] > 0.95


def test_a_table_with_too_few_networks_left_has_no_value(tmp_path):
    few = scored_table("few", "few", np.arange(19.0), space(0).scores | {})
    few = replace(few, scores={name: values[:19] for name, values in few.scores.items()})
    tables = [few, *spaces()]
    ranked = ranked_by(tables, tmp_path)
    assert {each.labels for each in ranked if each.task == "few"} == {0}


def test_a_fit_is_not_repeated(tmp_path):
    recording, again = Recording(), Recording()
    first = ranked_by(spaces(), tmp_path, line(fit=recording.fit))
    second = ranked_by(spaces(), tmp_path, line(fit=again.fit))
    assert first == second
    assert not again.asked


def test_a_failed_fit_counts_as_nothing_learnt_and_is_counted(tmp_path):
    def fit(labelled, seed):
        raise ValueError("nothing to learn")

    tables = spaces()
    ranked = ranked_by(tables, tmp_path, line(fit=fit))
    assert all(each.failed == len(each.values) for each in ranked)
    proxies = [
        each
        for table in tables
        for each in rank_by_scores(SINGLE, table, table.scores["informs"], PLAN)
    ]
    rows = rows_over_spaces([*ranked, *proxies], tables, 100, 0)
    own = [row for row in rows if row.contestant.name == "line"]
    assert {row.mean.value.value for row in own} == {0.0}


def test_scores_are_ranked_on_what_predictors_are_evaluated_on(tmp_path):
    recording = Recording()
    tables = spaces()
    ranked_by(tables, tmp_path, line(fit=recording.fit))
    evaluated = recording.asked[1][1]
    truth = tables[0].truth
    only = np.array([text in evaluated for text in tables[0].architectures])
    # a score that is right on what is evaluated and wrong elsewhere
    scores = np.where(only, truth, -truth)
    plan = replace(PLAN, labels=(10,), repeats=1)
    (each,) = rank_by_scores(SINGLE, tables[0], scores, plan)
    assert each.values == (Defined(value=1.0),)


def test_who_has_no_score_comes_last():
    table = space(0)
    scores = table.truth.copy()
    worst, best = np.argmin(table.truth), np.argmax(table.truth)
    plan = SpacesPlan(labels=(0,))
    scores[worst] = np.nan
    (each,) = rank_by_scores(SINGLE, table, scores, plan)
    assert each.values[0] == Defined(value=pytest.approx(1.0))
    scores[best] = np.nan
    (each,) = rank_by_scores(SINGLE, table, scores, plan)
    assert each.values[0].value < 0.9


def test_leads_are_over_the_best_proxy_and_gains_over_the_same_predictor(tmp_path):
    tables = spaces()
    ranked = ranked_by(tables, tmp_path)
    for name in ("informs", "turns"):
        proxy = replace(SINGLE, name=name)
        for table in tables:
            ranked += rank_by_scores(proxy, table, table.scores[name], PLAN)
    rows = rows_by_label(ranked, tables)
    best, worse = rows["informs", 10], rows["turns", 10]
    assert best.lead.value.value == 0
    assert worse.lead.value.value < 0
    alone, both = rows["line (proxies; labels)", 10], rows["line (proxies; both)", 10]
    others = rows["line (proxies; other spaces)", 10]
    assert alone.lead.value.value == pytest.approx(alone.mean.value.value - best.mean.value.value)
    assert not alone.gains
    assert both.gains[LearntFrom.LABELS].value.value == pytest.approx(
        both.mean.value.value - alone.mean.value.value
    )
    assert both.gains[LearntFrom.OTHERS].interval.low > 0
    assert set(both.gains) == {LearntFrom.LABELS, LearntFrom.OTHERS}
    assert others.mean.value.value == pytest.approx(np.mean(list(others.values.values())))


def test_a_proxy_without_scores_of_a_table_counts_nothing_there():
    tables = spaces()
    plan = SpacesPlan(labels=(0,))
    ranked = [
        each for table in tables[:3] for each in rank_by_scores(SINGLE, table, table.truth, plan)
    ]
    everywhere = replace(SINGLE, name="everywhere")
    for table in tables:
        ranked += rank_by_scores(everywhere, table, table.scores["informs"], plan)
    rows = rows_by_label(ranked, tables)
    assert rows["informs", 0].mean.value.value == pytest.approx(0.5)
    assert len(rows["informs", 0].values) == 3


def test_what_is_told_follows_from_the_width_of_the_interval():
    of_four = Estimate(value=Defined(value=1.0), interval=Interval(low=0, high=3.92, level=0.95))
    # of very many spaces 1.96 and .84 standard errors of 1, of thirteen 2.179 and .873 of .9
    assert smallest_told(of_four, 10**6) == pytest.approx(2.802, abs=1e-3)
    assert smallest_told(of_four, 13) == pytest.approx(3.92 * 3.0514 / 4.3576, abs=1e-3)
    none = Estimate(value=Defined(value=1.0), interval=Undefined(reason=""))
    assert smallest_told(none, 13) is None


@pytest.mark.parametrize(
    ("tables", "predictor", "message"),
    [
        (spaces()[:2], line(), "takes tables of 3 spaces, and there are tables of space0, space1"),
        (spaces(), line(encoding=encoding("graf")), "line reads graf, and only scores of proxies"),
        (
            [replace(t, scores={f"p{n}": t.truth}) for n, t in enumerate(spaces())],
            line(),
            "no proxy has scores of all of these spaces",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(tables, predictor, message, tmp_path):
    with pytest.raises(UsageError, match=message):
        ranked_by(tables, tmp_path, predictor)


@pytest.mark.parametrize("labels", [(), (1,), (-2,)])
def test_numbers_of_labels_are_none_or_at_least_two(labels):
    with pytest.raises(UsageError, match="give numbers, 0 or at least 2 each"):
        SpacesPlan(labels=labels)
