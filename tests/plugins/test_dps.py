import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.catalog import LoadedSearch, installed
from harness.core.errors import UsageError
from harness.plugin import ZeroCostProxy
from harness.plugins.eproxies import settings_of
from harness.plugins.searched.dps import drawn, mutant, phenotype
from harness.searched_proxy import Budget, LabelledDraw, Unscored
from harness.space import SearchSpace
from harness.spaces.knowledge import why_unsupported

SEARCHES = installed().of_kind(LoadedSearch)
LABELS = np.arange(20, dtype=np.float64)


class Laboratory:
    """Gives settings scores that agree with the labels the better, the nearer its rate is to 1."""

    def __init__(self, refuses=lambda asked: False):
        self.asked = []
        self._refuses = refuses

    def __call__(self, asked):
        self.asked.append(asked)
        if self._refuses(asked):
            return Unscored(reason="it diverged")
        wrong = round(20 * abs(asked["learning_rate"] - 1.0))  # 0 to 10 of 20 turned round
        return np.concatenate([LABELS[:wrong][::-1], LABELS[wrong:]])

    @property
    def draw(self):
        return LabelledDraw(labels=LABELS, score=self)


def search(name, laboratory, evaluations=200, seed=0):
    budget = Budget(evaluations=evaluations, seed=seed)
    return SEARCHES[name].plugin.search(laboratory.draw, budget)


@given(seed=st.integers(min_value=0, max_value=2**32))
@settings(max_examples=50)
def test_every_genome_and_every_mutant_is_a_proxy(seed):
    generator = np.random.default_rng(seed)
    genome = drawn(generator)
    for parent in (genome, mutant(genome, generator)):
        assert settings_of(phenotype(parent, sized=True)).branches


def test_a_third_of_the_slots_have_no_feature_at_first():
    # each of five bits is on with probability 0.2: 0.8^5 = 0.328; 2,000 genomes of three slots
    generator = np.random.default_rng(0)
    branches = [
        branch
        for _ in range(2000)
        for branch in settings_of(phenotype(drawn(generator), sized=False)).branches
    ]
    share = np.mean([not branch.features for branch in branches])
    assert share == pytest.approx(0.328, abs=0.025)


def test_a_mutation_changes_a_gene_with_the_probability_that_its_draw_is_another():
    # alpha has 11 values: 0.2 * 10 / 11 = 0.182 of the mutants have another
    generator = np.random.default_rng(0)
    genome = drawn(generator)
    changed = np.mean([mutant(genome, generator)["alpha"] != genome["alpha"] for _ in range(3000)])
    assert changed == pytest.approx(0.182, abs=0.025)


def test_a_mutation_turns_a_bit_round_with_probability_a_fifth_whether_it_is_set_or_not():
    # drawn anew with probability 0.2, a set bit would go with 0.2 * 0.8 = 0.16 and a clear one
    # come with 0.2 * 0.2 = 0.04
    generator = np.random.default_rng(0)
    genome = {**drawn(generator), "0.net": True, "0.dot": False}
    mutants = [mutant(genome, generator) for _ in range(3000)]
    for bit in ("0.net", "0.dot"):
        changed = np.mean([mutated[bit] != genome[bit] for mutated in mutants])
        assert changed == pytest.approx(0.2, abs=0.025)


def test_unused_slots_are_not_part_of_the_settings():
    genome = {**drawn(np.random.default_rng(0)), "branches": 1}
    other = {**genome, "2.level": 0.5 if genome["2.level"] != 0.5 else 2.0}
    assert phenotype(genome, sized=True) == phenotype(other, sized=True)


@pytest.mark.parametrize("name", SEARCHES)
class TestEverySearchedProxy:
    def test_describes_itself(self, name):
        searched = SEARCHES[name].plugin
        assert searched.name == name
        assert searched.version
        assert searched.summary.endswith(".")

    def test_spends_its_whole_budget_and_no_more(self, name):
        laboratory = Laboratory()
        search(name, laboratory, evaluations=45)
        assert len(laboratory.asked) == 45

    def test_finds_equal_settings_for_equal_seeds(self, name):
        assert search(name, Laboratory()) == search(name, Laboratory())

    def test_finds_other_settings_for_another_seed(self, name):
        assert search(name, Laboratory()) != search(name, Laboratory(), seed=1)

    def test_returns_the_best_of_the_settings_that_it_tried(self, name):
        laboratory = Laboratory()
        settings = search(name, laboratory)
        distance = min(abs(tried["learning_rate"] - 1.0) for tried in laboratory.asked)
        assert abs(settings["learning_rate"] - 1.0) == distance
        assert settings in laboratory.asked

    def test_finds_settings_that_survive_json_and_make_a_proxy(self, name):
        settings = search(name, Laboratory(), evaluations=3)
        assert json.loads(json.dumps(settings)) == settings
        assert isinstance(SEARCHES[name].plugin.proxy(settings), ZeroCostProxy)

    def test_does_not_return_settings_that_failed(self, name):
        def refuses(asked):
            return any("dot" in branch["features"] for branch in asked["branches"])

        laboratory = Laboratory(refuses)
        settings = search(name, laboratory)
        assert any(refuses(tried) for tried in laboratory.asked)
        assert not refuses(settings)

    def test_says_so_when_nothing_has_a_score(self, name):
        with pytest.raises(UsageError, match="20 labels: 0 of 5; of the first: it diverged; allow"):
            search(name, Laboratory(lambda asked: True), evaluations=5)

    def test_refuses_a_space_that_does_not_say_which_network_is_the_largest(self, name):
        given = {"name": "mine", "summary": "", "network": str, "texts": ["a", "bb"]}
        plugin = SEARCHES[name].plugin
        assert "which of its networks is the largest" in why_unsupported(
            plugin, SearchSpace(**given)
        )
        assert not why_unsupported(plugin, SearchSpace(**given, largest="bb"))


def test_one_score_for_all_architectures_is_no_fitness():
    draw = LabelledDraw(labels=LABELS, score=lambda asked: np.ones(20))
    with pytest.raises(UsageError, match="0 of 4; of the first: all scores are equal; allow"):
        SEARCHES["dps"].plugin.search(draw, Budget(evaluations=4, seed=0))


def test_evolution_comes_nearer_than_as_many_random_genomes():
    def mean_distance(asked):
        return np.mean([abs(tried["learning_rate"] - 1.0) for tried in asked])

    laboratory = Laboratory()
    search("dps", laboratory)
    assert mean_distance(laboratory.asked[100:]) < 0.7 * mean_distance(laboratory.asked[:40])


def test_both_variants_begin_with_the_same_forty_genomes_but_for_alpha():
    sized, plain = Laboratory(), Laboratory()
    search("dps", sized, evaluations=40)
    search("dps-alpha_0", plain, evaluations=40)
    assert [{**tried, "alpha": 0.0} for tried in sized.asked] == plain.asked
    assert len({tried["alpha"] for tried in sized.asked}) > 5


def test_settings_that_differ_in_alpha_alone_have_one_identity():
    searched = SEARCHES["dps"].plugin
    some = phenotype(drawn(np.random.default_rng(0)), sized=False)
    assert searched.identity(some) == searched.identity({**some, "alpha": 0.5})
    assert searched.identity(some) != searched.identity({**some, "learning_rate": 0.123})
