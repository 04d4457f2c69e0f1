"""Settings that a search has found, as they are stored and read again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from harness.catalog import FromFile, FromModule, FromSettings, LoadedPlugin, LoadedSearch
from harness.core.errors import ContractError
from harness.core.identity import Json, digest

__all__ = ["Found", "settings_json", "settled"]


class Found(BaseModel):
    """Settings, where they come from, and what must not be evaluated with them.

    Attributes:
        search: Name of the searched proxy.
        search_key: Its identity when it searched.
        module, file: Where it is; one of them.
        task: Task of the labels.
        condition: Key of the condition in which the labelled architectures were scored.
        labelled: Texts of the labelled architectures.
        evaluations: Settings that were tried.
        seed: Seed of the search.
        settings: What was found.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    search: str
    search_key: str
    module: str = ""
    file: str = ""
    task: str
    condition: str
    labelled: tuple[str, ...]
    evaluations: Annotated[int, Field(ge=1)]
    seed: int
    settings: JsonValue

    @property
    def name(self) -> str:
        """Name of the proxy: of the search, the task and the settings."""
        return f"{self.search}-{self.task}-{digest(self.model_dump(mode='json'))[:6]}"

    def proxy(self) -> LoadedPlugin:
        """Return the proxy of these settings.

        Raises:
            UsageError: The searched proxy is gone, or cannot read the settings.
        """
        place = FromModule(module=self.module) if self.module else FromFile(path=Path(self.file))
        return _origin(place, self.search, self.name, self.settings).load()


def settled(search: LoadedSearch, settings: Json) -> LoadedPlugin:
    """Return the proxy of some settings under the name that the searched proxy gives it.

    Raises:
        ContractError: The settings are no JSON, or the searched proxy is no module and no file.
        UsageError: The searched proxy cannot read the settings.
    """
    origin = search.origin
    if not isinstance(origin, FromModule | FromFile):
        raise ContractError(f"{search.name} is {origin}; a searched proxy is a module or a file")
    return _origin(origin, search.name, search.searched.proxy(settings).name, settings).load()


def _origin(place: FromModule | FromFile, search: str, name: str, settings: Json) -> FromSettings:
    text = json.dumps(settings_json(settings), sort_keys=True)
    return FromSettings(searched=place, search=search, name=name, settings=text)


def settings_json(settings: Json) -> JsonValue:
    """Return settings as they will be read back from a file.

    Raises:
        ContractError: They are no JSON.
    """
    try:
        found: JsonValue = json.loads(json.dumps(settings, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise ContractError(f"a search found settings that are no JSON: {error}") from error
    return found
