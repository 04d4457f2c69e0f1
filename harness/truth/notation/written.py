"""The text that a space has for what a file writes."""

from __future__ import annotations

from harness.core.architecture import Space
from harness.core.errors import DataError

__all__ = ["text_in"]


def text_in(space: Space, written: str, where: str) -> str:
    """Return the space's own text of an architecture in any notation that the space reads.

    Raises:
        DataError: The space does not read it; the message begins with the place.
    """
    try:
        return space.parse(written).text
    except DataError as error:
        raise DataError(f"{where}: {error}") from None
