"""The chart library that every page carries with it: Vega, Vega-Lite and Vega-Embed.

Its bundle is a fifth of Plotly's, and it can interpret a chart's expressions itself, so that the
page may forbid the browser to evaluate text as code.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from pathlib import Path

from harness.core.files import put
from harness.truth import Places

__all__ = ["library"]

_ENTRANCE = "window.vegaEmbed = vegaEmbed;"


@cache
def library() -> str:
    """Return the library's JavaScript; it defines ``vegaEmbed``.

    Bundling takes seconds, so the result is kept in the cache folder where there is one.
    """
    folder = Places.from_environment().cache()
    kept = folder / "page" / f"vega-{version('vl-convert-python')}.js" if folder else None
    if kept is not None and kept.is_file():
        return kept.read_text(encoding="utf-8")
    import vl_convert

    script = _inline(vl_convert.javascript_bundle(_ENTRANCE))
    if kept is not None:
        _keep(kept, script)
    return script


def _inline(script: str) -> str:
    """Make a script safe to stand between tags: it must not hold the end of its own element."""
    return script.replace("\r\n", "\n").replace("</script", "<\\/script")


def _keep(path: Path, script: str) -> None:
    try:
        put(path, script)
    except OSError:
        return  # a cache that cannot be written costs time, not the page
