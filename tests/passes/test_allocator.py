import subprocess
import sys


def test_a_process_can_be_told_to_keep_freed_memory() -> None:
    code = "from harness.passes.allocator import keep_freed_memory as keep; print(keep())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in {"True", "False"}
