import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from harness.truth.locate import Content
from harness.truth.source import Published, Source

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def published(data: bytes, name: str = "table", path: str = "folder/table.json") -> Source:
    """A source whose published content is `data`."""
    return Source(
        name=name,
        origin=Published(repository="owner/name", commit=COMMIT, path=path),
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        licence="MIT",
        citation="Nobody, Nothing, 2020",
        holds="bytes of a test",
    )


@pytest.fixture
def make_content() -> Callable[[bytes, str], Content]:
    def make(data: bytes, name: str) -> Content:
        return Content(source=published(data), path=Path(name), data=data)

    return make


@dataclass
class Server:
    """Answers of an HTTP server on this machine, the next of them for each request.

    An answer is a status and the bytes that are sent; `promised` is the length that the
    heading states, where it is not theirs.
    """

    address: str
    answers: list[tuple[int, bytes, int | None]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def answer(self, status: int, data: bytes, promised: int | None = None) -> None:
        self.answers.append((status, data, promised))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.asked.append(self.path)
            status, data, promised = known.answers.pop(0)
            self.send_response(status)
            self.send_header("Content-Length", str(len(data) if promised is None else promised))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known = Server(address=f"http://127.0.0.1:{http.server_port}")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield known
    http.shutdown()
    thread.join()
    http.server_close()
