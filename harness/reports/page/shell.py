"""What all pages share: template, style, scripts, and the policy that lets nothing else run.

Every page carries its chart library with it: Vega, Vega-Lite and Vega-Embed. Their bundle is a
fifth of Plotly's, and it can interpret a chart's expressions itself, so that the page may forbid
the browser to evaluate text as code.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, cast

from harness.core.files import put
from harness.core.identity import Json
from harness.truth import Places

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["embedded", "library", "packaged_text", "render", "specification"]

_ENTRANCE = "window.vegaEmbed = vegaEmbed;"


def render(
    template: str, data: Json, filters: Mapping[str, Callable[..., object]], **shown: object
) -> str:
    """Fill in a template of this package.

    Args:
        template: Name of the template.
        data: What the charts are drawn from.
        filters: Functions that the template knows by name.
        **shown: What else the template shows, escaped.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("harness.reports.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= filters
    script = "\n" + packaged_text("templates/tables.js") + packaged_text("templates/charts.js")
    return environment.get_template(template).render(
        **shown,
        harness=version("nas-proxy-harness"),
        policy=_policy(library(), script),
        # The rest is written by this package, or made safe by it; whatever else the template
        # shows is escaped.
        style=Markup(packaged_text("templates/page.css")),  # noqa: S704
        library=Markup(library()),  # noqa: S704
        script=Markup(script),  # noqa: S704
        data=embedded(data),
    )


def specification(name: str) -> Json:
    """Return the specification of a chart."""
    return cast("Json", json.loads(packaged_text(f"charts/{name}.vl.json")))


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


def packaged_text(path: str, package: str = "page") -> str:
    """Return a text file of a package of reports."""
    return files(f"harness.reports.{package}").joinpath(path).read_text(encoding="utf-8")


def embedded(data: object) -> Markup:
    """Write JSON that cannot end the element it stands in, whatever names it holds."""
    from markupsafe import Markup

    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - nothing in it opens an element


def _policy(*scripts: str) -> str:
    """Allow these scripts and nothing else: no request, no text evaluated as code."""
    hashes = (hashlib.sha256(script.encode()).digest() for script in scripts)
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _inline(script: str) -> str:
    """Make a script safe to stand between tags: it must not hold the end of its own element."""
    return script.replace("\r\n", "\n").replace("</script", "<\\/script")


def _keep(path: Path, script: str) -> None:
    try:
        put(path, script)
    except OSError:
        return  # a cache that cannot be written costs time, not the page
