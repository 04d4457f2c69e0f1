"""NAS-Bench-NLP: trainings that failed, lists of another length, and numbers of two recipes."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.core.errors import DataError
from harness.truth.locate import Content
from harness.truth.readers import nas_bench_nlp
from harness.truth.unit import Unit
from tests.truth.test_readers import content_of, read
from tests.truth.upstream import SAMPLES
from tests.truth.upstream_text import GATED, RNN

LOG = {"recepie_id": 7, "recepie": RNN, "status": "OK", "test_losses": [5.0] * 50}


def archived(*logs: object) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number, log in enumerate(logs):
            archive.writestr(f"{number}.json", json.dumps(log))
    return stream.getvalue()


def reading_of(*logs: object, column: str = "test_losses") -> nas_bench_nlp.Reading:
    sample = replace(SAMPLES["nlp logs"], data=archived(*logs), arguments={"column": column})
    return read(sample)


def test_a_training_time_is_the_sum_of_its_epochs() -> None:
    reading = reading_of(LOG | {"wall_times": [2.0] * 49 + [102.0]}, column="wall_times")
    assert reading.values == {RNN: 200.0}


@pytest.mark.parametrize(
    ("logs", "message"),
    [
        ([LOG | {"status": "Exception"}], r"logs\.zip, 0\.json: status 'Exception'"),
        ([LOG | {"test_losses": [5.0] * 49}], "0.json, test_losses: expected 50 epochs, found 49"),
        ([LOG | {"test_losses": [5.0] * 49 + ["5"]}], "test_losses: expected a number, found '5'"),
        ([LOG | {"test_losses": [float("nan")] * 50}], "test_losses: expected a finite number"),
        ([LOG, LOG | {"recepie": GATED}], r"1\.json: recepie_id 7 stands for another recipe"),
        ([LOG | {"recepie_id": "7"}], r"0\.json: expected a recepie_id, found '7'"),
        ([LOG | {"recepie": {}}], r"0\.json: expected an object with a recepie"),
        ([LOG | {"recepie": RNN.replace("linear", "conv")}], r"0\.json: .*operation 'conv'"),
        ([[LOG]], r"0\.json: expected an object with a recepie"),
    ],
)
def test_a_log_that_is_none_is_refused_at_its_place(logs: list[object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        reading_of(*logs)


def test_proxies_have_one_score_of_a_recipe_that_was_trained_twice() -> None:
    scores = nas_bench_nlp.read_scores(content_of(SAMPLES["nlp csv"]), {})
    assert scores == {"Activation Distance": {RNN: 431.5}}


def test_two_scores_of_one_recipe_are_refused() -> None:
    sample = SAMPLES["nlp csv"]
    other = replace(sample, data=sample.data.replace(b"6.1,431.5", b"6.1,431.25"))
    with pytest.raises(DataError, match=r"row 4, column Activation Distance: 431\.25, and 431\.5"):
        nas_bench_nlp.read_scores(content_of(other), {})


def test_a_csv_without_its_logs_is_refused(make_content: Callable[..., Content]) -> None:
    content = make_content(SAMPLES["nlp csv"].data, "RNN_results.csv")
    with pytest.raises(DataError, match="was given"):
        nas_bench_nlp.read(content, {"column": "loss"}, Unit.NATS)
    with pytest.raises(DataError, match="was given"):
        nas_bench_nlp.read_scores(content, {})
