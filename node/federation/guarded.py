"""The one client for everything that a node asks of others, guarded (`security.md`, SSRF). Only here httpx is
used.

The address that was checked is the address connected to; a redirect is followed for a GET alone, each hop
checked and signed anew; no proxy from the environment, no cookies, raw bytes limited, one deadline for all
hops together.
"""

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from time import monotonic
from urllib.parse import urljoin

import httpx

from node import __version__
from node.federation.addresses import Resolve, allowed, resolved
from node.federation.documents import URI_LENGTH, origin_of
from node.settings import Settings

DEADLINE = 10.0  # seconds, for all hops together
REPLY_MOST = 1024 * 1024
HOPS_MOST = 3
CLIENTS_MOST = 64
KEPT_OPEN = 20.0  # seconds, of a connection with nothing on it; so long its checked address is good too
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
    `profile` what the media type is said to hold (RFC 6906).
    """

    status: int
    wait: float | None
    media_type: str
    body: bytes
    url: str = ""
    leads_to: str | None = None
    profile: str = ""


class Client:
    """Requests to other nodes, each host through a small client of its own on one TLS context.

    `wire` swaps the network itself, for tests; `deadline` is in seconds.
    """

    def __init__(self, settings: Settings, wire: Wire | None = None, deadline: float = DEADLINE) -> None:
        self._settings = settings
        self._wire = wire
        self._deadline = deadline
        self._tls = ssl.create_default_context()  # one for all: to make one costs a thousand signatures
        self._clients: OrderedDict[str, httpx.AsyncClient] = OrderedDict()
        self._closing: set[asyncio.Task[None]] = set()

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
        clients = list(self._clients.values())
        self._clients.clear()
        await asyncio.gather(*(client.aclose() for client in clients), *self._closing)

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
        client = self._client(str(origin_of(url)))
        async with client.stream(method, url, headers={**signed, **headers}, content=body) as reply:
            return await _read(url, reply)

    def _client(self, origin: str) -> httpx.AsyncClient:
        client = self._clients.get(origin)
        if client is None:
            client = httpx.AsyncClient(
                transport=self._wire or Guarded(self._settings.town, self._tls),
                trust_env=False,
                follow_redirects=False,
                timeout=self._deadline,
                headers={
                    "user-agent": f"buurtknoop/{__version__} (+{self._settings.origin})",
                    "accept-encoding": "identity",
                },
            )
            client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # nobody tags us
            self._clients[origin] = client
        self._clients.move_to_end(origin)
        if len(self._clients) > CLIENTS_MOST:
            _, oldest = self._clients.popitem(last=False)
            closing = asyncio.create_task(oldest.aclose())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
        return client


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


class Guarded(httpx.AsyncBaseTransport):
    """Connects to the address that it checked itself: a name that changes its mind in between gains nothing
    (X04)."""

    def __init__(
        self,
        town: bool,
        tls: ssl.SSLContext | None,
        resolve: Resolve | None = None,
        good_for: float = KEPT_OPEN,
    ) -> None:
        self._town = town
        self._good_for = good_for
        self._resolve = resolve or resolved
        self._checked: tuple[tuple[str, int], str, float] | None = None
        limits = httpx.Limits(max_connections=2, max_keepalive_connections=1, keepalive_expiry=KEPT_OPEN)
        self._inner = httpx.AsyncHTTPTransport(verify=tls or False, limits=limits, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.raw_host.decode(
            "ascii"
        )  # `host` decodes a punycode name, and others read it otherwise
        address = await self._address(host, request.url.port or 443)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _address(self, host: str, port: int) -> str:
        now = monotonic()
        if self._checked is not None and self._checked[0] == (host, port) and now < self._checked[2]:
            return self._checked[1]
        found = await self._resolve(host, port)
        if not found or not all(allowed(address, self._town) for address in found):
            raise httpx.ConnectError(f"{host} is not an address this node talks to")
        address = min(found, key=lambda address: (":" in address, address))
        self._checked = (host, port), address, now + self._good_for
        return address


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
    return Answer(reply.status_code, _wait(reply), kind, bytes(body), uri, profile=profile)


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
