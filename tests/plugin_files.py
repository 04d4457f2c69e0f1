"""Sources of small plugins that tests write into files."""

HEAD = """
from harness.passes.subject import BUILD, GRAPH
from harness.plugin import Direction, ZeroCostProxy
"""
TAIL = """
PLUGIN = ZeroCostProxy(
    name={name!r}, version="1", summary="a test plugin", direction=Direction.HIGHER,
    passes=({passes}), score=score,
)
"""


def plugin_source(body: str, name: str = "mine", passes: str = "GRAPH,") -> str:
    """Return the text of a plugin file whose score function has the given body."""
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    return f"{HEAD}\ndef score(seen):\n{lines}\n{TAIL.format(name=name, passes=passes)}"


COUNT_CONVOLUTIONS = plugin_source(
    "return sum('conv' in name for name in seen[GRAPH].operations)", name="convolutions"
)
