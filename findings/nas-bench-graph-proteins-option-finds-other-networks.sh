#!/usr/bin/env bash
# nas-bench-graph 1.4.0 (with numpy 2.4.6, which it needs and does not require)
#
# The graph "proteins" was trained with five of nine operations, and Arch.hash_arch has an option for
# it, use_proteins=True, which numbers these five. The package's table of proteins is stored under
# the numbers of all nine. Of 5,625 architectures the option finds 22, each time the entry of another
# architecture, and raises no error for them; the default finds 2,021, all there are. One would expect
# the option named after the graph to be the one that its table needs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  nas-bench-graph==1.4.0 numpy==2.4.6

cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import itertools

from nas_bench_graph import Arch, light_read
from nas_bench_graph.architecture import gnn_list_proteins, link_list

table = light_read("proteins")
architectures = [
    Arch(list(links), list(operations))
    for links in link_list
    for operations in itertools.product(gnn_list_proteins, repeat=4)
]
by_default = {arch.hash_arch() for arch in architectures} & set(table)
by_option = [arch for arch in architectures if arch.hash_arch(use_proteins=True) in table]
right = sum(arch.hash_arch(use_proteins=True) == arch.valid_hash() for arch in by_option)
print(f"architectures: {len(architectures)}, entries: {len(table)}")
print(f"found by default: {len(by_default)}")
print(f"found with use_proteins=True: {len(by_option)}, of them right: {right}")
for arch in by_option[:1]:
    wrong, own = table[arch.hash_arch(use_proteins=True)], table[arch.valid_hash()]
    print(f"{arch.link} {arch.ops}: performance {own['perf']:.4f}, with the option {wrong['perf']:.4f}")
assert len(by_default) == len(table) == 2021
assert (len(by_option), right) == (22, 0)
PYTHON
