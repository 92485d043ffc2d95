"""What the one client (`guarded.py`) speaks over: HTTP/1.1 by h11, behind httpx's interface for transports.

httpx's own network layer is three quarters of a delivery, and does much that a node never asks for
(`docs/decisions/0023`). Its interface stays, so that in a test something else can stand here.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from time import monotonic
from typing import cast

import h11
import httpx

from node.federation.addresses import Resolve, allowed, resolved

KEPT_OPEN = 20.0  # seconds, of a connection with nothing on it; so long its checked address is good too
AT_ONCE = 2  # requests to one host; the others wait
HEAD_MOST = 32 * 1024  # bytes of an answer before its body
_UNREAD_MOST = 64 * 1024  # bytes that wait here before the other side has to
Host = tuple[str, str, int]


class Guarded(httpx.AsyncBaseTransport):
    """Connects to the address that it checked itself: a name that changes its mind in between gains nothing
    (X04).

    One for each host. Two connections at once, of which one is kept for what comes next. Raises
    httpx.HTTPError or OSError.
    """

    def __init__(
        self,
        town: bool,
        tls: ssl.SSLContext | None,
        resolve: Resolve | None = None,
        good_for: float = KEPT_OPEN,
    ) -> None:
        self._town = town
        self._tls = tls
        self._good_for = good_for
        self._resolve = resolve or resolved
        self._checked: tuple[Host, str, float] | None = None
        self._free = asyncio.Semaphore(AT_ONCE)
        self._kept: Connection | None = None
        self._closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await self._free.acquire()
        connection = None
        try:
            connection = await self._connection(_host(request.url))
            head = await connection.asked(request)
        except BaseException as error:  # also cancelled: the place is free again
            self._release(connection, keep=False)
            if isinstance(error, h11.ProtocolError):
                raise httpx.ProtocolError(str(error)) from error
            raise
        return httpx.Response(
            head.status_code, headers=head.headers.raw_items(), stream=_Body(self, connection)
        )

    async def aclose(self) -> None:
        """Hang up; what is being said is still said."""
        self._closed = True
        if self._kept is not None:
            self._kept.close()

    async def _connection(self, host: Host) -> "Connection":
        kept, self._kept = self._kept, None
        if kept is not None:
            if kept.host == host and kept.is_quiet:
                return kept
            kept.close()
        scheme, name, port = host
        address = await self._address(host)
        tls = self._tls if scheme == "https" else None
        if scheme == "https" and tls is None:
            raise httpx.UnsupportedProtocol("https without TLS")
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: Connection(host), address, port, ssl=tls, server_hostname=name if tls else None
        )
        return connection

    async def _address(self, host: Host) -> str:
        now = monotonic()
        if self._checked is not None and self._checked[0] == host and now < self._checked[2]:
            return self._checked[1]
        _, name, port = host
        found = await self._resolve(name, port)
        if not found or not all(allowed(address, self._town) for address in found):
            raise httpx.ConnectError(f"{name} is not an address this node talks to")
        address = min(found, key=lambda address: (":" in address, address))
        self._checked = host, address, now + self._good_for
        return address

    def _release(self, connection: "Connection | None", keep: bool) -> None:
        self._free.release()
        if connection is None:
            return
        if keep and self._kept is None and not self._closed and connection.rests(self._good_for):
            self._kept = connection
        else:
            connection.close()


class Connection(asyncio.Protocol):
    """One connection to a host, and the one request that is on it."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self._talk = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_MOST)
        self._came = bytearray()
        self._ended = False
        self._lost: Exception | None = None
        self._news: asyncio.Future[None] | None = None
        self._hang_up: asyncio.TimerHandle | None = None

    @property
    def is_quiet(self) -> bool:
        """Whether it is still open and nothing came that nobody asked for."""
        return not self._ended and not self._came

    async def asked(self, request: httpx.Request) -> h11.Response:
        """Ask, and hear the head of the answer."""
        if self._hang_up is not None:
            self._hang_up.cancel()
        body = b"".join([piece async for piece in cast(httpx.AsyncByteStream, request.stream)])
        self._line.write(
            b"".join(
                self._talk.send(event) or b""
                for event in (
                    h11.Request(
                        method=request.method, target=request.url.raw_path, headers=request.headers.raw
                    ),
                    h11.Data(data=body),
                    h11.EndOfMessage(),
                )
            )
        )
        while not isinstance(event := await self._next(), h11.Response):
            if not isinstance(event, h11.InformationalResponse):
                raise httpx.RemoteProtocolError("no answer")
        return event

    async def piece(self) -> bytes | None:
        """What comes next of the body; None at its end."""
        event = await self._next()
        return bytes(event.data) if isinstance(event, h11.Data) else None

    def rests(self, seconds: float) -> bool:
        """Whether all was said on both sides and more may be; if so, it is kept open for so long."""
        if not self.is_quiet or set(self._talk.states.values()) != {h11.DONE}:
            return False
        self._talk.start_next_cycle()
        self._hang_up = asyncio.get_running_loop().call_later(seconds, self.close)
        return not self._talk.trailing_data[0]

    def close(self) -> None:
        """Hang up."""
        self._ended = True
        if self._hang_up is not None:
            self._hang_up.cancel()
        self._line.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._line = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._came += data
        if len(self._came) > _UNREAD_MOST:
            self._line.pause_reading()
        self._tell()

    def eof_received(self) -> None:
        self._ended = True
        self._tell()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended, self._lost = True, exc
        self._tell()

    def _tell(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    async def _next(self) -> h11.Event:
        while (event := self._talk.next_event()) is h11.NEED_DATA:
            if not self._came and not self._ended:
                self._news = asyncio.get_running_loop().create_future()
                await self._news
            if not self._came and self._lost is not None:
                raise self._lost
            self._talk.receive_data(bytes(self._came))  # nothing: it ended
            self._came.clear()
            with suppress(RuntimeError):
                self._line.resume_reading()
        return cast(h11.Event, event)


class _Body(httpx.AsyncByteStream):
    """The body of an answer as it comes. Whoever stops before its end hangs up."""

    def __init__(self, transport: Guarded, connection: Connection) -> None:
        self._transport = transport
        self._connection: Connection | None = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while self._connection is not None and (piece := await self._connection.piece()) is not None:
                yield piece
        except h11.ProtocolError as error:
            raise httpx.ProtocolError(str(error)) from error

    async def aclose(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            self._transport._release(connection, keep=True)


def _host(url: httpx.URL) -> Host:
    name = url.raw_host.decode("ascii")  # `host` decodes a punycode name, and others read it otherwise
    return url.scheme, name, url.port or (443 if url.scheme == "https" else 80)
