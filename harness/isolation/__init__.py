"""What keeps one plugin's effects on the process away from the scores of others."""

from harness.isolation.arithmetic import reproducible_arithmetic
from harness.isolation.callers_state import as_torch_comes
from harness.isolation.confinement import Confinement, library_folders
from harness.isolation.draws import BY_TURNS, isolated_generators, one_thread
from harness.isolation.guard import process_guard
from harness.isolation.machine_memory import machine_memory_bytes

__all__ = [
    "BY_TURNS",
    "Confinement",
    "as_torch_comes",
    "isolated_generators",
    "library_folders",
    "machine_memory_bytes",
    "one_thread",
    "process_guard",
    "reproducible_arithmetic",
]
