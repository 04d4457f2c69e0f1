from hypothesis import given
from hypothesis import strategies as st

from harness.core.identity import derived_seed, digest, digest_lines


@given(st.dictionaries(st.text(), st.integers()))
def test_the_order_of_keys_does_not_change_a_digest(content):
    assert digest(content) == digest(dict(reversed(content.items())))


@given(st.lists(st.text(alphabet="abc|~0", min_size=1), unique=True))
def test_the_order_of_members_does_not_change_the_digest_of_a_set(lines):
    assert digest_lines(lines) == digest_lines(reversed(lines))


def test_a_derived_seed_depends_on_every_part_and_on_their_borders():
    seeds = {derived_seed(0, "ab", "c"), derived_seed(0, "a", "bc"), derived_seed(1, "ab", "c")}
    assert len(seeds) == 3


def test_a_derived_seed_is_the_same_on_every_machine():
    assert derived_seed(0, "network", "cell") == derived_seed(0, "network", "cell")
    assert 0 <= derived_seed(0, "network", "cell") < 2**63
