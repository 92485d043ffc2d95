"""The one client for everything that a node asks of others, guarded (`security.md`, SSRF).

It speaks over `transport.py`, which connects to the address that it checked. A redirect is followed for a
GET alone, each hop checked and signed anew; no proxy from the environment, no cookies, raw bytes limited, one
deadline for all hops together.
"""

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import httpx

from node import __version__
from node.federation.documents import URI_LENGTH, origin_of
from node.federation.transport import Guarded
from node.settings import Settings

DEADLINE = 10.0  # seconds, for all hops together
REPLY_MOST = 1024 * 1024
HOPS_MOST = 3
WIRES_MOST = 64
Wire = httpx.AsyncBaseTransport
"""What carries requests: the network, or in tests a stand-in for it."""
Sign = Callable[[str, str], Mapping[str, str]]
"""From a method and an address to the headers that sign this request. ValueError for what cannot be
signed."""
_REDIRECTS = (301, 302, 303, 307, 308)
_FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ssl.SSLError, UnicodeError)
"""What goes wrong with another host; UnicodeError: its name cannot be one."""


class Unreachable(Exception):
    """The other side could not be asked, or did not answer as it should; `str` says what happened."""


class Absent(Unreachable):
    """Nothing is there for us (404)."""


class Gone(Absent):
    """What was asked for is not there any more, and does not come back (410)."""


class Forbidden(Unreachable):
    """An address that this node does not talk to: its own, a private one, or one that is not https."""


@dataclass(frozen=True)
class Answer:
    """What came back: the status, when to come again if it said so, and the body within limits.

    `url` is the address that answered, after all redirects; `leads_to` where it says to go instead;
    `profile` what the media type is said to hold (RFC 6906); `etag` and `modified` are for asking whether
    there is anything new (RFC 9110 13.1).
    """

    status: int
    wait: float | None
    media_type: str
    body: bytes
    url: str = ""
    leads_to: str | None = None
    profile: str = ""
    etag: str | None = None
    modified: str | None = None


class Client:
    """Requests to other nodes, each host over a transport of its own on one TLS context.

    `wire` swaps the network itself, for tests; `deadline` is in seconds.
    """

    def __init__(self, settings: Settings, wire: Wire | None = None, deadline: float = DEADLINE) -> None:
        self._settings = settings
        self._wire = wire
        self._deadline = deadline
        self._tls = ssl.create_default_context()  # one for all: to make one costs a thousand signatures
        self._tls.set_alpn_protocols(["http/1.1"])
        self._headers = {
            "user-agent": f"buurtknoop/{__version__} (+{settings.origin})",
            "accept-encoding": "identity",
        }
        self._wires: OrderedDict[str, Wire] = OrderedDict()

    async def get(self, uri: str, accept: str, sign: Sign) -> Answer:
        """What stands at an address, or where that leads to, at most three hops on. Raises Unreachable."""
        url = self.checked(uri)
        async with _within(url, self._deadline):
            for _ in range(HOPS_MOST + 1):
                answer = await self._once("GET", url, {"accept": accept}, None, sign)
                if answer.leads_to is None:
                    return answer
                url = self._hop(url, answer.leads_to)
        raise Unreachable(f"{uri} leads on and on")

    async def post(self, uri: str, body: bytes, sign: Sign) -> Answer:
        """Hand something in. A redirect is an answer like any other, and not followed. Raises
        Unreachable."""
        url = self.checked(uri)
        async with _within(url, self._deadline):
            return await self._once("POST", url, {}, body, sign)

    async def close(self) -> None:
        """Hang up everywhere."""
        if self._wire is not None:
            await self._wire.aclose()
        while self._wires:
            await self._wires.popitem()[1].aclose()

    def checked(self, uri: str) -> str:
        """An address that we may talk to, in the one spelling in which it is signed and asked. Raises
        Forbidden."""
        origin = origin_of(uri)
        if origin is None or len(uri) > URI_LENGTH:
            raise Forbidden("this is no web address")
        if origin == self._settings.origin:
            raise Forbidden("this is our own address")
        if not self._settings.town and (not origin.startswith("https://") or origin.count(":") > 1):
            raise Forbidden(f"{origin}: only https on its usual port")
        try:
            url = origin + httpx.URL(uri).raw_path.decode("ascii")
        except (httpx.InvalidURL, UnicodeError):
            raise Forbidden("this is no web address") from None
        if origin_of(url) != origin:
            raise Forbidden("this is no web address")
        return url

    def _hop(self, url: str, leads_to: str) -> str:
        """The next address of a chain. Raises Forbidden, also when it gives up TLS on the way."""
        if not leads_to.isprintable():  # `urljoin` would leave that out, and lead elsewhere
            raise Forbidden(f"{url} leads nowhere")
        try:
            following = self.checked(urljoin(url, leads_to))
        except ValueError:
            raise Forbidden(f"{url} leads nowhere") from None
        if url.startswith("https://") and not following.startswith("https://"):
            raise Forbidden(f"{url} leads away from https")
        return following

    async def _once(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, sign: Sign
    ) -> Answer:
        try:
            signed = sign(method, url)
        except ValueError as error:
            raise Forbidden(f"{url}: {error}") from None
        request = httpx.Request(method, url, headers={**self._headers, **signed, **headers}, content=body)
        wire = await self._wire_to(str(origin_of(url)))
        async with aclosing(await wire.handle_async_request(request)) as reply:
            return await _read(url, reply)

    async def _wire_to(self, origin: str) -> Wire:
        if self._wire is not None:
            return self._wire
        wire = self._wires.get(origin)
        if wire is None:
            wire = self._wires[origin] = Guarded(self._settings.town, self._tls)
        self._wires.move_to_end(origin)
        if len(self._wires) > WIRES_MOST:
            await self._wires.popitem(last=False)[1].aclose()
        return wire


@asynccontextmanager
async def _within(url: str, seconds: float) -> AsyncIterator[None]:
    """One deadline around all that is said; whatever goes wrong is Unreachable."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise Unreachable(f"{origin_of(url)} did not answer within {seconds:.0f} seconds") from None
    except _FAILURES as error:
        raise Unreachable(f"{origin_of(url)}: {type(error).__name__}") from error


async def _read(uri: str, reply: httpx.Response) -> Answer:
    where = reply.headers.get_list("location")
    if reply.status_code in _REDIRECTS and len(where) == 1:
        return Answer(reply.status_code, _wait(reply), "", b"", uri, where[0])
    body = bytearray()
    async for piece in reply.aiter_raw():
        body += piece
        if len(body) > REPLY_MOST:
            raise Unreachable(f"{uri} answered more than {REPLY_MOST} bytes")
    if reply.headers.get("content-encoding", "identity") != "identity":
        raise Unreachable(f"{uri} answered in a form we did not ask for")
    kind, profile = _kind(reply)
    known = _known(reply, "etag"), _known(reply, "last-modified")
    return Answer(reply.status_code, _wait(reply), kind, bytes(body), uri, None, profile, *known)


def _known(reply: httpx.Response, name: str) -> str | None:
    """A header that is said back to who sent it; None when it is no plain line."""
    said: str = reply.headers.get(name, "")
    return said if said and said.isascii() and said.isprintable() and len(said) <= 200 else None


def _kind(reply: httpx.Response) -> tuple[str, str]:
    """The media type in small letters, without its parameters, and its profile. Two types are none."""
    said = Message()
    said["content-type"] = " ".join(reply.headers.get("content-type", "").split())
    kind = said.get_content_type() if "content-type" in reply.headers else ""
    return kind, str(said.get_param("profile", "")).strip("'")


def _wait(reply: httpx.Response) -> float | None:
    """Retry-After in seconds, as a number or a date (RFC 9110 10.2.3)."""
    said = reply.headers.get("retry-after", "")
    if said.isascii() and said.isdigit() and len(said) < 9:
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
