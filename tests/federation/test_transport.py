"""What a node speaks over (`security.md`, SSRF): what it keeps open, how much it holds, and whose certificate
it believes."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from node.federation.transport import AT_ONCE, HEAD_MOST, KEPT_OPEN, Guarded

LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
Talk = Callable[["There", asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class There:
    """Somebody who listens on this machine, and what came there."""

    port: int = 0
    lines: int = 0
    heads: list[bytes] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    here: int = 0
    most: int = 0
    left: asyncio.Event = field(default_factory=asyncio.Event)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def request(self, reader: asyncio.StreamReader) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        self.bodies.append(await reader.readexactly(int(lengths[0].split(b":")[1])) if lengths else b"")


@asynccontextmanager
async def there_is(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[There]:
    there, talks = There(), set[asyncio.Task[None]]()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.current_task())  # type: ignore[arg-type]  # a task runs this
        there.lines += 1
        try:
            await talk(there, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            there.left.set()
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    there.port = server.sockets[0].getsockname()[1]
    try:
        yield there
    finally:
        server.close()
        for one in talks:
            one.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


def saying(*pieces: bytes) -> Talk:
    """The same answer for each request, and then whatever was asked."""

    async def talk(there: There, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await there.request(reader)
            for piece in pieces:
                writer.write(piece)
                await writer.drain()

    return talk


def saying_once(*pieces: bytes) -> Talk:
    """One answer, and the end of the connection."""

    async def talk(there: There, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await there.request(reader)
        for piece in pieces:
            writer.write(piece)
        await writer.drain()

    return talk


def way(tls: ssl.SSLContext | None = None, kept: float = KEPT_OPEN) -> Guarded:
    async def here(host: str, port: int) -> set[str]:
        return {"127.0.0.1"}

    return Guarded(town=True, tls=tls, resolve=here, good_for=kept)


async def said(over: Guarded, there: There, body: bytes = b"", scheme: str = "http") -> tuple[int, bytes]:
    request = httpx.Request("POST", f"{scheme}://daar.example:{there.port}/inbox", content=body)
    response = await over.handle_async_request(request)
    try:
        return response.status_code, b"".join([piece async for piece in response.aiter_raw()])
    finally:
        await response.aclose()


async def test_one_connection_carries_one_request_after_the_other() -> None:
    async with there_is(saying(OK)) as there:
        over = way()
        for number in range(3):
            assert await said(over, there, b"%d" % number) == (200, b"{}")
        assert (there.lines, there.bodies) == (1, [b"0", b"1", b"2"])
        assert there.heads[0].startswith(b"POST /inbox HTTP/1.1\r\n")
        await over.aclose()
        await asyncio.wait_for(there.left.wait(), 5)


async def test_two_at_once_and_the_third_waits() -> None:
    async def talk(there: There, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await there.request(reader)
            there.here += 1
            there.most = max(there.most, there.here)
            there.came.set()
            await there.go.wait()
            there.here -= 1
            writer.write(OK)

    async with there_is(talk) as there:
        over = way()
        asking = asyncio.gather(*(said(over, there) for _ in range(7)))
        while there.here < AT_ONCE:
            there.came.clear()
            await asyncio.wait_for(there.came.wait(), 5)
        for _ in range(20):  # whoever would come besides is here before these
            (await asyncio.open_connection("127.0.0.1", there.port))[1].close()
        there.go.set()
        await asyncio.wait_for(asking, 10)
        assert (there.most, len(there.heads)) == (AT_ONCE, 7)
        await over.aclose()


async def test_a_connection_that_was_closed_meanwhile_is_not_spoken_on() -> None:
    async with there_is(saying_once(OK)) as there:
        over = way()
        for number in range(3):
            there.left.clear()
            assert await said(over, there, b"%d" % number) == (200, b"{}")
            await asyncio.wait_for(there.left.wait(), 5)
            await asyncio.sleep(0)
        assert there.lines == 3
        await over.aclose()


async def test_an_answer_before_the_question_is_never_taken_for_one() -> None:
    """Also when it came together with the last one."""

    async def talk(there: There, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await there.request(reader)
        writer.write(OK + (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nliar" if there.lines == 1 else b""))
        await there.request(reader)

    async with there_is(talk) as there:
        over = way()
        assert await said(over, there) == (200, b"{}")
        assert await said(over, there) == (200, b"{}")
        assert there.lines == 2
        await over.aclose()


async def test_a_quiet_connection_is_hung_up() -> None:
    async with there_is(saying(OK)) as there:
        over = way(kept=0.05)
        assert await said(over, there) == (200, b"{}")
        await asyncio.wait_for(there.left.wait(), 5)
        there.left.clear()
        assert await said(over, there) == (200, b"{}")
        assert there.lines == 2
        await over.aclose()


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", b"{}"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + OK, b"{}"),
        (b"HTTP/1.0 200 OK\r\n\r\nto the end", b"to the end"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b""),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    ],
)
async def test_each_way_to_end_an_answer(answer: bytes, body: bytes) -> None:
    async with there_is(saying_once(answer)) as there:
        over = way()
        assert (await said(over, there))[1] == body
        await over.aclose()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}!",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-\x00: 1\r\n\r\n",
        b"220 mail.example ESMTP\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-More: " + b"x" * 32 * HEAD_MOST + b"\r\n\r\n",
    ],
)
async def test_what_is_no_answer_is_an_error_and_the_connection_ends(answer: bytes) -> None:
    async with there_is(saying_once(answer)) as there:
        over = way()
        with pytest.raises((httpx.HTTPError, OSError)):
            await said(over, there)
        await asyncio.wait_for(there.left.wait(), 5)
        over_again = await asyncio.wait_for(asyncio.gather(said(over, there), return_exceptions=True), 5)
        assert isinstance(over_again[0], (httpx.HTTPError, OSError))  # and it was asked again, on a new one
        assert there.lines == 2
        await over.aclose()


async def test_who_stops_reading_hangs_up_and_frees_the_place() -> None:
    async with there_is(saying(LONG, b"x" * 200_000)) as there:
        over = way()
        for _ in range(AT_ONCE + 1):
            there.left.clear()
            request = httpx.Request("GET", f"http://daar.example:{there.port}/")
            response = await asyncio.wait_for(over.handle_async_request(request), 5)
            async for piece in response.aiter_raw():
                assert len(piece) <= 512 * 1024
                break
            await response.aclose()
            await asyncio.wait_for(there.left.wait(), 5)
        assert there.lines == AT_ONCE + 1


async def test_who_gives_up_waiting_frees_the_place() -> None:
    async def talk(there: There, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await there.request(reader)
        there.go.set()
        await reader.read()

    async with there_is(talk) as there:
        over = way()
        for _ in range(AT_ONCE + 1):
            there.go.clear()
            there.left.clear()
            asking = asyncio.create_task(said(over, there))
            await asyncio.wait_for(there.go.wait(), 5)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await asyncio.wait_for(there.left.wait(), 5)


async def test_much_is_read_no_faster_than_it_is_taken() -> None:
    async with there_is(saying_once(LONG, b"x" * 9_000_000)) as it:
        over = way()
        response = await over.handle_async_request(httpx.Request("GET", f"http://daar.example:{it.port}/"))
        length = 0
        async for piece in response.aiter_raw():
            assert len(piece) < 1024 * 1024
            length += len(piece)
        assert length == 9_000_000
        await response.aclose()
        await over.aclose()


# TLS


@dataclass(frozen=True)
class Certified:
    """A certificate for a name, in a file, and who believes it."""

    server: ssl.SSLContext
    client: ssl.SSLContext


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Certified]:
    def made(*names: str, days: int = 1) -> Certified:
        key, name = (
            ec.generate_private_key(ec.SECP256R1()),
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")]),
        )
        whom = [
            x509.DNSName(name) if name[0].isalpha() else x509.IPAddress(ip_address(name)) for name in names
        ]
        proof = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(datetime.now(UTC) - timedelta(days=2))
            .not_valid_after(datetime.now(UTC) + timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName(whom), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        path = tmp_path_factory.mktemp("tls") / "proof.pem"
        pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
        path.write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + proof.public_bytes(pem)
        )
        server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        server.load_cert_chain(path)
        return Certified(server, ssl.create_default_context(cafile=path))

    return made


async def test_over_tls_for_the_name_that_was_asked(certified: Callable[..., Certified]) -> None:
    """By its name: the address that it is connected to stands in no certificate."""
    proof, names = certified("daar.example"), list[str | None]()
    proof.server.sni_callback = lambda line, name, context: names.append(name)
    async with there_is(saying(OK), proof.server) as there:
        over = way(proof.client)
        for _ in range(2):
            assert await said(over, there, b"{}", "https") == (200, b"{}")
        assert (names, there.lines) == (["daar.example"], 1)
        await over.aclose()


@pytest.mark.parametrize(
    ("names", "days", "believed"),
    [
        (["elders.example"], 1, True),
        (["127.0.0.1"], 1, True),  # where it is is not who it is
        (["daar.example"], -1, True),  # over
        (["daar.example"], 1, False),  # by nobody we know
    ],
)
async def test_nothing_is_said_to_who_proves_to_be_another(
    certified: Callable[..., Certified], names: list[str], days: int, believed: bool
) -> None:
    proof = certified(*names, days=days)
    async with there_is(saying(OK), proof.server) as there:
        over = way(proof.client if believed else ssl.create_default_context())
        with pytest.raises(ssl.SSLError):
            await said(over, there, b"{}", "https")
        assert there.heads == []
        await over.aclose()


async def test_no_https_without_tls(certified: Callable[..., Certified]) -> None:
    async with there_is(saying(OK), certified("daar.example").server) as there:
        with pytest.raises(httpx.HTTPError):
            await said(way(), there, b"{}", "https")
        assert there.heads == []
