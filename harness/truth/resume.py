"""A downloader for pooch that goes on where an interrupted download stopped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import requests

__all__ = ["ResumingDownloader"]

_CHUNK = 2**16  # the chunk that a cut falls into is lost
_PARTIAL, _PAST_THE_END = 206, 416


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumingDownloader:
    """Collects a file under a name that stays when the process ends.

    The caller compares the whole with its digest, so a part that belongs to other content costs
    one more attempt and never gives a wrong file.

    Attributes:
        part: Where the bytes lie until all of them are there.
        timeout_s: Seconds without an answer or without further bytes.
    """

    part: Path
    timeout_s: float

    def __call__(self, url: str, output_file: str, pooch: object) -> None:
        """Download `url` to `output_file`, as pooch asks.

        Raises:
            requests.RequestException: No answer, an answer that is an error, or a cut; what came
                before a cut stays in the part.
            OSError: The part cannot be written.
        """
        import requests

        known = self.part.stat().st_size if self.part.exists() else 0
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={known}-"} if known else {})
        with requests.get(url, headers=headers, stream=True, timeout=self.timeout_s) as answer:
            if answer.status_code == _PAST_THE_END:
                self.part.unlink()
            answer.raise_for_status()
            self._collect(answer)
        self.part.replace(output_file)

    def _collect(self, answer: requests.Response) -> None:
        mode = "ab" if answer.status_code == _PARTIAL else "wb"
        with self.part.open(mode) as file:
            for chunk in answer.iter_content(_CHUNK):
                file.write(chunk)
