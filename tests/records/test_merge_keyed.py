"""Fits of predictors and seeds of operation scorers are merged as scores are."""

import numpy as np
import pytest

from harness.core.errors import DataError, UsageError
from harness.records.fit import FITS, FitFailed, FitRecord, Predicted, fits_path
from harness.records.merge import merge
from harness.records.operation_seed import (
    OPERATION_SEEDS,
    OPERATION_SEEDS_PATH,
    Decided,
    FailedSeed,
    OperationSeed,
    StoredStep,
)
from harness.records.store import Store

FITS_PATH = fits_path("a-task")


def fit(key="k", predictor="ridge:1:0", *values: float, failed=False):
    predicted = Predicted.of(np.array(values or (1.0, 2.0)), 0.5, 0.5)
    return FitRecord(
        key=key,
        predictor=predictor,
        task="a-task",
        repeat=0,
        labels=2,
        evaluated=2,
        draw="d",
        features="f",
        environment="",
        result=FitFailed(reason="too few") if failed else predicted,
    )


def seed(key="k", scorer="darts:1:0", value=1.0, failed=False):
    step = StoredStep(fixed={}, scores={"edge": {"skip": value}}, decided="edge", kept=("skip",))
    decided = Decided(steps=(step,), at_once=None, derived=None)
    return OperationSeed(
        key=key,
        scorer=scorer,
        measure="",
        supernet="s",
        dataset="cifar10",
        conditions="c",
        seed=0,
        environment="",
        passes=1,
        measure_s=0.5,
        wall_s=0.5,
        result=FailedSeed(reason="raised") if failed else decided,
    )


LOGS = {fit: (FITS_PATH, FITS), seed: (OPERATION_SEEDS_PATH, OPERATION_SEEDS)}


@pytest.fixture(params=[fit, seed], ids=["fits", "seeds"])
def make(request):
    return request.param


@pytest.fixture
def folder(tmp_path, environment, make):
    def write(name, *records):
        store = Store(tmp_path / name)
        with store.writing(store.log(*LOGS[make]), environment) as log:
            for record in records:
                log.append(record.model_copy(update={"environment": environment.key}))
        return tmp_path / name

    return write


def keys_in(folder, make):
    return [record.key for record in Store(folder).log(*LOGS[make]).read()]


def test_two_folders_become_one_and_again_changes_no_byte(folder, make, environment, tmp_path):
    parts = [folder("one", make("a"), make("b")), folder("two", make("b"), make("c"))]
    done = merge(parts, tmp_path / "whole")
    assert (done.added, done.present) == (3, 1)
    assert keys_in(tmp_path / "whole", make) == ["a", "b", "c"]
    assert Store(tmp_path / "whole").environments() == {environment.key: environment}
    before = (tmp_path / "whole" / LOGS[make][0]).read_bytes()
    assert merge(parts, tmp_path / "whole").added == 0
    assert (tmp_path / "whole" / LOGS[make][0]).read_bytes() == before


def test_a_result_is_kept_rather_than_a_failure(folder, make, tmp_path):
    merge([folder("one", make(failed=True)), folder("two", make())], tmp_path / "whole")
    records = {record.key: record for record in Store(tmp_path / "whole").log(*LOGS[make]).read()}
    assert records["k"].result.status in ("predicted", "decided")
    assert merge([folder("three", make(failed=True))], tmp_path / "whole").added == 0


def test_another_version_of_a_plugin_is_refused(folder, make, tmp_path):
    parts = [folder("one", make("a", "p:1:0")), folder("two", make("b", "p:2:0"))]
    with pytest.raises(UsageError, match=r"two holds p as p:2:0, .*one as p:1:0"):
        merge(parts, tmp_path / "whole")
    assert not (tmp_path / "whole").exists()


def test_different_results_with_one_key_are_refused(folder, make, tmp_path):
    other = fit("k", "ridge:1:0", 1.0, 2.5) if make is fit else seed(value=1.1)
    with pytest.raises(UsageError, match="has two results with the key k"):
        merge([folder("one", make()), folder("two", other)], tmp_path / "whole")
    assert not (tmp_path / "whole").exists()


def test_results_that_differ_as_processors_do_are_one_result(folder, make, tmp_path):
    # 2.0 and 2.001, 1.0 and 1.0005 differ by a twentieth of a per cent; a tenth is allowed.
    other = fit("k", "ridge:1:0", 1.0, 2.001) if make is fit else seed(value=1.0005)
    assert merge([folder("one", make()), folder("two", other)], tmp_path / "whole").present == 1


def test_a_damaged_line_is_refused_by_file_and_number(folder, make, tmp_path):
    source = folder("one", make())
    log = source / LOGS[make][0]
    log.write_text(log.read_text().replace('"key":"k"', '"key":"j"'))
    with pytest.raises(DataError, match=r"\.jsonl:1: the record is damaged"):
        merge([source], tmp_path / "whole")
    assert not (tmp_path / "whole").exists()


def test_an_environment_that_nobody_describes_is_refused(folder, make, tmp_path):
    source = folder("one", make())
    for path in (source / "environments").iterdir():
        path.unlink()
    with pytest.raises(DataError, match="no folder describes the environment"):
        merge([source], tmp_path / "whole")


def test_environments_of_version_0_1_are_found(folder, make, environment, tmp_path):
    source = folder("one", make())
    (source / LOGS[make][0]).parent.mkdir(exist_ok=True)
    old = source / ("learning" if make is fit else "operations") / "environments"
    (source / "environments").rename(old)
    merge([source], tmp_path / "whole")
    assert Store(tmp_path / "whole").environments() == {environment.key: environment}
