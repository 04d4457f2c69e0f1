"""What figures have to hold, and the form of the file."""

import json

import pytest
from pydantic import ValidationError

from tests.gpu.figures import (
    FIGURES,
    Agreement,
    Events,
    Finding,
    Golden,
    GoldenValue,
    InFlight,
    Machine,
    Memory,
    OutOfMemory,
    PassTime,
    Ranking,
    SuiteRun,
    Workers,
)
from tests.gpu.report import Report, StepReport


def value(found, allowed=None):
    return GoldenValue(network="plain", proxy="snip", expected=-2.0, found=found, allowed=allowed)


def agreement(spearman, differ=0):
    return Agreement(
        proxy="snip",
        n=50,
        spearman=spearman,
        median_difference=0.0,
        largest_difference=0.1,
        outcomes_differ=differ,
    )


def times(*pieces, whole_s=1.0):
    made = [PassTime(name=n, calls=c, wall_s=w, gpu_s=g) for n, c, w, g in pieces]
    return Events(images=8, networks=1, whole_s=whole_s, pieces=made)


def paces(*pairs):
    made = [Workers(workers=n, cells=40, whole_s=20.0, per_s=pace) for n, pace in pairs]
    return InFlight(workers=made, largest_difference=0.0)


NO_FAULT = Finding(verdict="good", what="GPU 0", found="H200")
FAULT = Finding(verdict="bad", what="GPU 0", found="cannot compute")
MANY = {"cells": 8, "seconds": 3.0, "proxies": ["snip"]}


@pytest.mark.parametrize(
    ("figures", "holds"),
    [
        (Machine(findings=[NO_FAULT]), [True]),
        (Machine(findings=[NO_FAULT, FAULT]), [False]),
        (Golden(values=[value(-2.001)]), [True]),
        (Golden(values=[value(-2.0), value(-2.003)]), [False]),
        (Golden(values=[value(0.0, allowed=2.0)]), [True]),
        (Golden(values=[value(1.0, allowed=2.0)]), [False]),
        (Ranking(proxies=[agreement(1.0), agreement(None)]), [True, True]),
        (Ranking(proxies=[agreement(1.0), agreement(0.999)]), [False, True]),
        (Ranking(proxies=[agreement(1.0, differ=1)]), [True, False]),
        (OutOfMemory(outcomes=["scored", "out-of-memory", "scored"], kept_bytes=0), [True, True]),
        (OutOfMemory(outcomes=["scored", "raised", "scored"], kept_bytes=2**26), [False, False]),
        (OutOfMemory(outcomes=["scored", "out-of-memory"], kept_bytes=None), [False, None]),
        (Memory(asked_bytes=1000, seen_bytes=1010), [True]),
        (Memory(asked_bytes=1000, seen_bytes=1011), [False]),
        (Memory(asked_bytes=1000, seen_bytes=999), [False]),
        (times(("a", 1, 0.6, 0.59), ("b", 1, 0.4, 0.39)), [True, True]),
        (times(("a", 1, 0.6, 0.6), ("b", 1, 0.4, 0.37)), [True, False]),
        (times(("a", 1, 0.98, 0.94), ("b", 100, 0.1, 0.0)), [False, True]),
        (times(("a", 100, 1.0, 1.0)), [True, False]),  # none is long
        (InFlight(largest_difference=0.0), [True]),
        (InFlight(largest_difference=1e-9), [False]),
        (SuiteRun(**MANY, scored=8, finished=True), [True, True]),
        (SuiteRun(**MANY, scored=5, finished=False), [False, False]),
        (SuiteRun(**MANY, scored=5, finished=True, failures={"snip": 3}), [True, False]),
    ],
    ids=lambda case: type(case).__name__ if not isinstance(case, list) else None,
)
def test_figures_hold_what_they_have_to(figures, holds):
    assert [check.holds for check in figures.checks()] == holds


def test_the_worst_is_named():
    (check,) = Golden(values=[value(-2.0), value(-2.2), value(-2.1)]).checks()
    assert check.found == pytest.approx(0.1)
    assert check.what == "golden values within 0.001, worst: snip on plain"
    _, check = times(("a", 1, 0.5, 0.5), ("b", 1, 0.5, 0.4)).checks()
    assert (check.what, check.found) == ("and of each long pass, worst: b", pytest.approx(-0.2))


def test_what_a_device_does_not_have_neither_holds_nor_fails():
    on_cpu = [times(("a", 1, 1.0, None)), Memory(asked_bytes=8), InFlight()]
    assert [check.holds for figures in on_cpu for check in figures.checks()] == [None] * 3


@pytest.mark.parametrize("name", [name for name in FIGURES if name != "run"])
def test_a_step_that_was_cut_before_its_first_figure_claims_nothing(name):
    assert {check.holds for check in FIGURES[name]().checks()} == {None}


def test_the_most_networks_a_second_are_the_best():
    assert paces((1, 2.0), (8, 9.0), (16, 7.0), (4, None)).best == 8
    assert InFlight().best == 1


def test_a_report_is_read_as_it_was_written_and_nothing_else_is():
    step = StepReport(
        name="in_flight",
        status="done",
        seconds=2.0,
        limit_s=9.0,
        figures=paces((1, 2.0)),
        checks=paces((1, 2.0)).checks(),
    )
    written = Report(device="cuda", small=False, steps=[step]).model_dump_json()
    assert Report.model_validate_json(written) == Report(device="cuda", small=False, steps=[step])
    changed = json.loads(written)
    changed["steps"][0]["figures"]["workers"][0]["per_minute"] = 120
    with pytest.raises(ValidationError, match="per_minute"):
        Report.model_validate(changed)


def test_broken_is_what_does_not_hold_and_what_did_not_end():
    def step(name, status, figures):
        return StepReport(
            name=name,
            status=status,
            seconds=1.0,
            limit_s=1.0,
            reason="cut after 1 s" if status == "cut" else "",
            figures=figures,
            checks=figures.checks(),
        )

    steps = [
        step("golden", "done", Golden(values=[value(-3.0)])),
        step("memory", "cut", Memory()),
        step("in_flight", "done", InFlight(largest_difference=0.0)),
    ]
    assert Report(device="cuda", small=False, steps=steps).broken == [
        "memory: cut after 1 s",
        "golden: golden values within 0.001, worst: snip on plain (0.5)",
    ]
