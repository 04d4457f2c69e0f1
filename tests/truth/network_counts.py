"""How many different networks a task has, and how well two trainings of one agree.

``python -m tests.truth.network_counts [TASK...]`` prints what the registry has to say of tasks.
"""

import sys

from harness.core.errors import HarnessError
from harness.spaces.identical import IDENTICAL, classes_of
from harness.truth import TruthTable, load, repeats_ceiling, tasks


def count_networks(table: TruthTable) -> tuple[int, float | None]:
    """Return the number of different networks, and the noise ceiling where there is one."""
    distinct = len(classes_of(table.space, tuple(table.values), IDENTICAL))
    ceiling = table.noise_ceiling
    return distinct, repeats_ceiling(table, IDENTICAL) if ceiling is None else ceiling


def main(names: list[str]) -> None:
    """Print the keys of every task, as they stand in its ``[[task]]``."""
    for name in names or [task.name for task in tasks()]:
        try:
            distinct, ceiling = count_networks(load(name))
        except HarnessError as error:
            sys.stdout.write(f"# {name}: {error}\n")
            continue
        sys.stdout.write(f'name = "{name}"\ndistinct = {distinct}\n')
        if ceiling is not None:
            sys.stdout.write(f"noise_ceiling = {ceiling:.4f}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
