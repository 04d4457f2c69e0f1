"""What NAS-Bench-Macro's file holds and does not say."""

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from harness.spaces import nas_bench_macro
from harness.truth import source

pytestmark = pytest.mark.shared_data


@pytest.mark.trap("macro-texts-repeat")
def test_texts_of_one_network_share_its_training(shared_data: Path) -> None:
    path = shared_data / source("nas-bench-macro-cifar10").relative_path
    entries = json.loads(path.read_text())
    space = nas_bench_macro.SPACE
    networks = defaultdict(list)
    for text, entry in entries.items():
        networks[space.canonical(space.parse(text))].append(tuple(entry["test_acc"]))
    assert (len(entries), len(networks)) == (6561, 3969)
    assert Counter(map(len, networks.values())) == {1: 2025, 2: 1620, 4: 324}
    assert {len(set(accuracies)) for accuracies in networks.values()} == {1}
