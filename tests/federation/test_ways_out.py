"""The one way out (`security.md`, SSRF): whom a node never speaks to, however it is asked to."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from gzip import compress
from itertools import count
from pathlib import Path
from time import monotonic

import httpx
import pytest
from starlette.applications import Starlette

from node.federation import guarded
from node.federation.addresses import allowed
from node.federation.door import open_door
from node.federation.guarded import REPLY_MOST, Forbidden, Unreachable, Wire
from node.federation.keys import load_or_make
from node.federation.remote import Remote
from node.federation.routes import routes
from node.federation.signatures import SigningKey
from node.federation.transport import Guarded
from node.settings import build
from tests.federation import by_hand
from tests.federation.liar import Liar
from tests.federation.stillness import untouched
from tests.federation.town_of_nodes import Nodes
from tests.federation.wire import Exchange, Forward

Lied = tuple[Nodes, Liar]
_connected: list[object] = []


def _noted(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect":
        _connected.append(arguments[1])


@pytest.fixture(scope="module", autouse=True)
def _ear() -> None:
    """Python itself tells of every connection that is made."""
    sys.addaudithook(_noted)


@pytest.fixture
def connected() -> list[object]:
    _connected.clear()
    return _connected


PUBLIC = ["8.8.8.8", "145.0.0.1", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"]
X01 = ["0.0.0.0", "127.0.0.1", "127.1.2.3", "::", "::1", "::ffff:7f00:1", "::127.0.0.1", "::8.8.8.8"]
X02 = [
    *("10.0.0.1", "100.64.0.1", "100.127.255.255", "169.254.169.254", "172.16.0.1", "172.31.255.255"),
    *("192.168.1.1", "198.18.0.1", "198.19.255.255", "224.0.0.1", "239.255.255.250", "240.0.0.1"),
    *("255.255.255.255", "0.1.2.3", "192.0.0.8", "192.0.0.9", "192.0.2.1", "192.88.99.1", "203.0.113.1"),
]
X03 = [
    *("64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "64:ff9b:1:ffff::a00:1", "2002:7f00:1::1"),
    *("2002:808:808::1", "2001::1", "2001:0:808:808::1", "2001:1ff:ffff::1", "2001:20::1", "2001:db8::1"),
    *("fc00::1", "fdff::1", "fe80::1", "fe80::1%eth0", "fec0::1", "feff::1", "3fff::1", "3fff:fff::1"),
    *("100::1", "5f00::1", "ff02::1", "ff0e::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "4000::1"),
    *("::ffff:0:7f00:1", "fd00:ec2::254"),
]


@pytest.mark.parametrize("address", [*X01, *X02, *X03])
def test_x01_x02_x03_addresses_that_are_not_public(address: str) -> None:
    assert not allowed(address, town=False)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert allowed(address, town=False)
    assert allowed(address, town=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_a_demo_town_speaks_with_its_own_machine(address: str) -> None:
    assert allowed(address, town=True)


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "::", "0.0.0.0", "64:ff9b::7f00:1"])
def test_a_demo_town_speaks_with_no_other_private_one(address: str) -> None:
    assert not allowed(address, town=True)


def remote_of(directory: Path, origin: str = "", wire: Wire | None = None, deadline: float = 10) -> Remote:
    """Our way out; in a demo town, unless told its origin."""
    town = {} if origin else {"town": True}
    settings = build(
        {"origin": origin or "http://127.0.0.1:1", "name": "Centrum", "area": "BU00000001", **town}, directory
    )
    return Remote(settings, load_or_make(directory, settings.home), wire, deadline)


HOME = "https://centrum.example"
NOT_WITH_THESE = [
    *(
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
    ),
    *("https://127。0。0。1/", "https://[::]/", "https://[::1]/", "https://[::ffff:7f00:1]/", "https://0/"),
    *("https://[::127.0.0.1]/", "https://10.0.0.1/", "https://169.254.169.254/", "https://localhost/"),
    *("http://8.8.8.8/", "https://8.8.8.8:8443/", "https://8.8.8.8:80/", "https://8.8.8.8:0/"),
    *("ftp://8.8.8.8/", "file:///etc/passwd", "gopher://8.8.8.8/", "//8.8.8.8/", "8.8.8.8", ""),
    *("https://bea@8.8.8.8/", "https://8.8.8.8\\@127.0.0.1/", "https://8.8.8.8 .example/", "https://[::1/"),
    *(
        f"{HOME}/ap/actor",
        "https://CENTRUM.example:443/",
        "https://centrum.example./",
        "HTTPS://centrum.example",
    ),
    *("https://a..example/", f"https://{'a' * 70}.example/", "https://xn--/", "https://[v1.x]/", "https:///"),
    *("https://1.2.3.999/", "https://8.8.8.8/" + "x" * 2048, "https://[fe80::1%25eth0]/", "https://%00/"),
]


@pytest.mark.parametrize("uri", NOT_WITH_THESE)
async def test_x01_x13_x15_asked_by_address(tmp_path: Path, uri: str, connected: list[object]) -> None:
    """Also another scheme or port, our own address, and what is no address at all."""
    way = remote_of(tmp_path, HOME)
    with pytest.raises(Unreachable):
        await way.document(uri)
    with pytest.raises(Unreachable):
        await way.post(uri, b"{}")
    with pytest.raises(Unreachable):
        await way.webfinger(uri.rstrip("/"), "acct:x@y")
    await way.close()
    assert connected == []


@pytest.mark.parametrize(
    "uri", [f"{HOME}/x", "https://centrum.example:443/x", "http://8.8.8.8/", "https://8.8.8.8:1/"]
)
async def test_x13_x15_that_is_forbidden_and_not_a_failure(tmp_path: Path, uri: str) -> None:
    with pytest.raises(Forbidden):
        await remote_of(tmp_path, HOME, httpx.MockTransport(lambda request: httpx.Response(200))).document(
            uri
        )


# A server on this machine, for a demo town


@dataclass
class There:
    """What somebody else says, piece by piece, and what was asked of them."""

    pieces: Callable[[], AsyncIterator[bytes]]
    asked: list[bytes] = field(default_factory=list)
    port: int = 0
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.asked.append(await reader.readuntil(b"\r\n\r\n"))
            async for piece in self.pieces():
                writer.write(piece)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.left.set()
            writer.close()


@asynccontextmanager
async def listening(pieces: Callable[[], AsyncIterator[bytes]]) -> AsyncIterator[There]:
    there = There(pieces)
    server = await asyncio.start_server(there.answer, "127.0.0.1", 0)
    there.port = server.sockets[0].getsockname()[1]
    try:
        yield there
    finally:
        server.close()
        await server.wait_closed()


def reply(body: bytes, *headers: str) -> Callable[[], AsyncIterator[bytes]]:
    lines = ["HTTP/1.1 200 OK", "Content-Type: application/activity+json", "Connection: close", *headers]

    async def pieces() -> AsyncIterator[bytes]:
        yield "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body

    return pieces


async def test_x04_the_address_that_was_checked_is_the_one_connected_to(
    tmp_path: Path, connected: list[object]
) -> None:
    async with listening(reply(b"{}")) as there:
        answers = [{"127.0.0.1"}, {"10.0.0.1"}, {"127.0.0.1", "10.0.0.1"}, set[str]()]
        asked = count()

        async def resolve(host: str, port: int) -> set[str]:
            return answers[next(asked)]

        way = remote_of(tmp_path, wire=Guarded(True, None, resolve, good_for=0.0))
        uri = f"http://wisselend.example:{there.port}/"
        assert await way.document(uri) == {}
        for _ in answers[1:]:
            with pytest.raises(Unreachable):
                await way.document(uri)
        assert next(asked) == len(answers)  # once for each request, and never behind the back of the check
        assert connected == [("127.0.0.1", there.port)]
        assert f"host: wisselend.example:{there.port}".encode() in there.asked[0].lower()
        await way.close()


async def test_x04_a_checked_address_is_good_for_a_while(tmp_path: Path, connected: list[object]) -> None:
    async with listening(reply(b"{}")) as there:
        answers = iter([{"127.0.0.1"}])  # asked once

        async def resolve(host: str, port: int) -> set[str]:
            return next(answers)

        way = remote_of(tmp_path, wire=Guarded(True, None, resolve))
        for path in ("een", "twee"):
            assert await way.document(f"http://dezelfde.example:{there.port}/{path}") == {}
        assert set(connected) == {("127.0.0.1", there.port)}
        await way.close()


async def test_x04_public_first_and_loopback_among_them(tmp_path: Path, connected: list[object]) -> None:
    async def resolve(host: str, port: int) -> set[str]:
        return {"8.8.8.8", "127.0.0.1"}

    way = remote_of(tmp_path, HOME, Guarded(False, None, resolve))
    with pytest.raises(Unreachable):
        await way.document("https://gemengd.example/")
    await way.close()
    assert connected == []


async def test_x09_a_byte_at_a_time(tmp_path: Path) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nContent-Type: application/activity+json\r\n\r\n"
        while True:
            yield b" "
            await asyncio.sleep(0.02)

    async with listening(pieces) as there:
        way, began = remote_of(tmp_path, deadline=0.3), monotonic()
        with pytest.raises(Unreachable, match="did not answer within"):
            await way.document(f"http://127.0.0.1:{there.port}/")
        assert monotonic() - began < 3
        await asyncio.wait_for(there.left.wait(), 5)  # we hung up
        await way.close()
    assert guarded.DEADLINE == 10


@pytest.mark.parametrize("how", ["length", "chunks", "headers"])
async def test_x10_too_much(tmp_path: Path, how: str) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\n"

    async def pieces() -> AsyncIterator[bytes]:
        if how == "headers":
            yield head
            while True:
                yield b"X-More: " + b"x" * 4096 + b"\r\n"
        yield head + (
            b"Content-Length: 999999999\r\n\r\n" if how == "length" else b"Transfer-Encoding: chunked\r\n\r\n"
        )
        while True:
            yield b" " * 4096 if how == "length" else b"1000\r\n" + b" " * 4096 + b"\r\n"

    async with listening(pieces) as there:
        way = remote_of(tmp_path)
        with pytest.raises(Unreachable):
            await way.document(f"http://127.0.0.1:{there.port}/")
        await asyncio.wait_for(there.left.wait(), 5)
        await way.close()


async def test_x10_up_to_the_limit(tmp_path: Path) -> None:
    async with listening(reply(b"{}".ljust(REPLY_MOST))) as there:
        way = remote_of(tmp_path)
        assert await way.document(f"http://127.0.0.1:{there.port}/") == {}
        await way.close()


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "x"])
async def test_p21_a_compressed_answer(tmp_path: Path, coding: str) -> None:
    async with listening(reply(compress(b"{}" + b" " * 9_000_000), f"Content-Encoding: {coding}")) as there:
        way = remote_of(tmp_path)
        with pytest.raises(Unreachable, match="did not ask for"):
            await way.document(f"http://127.0.0.1:{there.port}/")
        assert b"accept-encoding: identity" in there.asked[0].lower()
        await way.close()


@pytest.mark.parametrize(
    "wait",
    ["9" * 400, "-1", "²", "x", "Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 01 Jan 2026 00:00:00"],
)
async def test_an_odd_retry_after_is_no_error(tmp_path: Path, wait: str) -> None:
    async with listening(reply(b"", f"Retry-After: {wait}")) as there:
        way = remote_of(tmp_path)
        assert (await way.post(f"http://127.0.0.1:{there.port}/", b"{}")).wait is None
        await way.close()


async def test_x14_no_proxy_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(reply(b"{}")) as there, listening(reply(b"{}")) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        way = remote_of(tmp_path)
        await way.document(f"http://127.0.0.1:{there.port}/")
        await way.close()
        assert (len(there.asked), proxy.asked) == (1, [])


# As far as somebody else can make us ask


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]"),
        *("[::ffff:127.0.0.1]", "0.0.0.0", "127.0.0.1:8080", "a..example", "xn--", "a" * 70 + ".example"),
        *("1.2.3.999", "centrum.example", "CENTRUM.example.:443"),
    ],
)
async def test_x08_a_key_that_lives_in_a_private_place(
    lied_to: Lied, host: str, connected: list[object]
) -> None:
    (place, _), liar = lied_to
    door = open_door(place.database, place.settings, place.door.keys)
    app, place.wire.apps[place.origin] = place.app, Starlette(routes=routes(door))
    try:
        async with untouched(place):
            for scheme in ("https", "http"):
                key = SigningKey(f"{scheme}://{host}/ap/actor#key", liar.key.private)
                response = await by_hand.posted(place, liar.activity("Follow", place.home.actor), key)
                assert response.status_code in (400, 401)
    finally:
        place.wire.apps[place.origin] = app
        await door.remote.close()
    assert connected == []


BOXES = ["https://127.0.0.1/inbox", "https://noord.example/inbox", "http://x.example/", None]


async def test_x08_an_inbox_elsewhere(lied_to: Lied) -> None:
    (place, _), _ = lied_to
    for number, box in enumerate(BOXES):
        stranger = Liar(place.wire, f"postbus{number}")
        stranger.serve(stranger.actor, stranger.group(inbox=box))
        before, follow = await place.rows(), stranger.activity("Follow", place.home.actor)
        assert (await stranger.says(place, follow)).status_code == 401
        assert await place.rows() == before
        stranger.serve(stranger.actor, stranger.group(endpoints={"sharedInbox": box}))
        place.door.asked.clear()
        assert (await stranger.says(place, follow)).status_code == 202
        assert (await place.knows(stranger)).inbox == f"{stranger.actor}/inbox"


async def test_x11_what_could_not_be_had_is_not_asked_for_again_for_ten_minutes(lied_to: Lied) -> None:
    (place, _), _ = lied_to
    for stranger, status in ((Liar(place.wire, "weg"), 404), (Liar(place.wire, "stuk"), 500)):
        stranger.serve(stranger.actor, {}, status)
        activity = stranger.activity("Follow", place.home.actor)
        for _ in range(20):
            assert (await stranger.says(place, activity)).status_code == 401
        assert len(stranger.asked) == 1
        when, nothing = place.door.asked.absent[stranger.actor]
        place.door.asked.absent[stranger.actor] = when - timedelta(minutes=9), nothing
        assert (await stranger.says(place, activity)).status_code == 401
        assert len(stranger.asked) == 1
        place.door.asked.absent[stranger.actor] = when - timedelta(minutes=11), nothing
        stranger.serve(stranger.actor, stranger.group())
        assert (await stranger.says(place, activity)).status_code == 202
        assert len(stranger.asked) == 2


async def test_x11_also_when_nobody_answers(lied_to: Lied) -> None:
    (place, _), _ = lied_to
    stranger = Liar(place.wire, "stil")

    async def silent(exchange: Exchange, forward: Forward) -> httpx.Response:
        if exchange.to == stranger.origin:
            raise httpx.ReadTimeout("nothing came")
        return await forward()

    sent = len(place.wire.log)
    with place.wire.meddling(silent):
        for _ in range(5):
            assert (await stranger.says(place, stranger.activity("Follow", "x"))).status_code == 401
    assert len(place.wire.log) == sent + 1
