"""What all pages share: template, style, scripts, and the policy that lets nothing else run."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from importlib.metadata import version
from importlib.resources import files
from typing import cast

from harness.core.identity import Json
from harness.reports.page.library import library

__all__ = ["rendered", "specification"]


def rendered(
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
    script = "\n" + _text("templates/tables.js") + _text("templates/charts.js")
    return environment.get_template(template).render(
        **shown,
        harness=version("nas-proxy-harness"),
        policy=_policy(library(), script),
        # The rest is written by this package, or made safe by it; whatever else the template
        # shows is escaped.
        style=Markup(_text("templates/page.css")),  # noqa: S704
        library=Markup(library()),  # noqa: S704
        script=Markup(script),  # noqa: S704
        data=Markup(_embedded(data)),  # noqa: S704
    )


def specification(name: str) -> Json:
    """Return the specification of a chart."""
    return cast("Json", json.loads(_text(f"charts/{name}.vl.json")))


def _text(path: str) -> str:
    return files("harness.reports.page").joinpath(path).read_text(encoding="utf-8")


def _embedded(data: Json) -> str:
    """Write JSON that cannot end the element it stands in, whatever names it holds."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _policy(*scripts: str) -> str:
    """Allow these scripts and nothing else: no request, no text evaluated as code."""
    hashes = (hashlib.sha256(one.encode()).digest() for one in scripts)
    allowed = " ".join(f"'sha256-{base64.b64encode(one).decode()}'" for one in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
