"""A connection has its bounds, also without a proxy before it: real sockets, and a server in this process."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from node.serving.connection import MOST_HEAD, MOST_HEADERS, Connection
from node.serving.front import MOST_BODY
from node.ui.uploads import MORE
from tests.roof.conftest import free_port


class Hasty(Connection):
    request_seconds = 0.3


async def _hello(request: Request) -> Response:
    return PlainTextResponse("hello")


async def _length(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def _photo(request: Request) -> Response:
    request.scope[MORE] = MOST_BODY, 10.0
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
    routes = [Route("/", _hello), Route("/length", _length, methods=["POST"])]
    app = Starlette(routes=[*routes, Route("/photo", _photo, methods=["POST"])])
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


LARGE = {
    "headers": b"GET / HTTP/1.1\r\n" + b"".join(b"x%d: y\r\n" % n for n in range(MOST_HEADERS + 1)) + b"\r\n",
    "200 headers": b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 200 + b"\r\n",
    "header": b"GET / HTTP/1.1\r\nx: " + b"y" * MOST_HEAD + b"\r\n\r\n",
    "64 KiB header": b"GET / HTTP/1.1\r\nx: " + b"y" * 65536 + b"\r\n\r\n",
    "name": b"GET / HTTP/1.1\r\n" + b"y" * MOST_HEAD + b": x\r\n\r\n",
    "address": b"GET /" + b"y" * MOST_HEAD + b" HTTP/1.1\r\n\r\n",
    "10,000 ranges": b"GET / HTTP/1.1\r\nrange: bytes=" + b"0-0," * 10_000 + b"1-1\r\n\r\n",
}
CHUNKED = b"POST /length HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n"
UNCLEAR = {
    "negative": b"GET / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
    "signed": b"POST /length HTTP/1.1\r\ncontent-length: +2\r\n\r\nab",
    "no number": b"POST /length HTTP/1.1\r\ncontent-length: 0x2\r\n\r\nab",
    "two lengths": b"POST /length HTTP/1.1\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nabc",
    "length and chunks": CHUNKED + b"content-length: 3\r\n\r\n0\r\n\r\n",
    "two codings": CHUNKED + b"transfer-encoding: identity\r\n\r\n0\r\n\r\n",
    "not chunked last": b"POST /length HTTP/1.1\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "no chunk": CHUNKED + b"\r\nzz\r\n",
    "a chunk that goes on": CHUNKED + b"\r\n2\r\nabc\r\n0\r\n\r\n",
    "a chunk of -1": CHUNKED + b"\r\n-1\r\nab\r\n0\r\n\r\n",
    "a chunk without end": CHUNKED + b"\r\nfffffffffffffffff\r\nab",
    "a folded header": b"GET / HTTP/1.1\r\nx: y\r\n z\r\n\r\n",
    "a space before the colon": b"POST /length HTTP/1.1\r\ncontent-length : 2\r\n\r\nab",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}


async def refused(head: bytes) -> None:
    """It is answered 400, once, and then the connection is closed: what follows is no second request."""
    async with serving() as port:
        answer = await said(port, head, b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1
    assert b"content-security-policy: default-src 'none'" in answer
    assert b"connection: close" in answer
    assert answer.endswith(b"This request cannot be understood.")


@pytest.mark.parametrize("what", LARGE)
async def test_P17_P18_a_head_out_of_bounds_is_refused(what: str) -> None:
    await refused(LARGE[what])


@pytest.mark.parametrize("what", UNCLEAR)
async def test_P19_a_request_that_can_be_read_in_two_ways_is_refused(what: str) -> None:
    await refused(UNCLEAR[what])


async def test_P17_a_head_without_end_is_refused() -> None:
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


async def test_R08_three_hundred_slow_ones_keep_nobody_else_waiting() -> None:
    """Half of them in the head, half in the body; they are still there when somebody else is answered."""
    async with serving() as port, AsyncExitStack() as slow:
        waiting = []
        for number in range(300):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            waiting.append(reader)
            slow.callback(writer.close)
            body = b"content-length: 5\r\n\r\nab" if number % 2 else b""
            writer.write(b"POST /length HTTP/1.1\r\nhost: a\r\n" + body)
        for _ in range(3):
            answer = await said(port, b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
            assert answer.endswith(b"hello")
        assert not any(reader.at_eof() for reader in waiting)


async def test_P02_a_body_nobody_wants_has_an_end() -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    async with serving() as port:
        pieces = [chunk] * (3 * MOST_BODY // 0x10000)
        await said(port, b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n", *pieces)


async def test_who_may_send_a_photo_has_the_bytes_and_the_time() -> None:
    """As soon as a door says so; others are cut off, and so is who sends more than that."""
    size = 5 * MOST_BODY // 2
    async with serving(Hasty) as port:
        for path, heard in ((b"/photo", str(size).encode()), (b"/length", b"")):
            head = b"POST %s HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
            answer = await said(port, head % (path, size), *[b"x" * 8192] * (size // 8192))
            assert answer.endswith(heard)
            assert bool(heard) == (b" 200 " in answer)
        slow = b"POST /photo HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 3\r\n\r\na"
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(slow)
        await asyncio.sleep(2 * Hasty.request_seconds)  # what is tried is that this long is no harm
        writer.write(b"bc")
        assert (await reader.read()).endswith(b"3")
        writer.close()


async def test_connections_are_kept_between_requests() -> None:
    get = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n"
    post = b"POST /length HTTP/1.1\r\nhost: a\r\ncontent-length: 40000\r\n\r\n" + b"x" * 40000
    last = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
    async with serving(Hasty) as port:
        answer = await said(port, get, post, get, last)
    assert answer.count(b"HTTP/1.1 200") == 4
    assert b"40000" in answer
