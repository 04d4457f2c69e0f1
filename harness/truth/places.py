"""Where sources may lie on this machine, and whether the network may be asked."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.truth.source import HOST

__all__ = ["Places"]

_YES = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Folders and settings that `locate` and `fetch` use.

    Attributes:
        data_dir: Folder laid out as ``OWNER+NAME/PATH``, looked into first.
        cache_dir: Folder that downloads go to; the platform's cache folder where not given.
        host: Beginning of every address; a mirror keeps the paths behind it.
        offline: Never download.
    """

    data_dir: Path | None = None
    cache_dir: Path | None = None
    host: str = HOST
    offline: bool = False

    @staticmethod
    def from_environment(
        data_dir: Path | None = None, environment: Mapping[str, str] | None = None
    ) -> Places:
        """Read ``HARNESS_DATA_DIR``, ``_CACHE_DIR``, ``_MIRROR`` and ``_OFFLINE``.

        Args:
            data_dir: Takes the place of ``HARNESS_DATA_DIR``.
            environment: The variables; those of this process by default.
        """
        given = os.environ if environment is None else environment
        return Places(
            data_dir=data_dir or _folder(given.get("HARNESS_DATA_DIR")),
            cache_dir=_folder(given.get("HARNESS_CACHE_DIR")),
            host=given.get("HARNESS_MIRROR") or HOST,
            offline=given.get("HARNESS_OFFLINE", "").lower() in _YES,
        )

    def cache(self) -> Path | None:
        """Folder of downloads; none where it is neither given nor can be found out."""
        if self.cache_dir is not None:
            return self.cache_dir
        try:
            platformdirs = importlib.import_module("platformdirs")
        except ImportError:
            return None
        return Path(platformdirs.user_cache_dir("nas-proxy-harness"))


def _folder(text: str | None) -> Path | None:
    return Path(text).expanduser() if text else None
