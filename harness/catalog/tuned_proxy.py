"""From a searched proxy and settings to a proxy that any process can load."""

from __future__ import annotations

import json

from pydantic import JsonValue

from harness.catalog.loaded import LoadedProxy, LoadedSearch
from harness.catalog.origin import FromFile, FromModule, FromSettings
from harness.core.errors import ContractError
from harness.core.identity import Json

__all__ = ["settings_json", "tuned_proxy"]


def tuned_proxy(search: LoadedSearch, settings: Json) -> LoadedProxy:
    """Return the proxy of some settings.

    Args:
        search: The searched proxy.
        settings: What it found.

    Raises:
        ContractError: The settings are no JSON, or the searched proxy is no module and no file.
        UsageError: The searched proxy cannot read the settings.
    """
    origin = search.origin
    if not isinstance(origin, FromModule | FromFile):
        raise ContractError(f"{search.name} is {origin}; a searched proxy is a module or a file")
    content = settings_json(settings)
    return FromSettings(
        searched=origin,
        search=search.name,
        name=search.proxy(content).name,
        settings=json.dumps(content, sort_keys=True),
    ).load()


def settings_json(settings: Json) -> JsonValue:
    """Return settings as they will be read back from a file.

    Raises:
        ContractError: They are no JSON.
    """
    try:
        read_back: JsonValue = json.loads(json.dumps(settings, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise ContractError(f"a search found settings that are no JSON: {error}") from error
    return read_back
