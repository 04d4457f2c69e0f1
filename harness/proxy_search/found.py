"""Settings that a search has found, as they are stored and read again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from harness.catalog import FromFile, FromModule, FromSettings, LoadedProxy
from harness.core.identity import digest

__all__ = ["Found"]


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

    def proxy(self) -> LoadedProxy:
        """Return the proxy of these settings.

        Raises:
            UsageError: The searched proxy is gone, or cannot read the settings.
        """
        place = FromModule(module=self.module) if self.module else FromFile(path=Path(self.file))
        settings = json.dumps(self.settings, sort_keys=True)
        return FromSettings(
            searched=place, search=self.search, name=self.name, settings=settings
        ).load()
