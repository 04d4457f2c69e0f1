"""No module imports itself by way of others: each can be imported first, and moved alone."""

import ast
import graphlib
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "harness"


def imported(path: Path) -> set[str]:
    """Return the modules and names that a module imports as it is imported itself."""
    names = set()
    for statement in ast.parse(path.read_text()).body:
        if isinstance(statement, ast.ImportFrom) and statement.module:
            names |= {statement.module}
            names |= {f"{statement.module}.{alias.name}" for alias in statement.names}
        elif isinstance(statement, ast.Import):
            names |= {alias.name for alias in statement.names}
    return names


def test_no_module_imports_itself_by_way_of_others():
    paths = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path
        for path in PACKAGE.rglob("*.py")
        if path.name != "__init__.py"
    }
    assert len(paths) > 300
    graph = {name: imported(path) & paths.keys() - {name} for name, path in paths.items()}
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError, which names the modules
