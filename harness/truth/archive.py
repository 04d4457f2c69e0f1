"""Members of a zip archive, unpacked one at a time and never onto the disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from harness.core.errors import DataError

__all__ = ["Archive"]

_LONGEST_MEMBER = 8 << 20


class Archive:
    """A zip archive in memory."""

    def __init__(self, data: bytes, where: str) -> None:
        """Read the list of members.

        Raises:
            DataError: The bytes are no zip archive.
        """
        self._where = where
        try:
            self._file = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise DataError(f"{where} is no readable zip archive: {error}") from None

    def names(self) -> Iterator[str]:
        """Yield the names of all members but folders, sorted."""
        return iter(sorted(name for name in self._file.namelist() if not name.endswith("/")))

    def member(self, name: str) -> bytes:
        """Unpack one member.

        Raises:
            DataError: It is damaged, encrypted, or longer than any file of results.
        """
        try:
            if self._file.getinfo(name).file_size > _LONGEST_MEMBER:
                raise DataError(
                    f"{self._where}, {name} unpacks to more than {_LONGEST_MEMBER} bytes"
                )
            return self._file.read(name)
        except (
            zipfile.BadZipFile,
            zlib.error,
            ValueError,
            NotImplementedError,
            RuntimeError,
            OSError,
        ) as error:
            raise DataError(f"{self._where}, {name} cannot be unpacked: {error}") from None
