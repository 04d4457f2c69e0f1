import itertools
import os
from dataclasses import replace
from pathlib import Path

import pytest
from torch import nn

from harness.batches.drawing import BatchRequest
from harness.catalog import FromFile, LoadedProxy, LoadedScorer, installed
from harness.core.errors import ContractError, DataError, UsageError
from harness.fidelity import Verdict, judge
from harness.metrics import UNBOUNDED, Defined, estimate_mean
from harness.operation_scorer import OperationReference
from harness.operation_scoring import (
    Derivation,
    Experiment,
    Extent,
    Norms,
    OperationTruth,
    PoolSearch,
    Setup,
    TableRank,
    run,
    search_pool,
    summarise,
)
from harness.operation_scoring.bench import Bench
from harness.operation_scoring.probe import build_network
from harness.operation_scoring.seeds import one_seed, probes_of
from harness.records.operation_seed import OPERATION_SEEDS
from harness.spaces.datasets import dataset
from harness.spaces.supernets import Choice, Operation, Removal, Supernet, supernet
from harness.spaces.supernets.mixture import Mixture, Nothing
from harness.truth import Unit
from tests.truth_tables import truth_table

PROXIES = installed().of_kind(LoadedProxy)
SCORERS = installed().of_kind(LoadedScorer)
SMALL = Setup(
    extent=Extent.FIRST, images=BatchRequest(source="noise", size=2), removal=Removal.DELETED
)


def tiny_network(dataset: object, removal: Removal) -> nn.Module:
    def options() -> dict[str, nn.Module]:
        wide = nn.Sequential(nn.ReLU(), nn.Conv2d(3, 3, 3, padding=1))
        return {"none": Nothing(), "skip": nn.Identity(), "wide": wide}

    layers = [Mixture(name, options(), removal) for name in ("a", "b")]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 10))


TINY = Supernet(
    name="tiny",
    version="1",
    space="",
    choices=tuple(Choice(name=name, options=("none", "skip", "wide")) for name in ("a", "b")),
    build=tiny_network,
    text=str,
    selection=lambda text: {},
)


def tiny(measure: str = "grad_norm", **changes: object) -> Experiment:
    return replace(experiment(measure=measure, **changes), supernet=TINY)


def experiment(scorer: str = "zero_cost_pt", measure: str = "params", **changes: object):
    return Experiment(
        supernet=supernet("nas-bench-macro"),
        dataset=dataset("cifar10"),
        scorer=SCORERS[scorer],
        measure=PROXIES[measure],
        setup=replace(SMALL, **changes),
    )


def test_what_is_missed_most_by_its_parameters_is_the_largest_block():
    record = one_seed(experiment(), 0)
    assert isinstance(record.result, Derivation)
    at_once = record.result.at_once or {}
    assert set(at_once.values()) == {("ir_5x5_t6",)}
    assert record.passes == 24  # eight layers of three operations, one supernet each


def test_masking_leaves_parameters_where_they_are_so_that_all_score_alike():
    record = one_seed(experiment(removal=Removal.MASKED), 0)
    assert isinstance(record.result, Derivation)
    assert len(set(record.result.steps[0].scores.values())) == 1


@pytest.mark.parametrize("norms", Norms)
def test_the_same_seed_gives_the_same_scores_and_another_seed_others(norms):
    tried = tiny(norms=norms)
    first, again, other = (one_seed(tried, seed).result for seed in (0, 0, 1))
    assert isinstance(first, Derivation)
    assert first == again
    assert first != other


def test_a_state_that_computes_the_same_is_measured_once():
    # Two choices of two options that carry something, and once the supernet without any "none".
    assert one_seed(tiny(), 0).passes == 5


def test_a_proxy_that_needs_a_population_or_a_cell_graph_is_no_measure():
    aggregated = [proxy for proxy in PROXIES.values() if proxy.plugin.aggregate is not None]
    with pytest.raises(UsageError, match="ranks a population and gives no single score"):
        one_seed(replace(tiny(), measure=aggregated[0]), 0)


def infinite(tmp_path: Path) -> LoadedProxy:
    """A proxy whose score is never finite."""
    path = tmp_path / "infinite.py"
    path.write_text(
        "from harness.plugin import Direction, ZeroCostProxy\n"
        "PLUGIN = ZeroCostProxy(name='infinite', version='1', summary='', passes=(),\n"
        "    direction=Direction.HIGHER, score=lambda observation: float('inf'))\n"
    )
    return FromFile(path=path).load()


def test_a_measure_without_a_score_fails_the_seed_and_is_told(tmp_path):
    record = one_seed(replace(experiment(), measure=infinite(tmp_path)), 0)
    assert isinstance(record.result, str)
    assert "measure infinite has no score of the supernet of nas-bench-macro: score is inf" in (
        record.result
    )


def test_a_scorer_from_outside_is_asked_in_a_process_of_its_own(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "import os\n"
        "from harness.core.errors import ContractError\n"
        "from harness.operation_scorer import OperationScorer\n"
        "from harness.plugin import Direction\n"
        "def score(probe, fixed, operations): raise ContractError(f'asked in {os.getpid()}')\n"
        "PLUGIN = OperationScorer(name='mine', version='1', summary='none', measures=False,\n"
        "    direction=Direction.HIGHER, score_operations=score)\n"
    )
    (scorer,) = FromFile(path=path).load_all()
    record = one_seed(replace(experiment(), scorer=scorer), 0)
    assert str(record.result).startswith("asked in ")
    assert record.result != f"asked in {os.getpid()}"


def test_seeds_are_stored_and_read_again(tmp_path):
    first = run([tiny()], [0, 1], tmp_path, lambda done, total: None)
    again = run([tiny()], [0, 1, 2], tmp_path, lambda done, total: None)
    assert (first[0].reused, again[0].reused) == (0, 2)
    assert again[0].records[:2] == first[0].records


def test_other_conditions_are_other_seeds():
    keys = {
        experiment().key(0),
        experiment().key(1),
        experiment(removal=Removal.MASKED).key(0),
        experiment(norms=Norms.BATCH).key(0),
        experiment(extent=Extent.ALL).key(0),
        experiment(images=BatchRequest(source="noise", size=3)).key(0),
        experiment(measure="flops").key(0),
        experiment("discretisation").key(0),
    }
    assert len(keys) == 8


def test_a_damaged_seed_is_named_and_says_what_to_do(tmp_path):
    run([tiny()], [0], tmp_path, lambda done, total: None)
    path = tmp_path / "operations" / "seeds.jsonl"
    path.write_text(path.read_text().replace('"seed":0', '"seed":1'))
    with pytest.raises(DataError, match=r"seeds\.jsonl:1: the record is damaged.*scored anew"):
        run([tiny()], [0], tmp_path, lambda done, total: None)


def seed_of_version_0_1(folder):
    """Write a scored seed as version 0.1 did, in a file of its own, and return that file."""
    run([tiny()], [0], folder, lambda done, total: None)
    log = folder / "operations" / "seeds.jsonl"
    record = OPERATION_SEEDS.decode(log.read_text(), "")
    log.unlink()
    old = folder / "operations" / "seeds" / f"{record.key}.json"
    old.parent.mkdir()
    old.write_text(record.model_dump_json(indent=1) + "\n")
    return old


def test_seeds_of_version_0_1_are_not_scored_again(tmp_path):
    seed_of_version_0_1(tmp_path)
    (scored,) = run([tiny()], [0, 1], tmp_path, lambda done, total: None)
    assert scored.reused == 1


def test_a_damaged_file_of_version_0_1_is_named(tmp_path):
    old = seed_of_version_0_1(tmp_path)
    old.write_text(old.read_text().replace('"seed": 0', '"seed": "no"'))
    with pytest.raises(DataError, match=r"\.json: the record's seed is wrong.*delete the file"):
        run([tiny()], [0], tmp_path, lambda done, total: None)


def test_failed_seeds_make_a_summary_undefined_and_not_zero(tmp_path):
    tried = replace(experiment(), measure=infinite(tmp_path))
    (scored,) = run([tried], [0, 1], tmp_path, lambda done, total: None)
    table = truth_table({"00000000": 1.0, "11111111": 2.0}, space="nas-bench-macro")
    summary = summarise(scored, OperationTruth(supernet=tried.supernet, table=table))
    assert (
        "2 of 2 repeats have no value: measure infinite" in summary.decisions[0].best.value.reason
    )
    assert summary.at_once is not None
    assert summary.at_once.rank is None


def test_the_interval_of_the_mean_accuracy_of_cells_stays_below_100_percent(tmp_path, monkeypatch):
    (scored,) = run([experiment()], [0, 1], tmp_path, lambda done, total: None)
    table = replace(truth_table({"11111111": 90.0}, space="nas-bench-macro"), unit=Unit.PERCENT)
    values = itertools.cycle((90.0, 99.0))
    ranked = lambda self, selection: TableRank(value=next(values), rank=1, of=9)  # noqa: E731
    monkeypatch.setattr(OperationTruth, "rank", ranked)
    summary = summarise(scored, OperationTruth(supernet=scored.experiment.supernet, table=table))
    interval = summary.at_once.value.interval
    assert 0.0 <= interval.low < 90.0 < 99.0 < interval.high <= 100.0


def test_what_was_not_decided_is_no_cell(tmp_path):
    (scored,) = run([experiment()], [0, 1], tmp_path, lambda done, total: None)
    table = truth_table({"22222222": 1.0, "11111111": 2.0}, space="nas-bench-macro")
    summary = summarise(scored, OperationTruth(supernet=scored.experiment.supernet, table=table))
    assert summary.derived is None
    assert summary.at_once is not None
    assert (summary.at_once.value.value, summary.at_once.rank) == (Defined(value=1.0), 2)
    assert (
        judge(published(0.9), estimate_mean([Defined(value=1.0)] * 2, UNBOUNDED))
        is Verdict.REPRODUCED
    )
    assert (
        judge(published(0.8), estimate_mean([Defined(value=1.0)] * 2, UNBOUNDED))
        is Verdict.DEVIATES
    )
    assert (
        judge(published(0.8), estimate_mean([Defined(value=1.0)], UNBOUNDED)) is Verdict.UNDECIDED
    )


def published(value: float) -> OperationReference:
    return OperationReference(
        metric="at_once",
        measure="nwot",
        value=value,
        tolerance=0.15,
        task="",
        batch=2,
        source="",
    )


@pytest.mark.parametrize("name", ["nwot", "synflow", "zico", "swap", "params"])
def test_a_measure_is_a_pure_function_of_the_operations(name):
    """Weights are those of the seed whatever was measured before, and deleting is undone."""
    bench = Bench(measure=PROXIES[name], dataset=dataset("cifar10"), norms=Norms.BATCH)
    tried = tiny(name, images=BatchRequest(source="noise", size=16))
    probe = probes_of(tried, bench, build_network(TINY, bench.dataset, Removal.DELETED, 0), 0)(0)
    whole = probe.state({})
    before = probe.measure(whole)
    other = probe.measure(whole.without(Operation(choice="a", option="wide")))
    probe._known.clear()
    assert probe.measure(whole) == before
    assert other != before


def test_a_pool_search_proposes_and_validates_without_a_label():
    tried = experiment("zero_cost_pt", "params", extent=Extent.TURN)
    pooled = search_pool(tried, PoolSearch(setup=tried.setup, proposals=2, batches=3), 0)
    assert pooled.text == "22222222"
    assert pooled.proposals == ("22222222",)
    # 24 supernets a proposal; a pool of one needs no validation, only a score.
    assert (pooled.supernets, pooled.networks) == (48, 1)


def test_a_pool_of_several_is_validated_on_every_batch():
    tried = experiment("random_operations", "params", extent=Extent.TURN)
    pooled = search_pool(tried, PoolSearch(setup=tried.setup, proposals=3, batches=2), 0)
    assert len(pooled.proposals) == 3
    assert (pooled.supernets, pooled.networks) == (0, 6)
    assert pooled.text in pooled.proposals


def test_a_pool_that_cannot_be_validated_says_why(tmp_path):
    tried = replace(experiment("random_operations"), measure=infinite(tmp_path))
    wanted = PoolSearch(setup=replace(SMALL, extent=Extent.TURN), proposals=2, batches=1)
    with pytest.raises(ContractError, match="none of 2 proposals could be validated: measure inf"):
        search_pool(tried, wanted, 0)
