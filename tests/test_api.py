import pytest

import harness


def spread(network, images, labels):
    return network(images).std().item()


def test_a_plain_function_is_evaluated_beside_known_plugins(tmp_path):
    frame = harness.evaluate(
        spread, "smoke", beside=("grad_norm",), sample=6, results=tmp_path, workers=0
    )
    assert set(frame["plugin"]) == {"spread", "grad_norm"}
    assert set(frame["task"]) == {"nb201-analog-baseline", "nb201-analog-ptq"}
    assert (frame["scored"] == 6).all()


def test_a_function_that_was_edited_is_scored_anew(tmp_path):
    def proxy(network, images, labels):
        return 1.0

    def evaluate(function):
        function.__name__ = "proxy"
        return harness.evaluate(function, "smoke", beside=(), sample=4, results=tmp_path, workers=0)

    def other(network, images, labels):
        return 2.0 + float(images.sum())

    assert evaluate(proxy)["key"][0] != evaluate(other)["key"][0]


def test_a_name_that_is_taken_is_refused(tmp_path):
    from harness.core.errors import UsageError

    def synflow(network, images, labels):
        return 1.0

    with pytest.raises(UsageError, match="is named 'synflow' like the one of"):
        harness.evaluate(synflow, "smoke", results=tmp_path)
