"""A connection of somebody who asks: uvicorn's, with bounds on the head of a request and on its time.

Caddy and nginx have such bounds too; a node holds without them.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from node.serving.front import HEADERS, MOST_BODY
from node.ui.uploads import MORE

MOST_HEADERS = 100
MOST_HEAD = 32 * 1024  # bytes: address and headers together
MOST_CONNECTIONS = 800

_REFUSED = b"".join(
    [
        b"HTTP/1.1 400 Bad Request\r\n",
        *(name + b": " + value + b"\r\n" for name, value in HEADERS),
        b"content-type: text/plain; charset=utf-8\r\ncontent-length: 34\r\nconnection: close\r\n\r\n",
        b"This request cannot be understood.",
    ]
)


class TooMuch(Exception):
    """A head that no browser and no node of ours would send."""


class Connection(HttpToolsProtocol):
    """Whoever connects has a quarter of a minute for each request, from the first byte to the last; who sends
    a photo, and may, has longer."""

    request_seconds = 15.0  # more than the doors give a body, so that who is slow hears why first

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._timer: asyncio.TimerHandle | None = None
        self._in_head = True
        self._fed = 0  # bytes that came since the piece in which a head began, while it is not whole
        self._begun = False
        self._head = 0
        self._body = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
            return
        self._hurry()

    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._fed = self._fed + len(data) if self._in_head and not self._begun else 0
        self._begun = False
        if self._fed > MOST_HEAD and not self.transport.is_closing():
            self.send_400_response("")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._begun, self._head, self._body = True, True, 0, 0
        self._hurry()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value) + 4)
        super().on_header(name, value)
        if len(self.headers) > MOST_HEADERS:
            raise TooMuch

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body += len(body)
        allowed, _ = self._more()
        if self._body > 2 * MOST_BODY + allowed:  # the doors said no long ago
            self.transport.close()
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._rest()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        self.transport.write(_REFUSED)
        self.transport.close()

    def _count(self, size: int) -> None:
        self._head += size
        if self._head > MOST_HEAD:
            raise TooMuch

    def _hurry(self) -> None:
        self._rest()
        self._timer = self.loop.call_later(self.request_seconds, self._late)

    def _late(self) -> None:
        """Close it, unless a door knows who sends and takes a photo."""
        _, longer = self._more()
        self._timer = self.loop.call_later(longer, self.transport.close) if longer else None
        if not longer:
            self.transport.close()

    def _more(self) -> tuple[int, float]:
        """Bytes and seconds that a door takes beyond what is usual."""
        scope: dict[str, Any] = getattr(self, "scope", None) or {}  # there is none before the first request
        more: tuple[int, float] = scope.get(MORE, (0, 0.0))
        return more

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
