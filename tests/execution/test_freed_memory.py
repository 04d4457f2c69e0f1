"""What one network needed is not held while the next one is scored."""

import subprocess
import sys

PROGRAM = """
import sys
from pathlib import Path
import psutil
import torch
import harness
from harness.plugin import Direction, ZeroCostProxy

SEEN, PINNED = Path(sys.argv[1], "seen"), []

def resident(observation):
    with SEEN.open("a") as seen:
        print(psutil.Process().memory_info().rss // 2**20, file=seen)
    maps = [torch.empty(2**18).fill_(1.0) for _ in range(400)]
    PINNED.append(maps.pop())  # at the end of the heap, which then is not given back by itself
    return 1.0

proxy = ZeroCostProxy(name="resident", version="1", summary="Memory before it allocates",
                      direction=Direction.HIGHER, passes=(), score=resident)
harness.run("smoke", plugins=[proxy], sample=5, workers=0, results=sys.argv[1])
"""


def test_a_network_is_not_charged_what_another_one_freed(tmp_path):
    subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], check=True)
    seen = [int(line) for line in (tmp_path / "seen").read_text().split()]
    assert len(seen) == 5
    assert max(seen) - seen[0] < 200
