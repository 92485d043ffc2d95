"""A connection has its bounds, also without a proxy before it: real sockets, and a server in this process."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from node.serving.connection import MOST_HEAD, MOST_HEADERS, Connection
from node.serving.front import MOST_BODY
from tests.roof.conftest import free_port


class Hasty(Connection):
    request_seconds = 0.3


async def _hello(request: Request) -> Response:
    return PlainTextResponse("hello")


async def _length(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[int]:
        self.listens = asyncio.Event()
        serving = asyncio.create_task(self._serve())
        await self.listens.wait()
        yield self.config.port
        self.should_exit = True
        await serving


@asynccontextmanager
async def serving(kind: type[Connection] = Connection) -> AsyncIterator[int]:
    app = Starlette(routes=[Route("/", _hello), Route("/length", _length, methods=["POST"])])
    config = uvicorn.Config(app, port=free_port(), http=kind, ws="none", lifespan="off", log_config=None)
    async with _Server(config).running() as port:
        yield port


async def said(port: int, *pieces: bytes) -> bytes:
    """Everything that comes back on one connection until the other side closes it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        async with asyncio.timeout(5):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n" + b"".join(b"x%d: y\r\n" % n for n in range(MOST_HEADERS + 1)) + b"\r\n",
        b"GET / HTTP/1.1\r\nx: " + b"y" * MOST_HEAD + b"\r\n\r\n",
        b"GET /" + b"y" * MOST_HEAD + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /length HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
    ids=["headers", "header", "address", "negative", "two lengths", "chunk", "TLS"],
)
async def test_a_head_out_of_bounds_is_refused(head: bytes) -> None:
    async with serving() as port:
        answer = await said(port, head)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"content-security-policy: default-src 'none'" in answer
    assert answer.endswith(b"This request cannot be understood.")


async def test_a_head_without_end_is_refused() -> None:
    async with serving() as port:
        answer = await said(port, b"GET / HTTP/1.1\r\nx: ", *[b"y" * 8192] * 64)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "pieces",
    [
        (),
        (b"GET / HTT",),
        (b"GET / HTTP/1.1\r\nhost: a\r\n",),
        (b"POST /length HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nab",),
    ],
    ids=["nothing", "line", "head", "body"],
)
async def test_whoever_is_slow_is_hung_up_on(pieces: tuple[bytes, ...]) -> None:
    async with serving(Hasty) as port:
        assert b"200" not in await said(port, *pieces)


async def test_a_body_nobody_wants_has_an_end() -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    async with serving() as port:
        pieces = [chunk] * (3 * MOST_BODY // 0x10000)
        await said(port, b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n", *pieces)


async def test_connections_are_kept_between_requests() -> None:
    get = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"
    post = b"POST /length HTTP/1.1\r\nhost: a\r\ncontent-length: 40000\r\n\r\n" + b"x" * 40000
    last = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
    async with serving(Hasty) as port:
        answer = await said(port, get, post, get, last)
    assert answer.count(b"HTTP/1.1 200") == 4
    assert b"40000" in answer
