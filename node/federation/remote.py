"""The one way out: every request to another node goes through here, guarded (`security.md`, SSRF).

The address that was checked is the address connected to; no redirects, no proxy from the environment, raw
bytes limited, one deadline for the whole exchange. Only here httpx is used.
"""

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import IPv6Address, ip_address, ip_network
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import httpx

from node import __version__, clock
from node.federation import signatures
from node.federation.documents import MEMBERS_FETCHED, Unreadable, origin_of, parse
from node.federation.keys import Keys
from node.federation.signatures import SigningKey
from node.federation.vocabulary import AS, MEDIA_TYPE, PROFILE
from node.settings import Settings

DEADLINE = 10.0
REPLY_MOST = 1024 * 1024
CLIENTS_MOST = 64
KEPT_OPEN = 20.0  # seconds, of a connection with nothing on it; so long its checked address is good too
JRD = "application/jrd+json"
JSON = "application/json"
Wire = httpx.AsyncBaseTransport
"""What carries requests: the network, or in tests a stand-in for it."""
Resolve = Callable[[str, int], Awaitable[set[str]]]
"""From a name to its addresses."""
_NOWHERE = [  # ways round to somewhere else, and what Python's own lists miss or leave open
    ip_network(net)
    for net in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
    )
]


class Unreachable(Exception):
    """The other side could not be asked, or did not answer as it should; `str` says what happened."""


class Forbidden(Unreachable):
    """An address that this node does not talk to: its own, a private one, or one that is not https."""


@dataclass(frozen=True)
class Answer:
    """What came back: the status, when to come again if it said so, and the body within limits."""

    status: int
    wait: float | None
    media_type: str
    body: bytes


_FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ssl.SSLError, UnicodeError)
"""What goes wrong with another host; UnicodeError: its name cannot be one."""


class Remote:
    """Signed requests to other nodes, each host through a small client of its own on one TLS context.

    `wire` swaps the network itself, for tests; `deadline` is in seconds.
    """

    def __init__(
        self, settings: Settings, keys: Keys, wire: Wire | None = None, deadline: float = DEADLINE
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._wire = wire
        self._deadline = deadline
        self._tls = ssl.create_default_context()  # one for all: to make one costs a thousand signatures
        self._clients: OrderedDict[str, httpx.AsyncClient] = OrderedDict()
        self._closing: set[asyncio.Task[None]] = set()

    async def document(self, uri: str) -> dict[str, Any]:
        """An ActivityStreams document from its own address, asked for by our Application. Raises
        Unreachable."""
        answer = await self._get(uri, f"{PROFILE}, {MEDIA_TYPE}")
        kind = answer.media_type.replace("'", '"')
        if kind != MEDIA_TYPE and not (kind.startswith("application/ld+json;") and f'profile="{AS}"' in kind):
            raise Unreachable(f"{uri} is no ActivityPub document")
        return self._parsed(uri, answer)

    async def private(self, uri: str) -> dict[str, Any] | None:
        """What is for our eyes alone, asked for by our Application; None when it is not there, or not for us.
        Raises Unreachable."""
        headers = self._signed("GET", uri, None, None, self._keys.application)
        answer = await self._exchange("GET", uri, {**headers, "accept": JSON}, None)
        if answer.status in (403, 404, 410):
            return None
        if answer.status != 200 or answer.media_type != JSON:
            raise Unreachable(f"{uri} answered {answer.status}")
        return self._parsed(uri, answer)

    async def webfinger(self, origin: str, resource: str) -> dict[str, Any]:
        """Who a handle or an origin is (RFC 7033). Raises Unreachable."""
        address = f"{origin}/.well-known/webfinger?{urlencode({'resource': resource})}"
        return self._parsed(address, await self._get(address, f"{JRD}, application/json"))

    async def post(self, uri: str, body: bytes, key: SigningKey | None = None) -> Answer:
        """Deliver an activity, signed by our Group. Raises Unreachable when there is no answer at all."""
        headers = self._signed("POST", uri, body, MEDIA_TYPE, key or self._keys.group)
        return await self._exchange("POST", uri, headers, body)

    async def close(self) -> None:
        """Hang up everywhere."""
        clients = list(self._clients.values())
        self._clients.clear()
        await asyncio.gather(*(client.aclose() for client in clients), *self._closing)

    async def _get(self, uri: str, accept: str) -> Answer:
        headers = self._signed("GET", uri, None, None, self._keys.application)
        answer = await self._exchange("GET", uri, {**headers, "accept": accept}, None)
        if answer.status != 200:
            raise Unreachable(f"{uri} answered {answer.status}")
        return answer

    def _parsed(self, uri: str, answer: Answer) -> dict[str, Any]:
        try:
            return parse(answer.body, MEMBERS_FETCHED)
        except Unreadable as error:
            raise Unreachable(f"{uri}: {error}") from None

    def _signed(
        self, method: str, uri: str, body: bytes | None, kind: str | None, key: SigningKey
    ) -> dict[str, str]:
        try:
            return signatures.sign(method, uri, body, kind, key, int(clock.now().timestamp()))
        except ValueError as error:
            raise Forbidden(f"{uri}: {error}") from None

    async def _exchange(self, method: str, uri: str, headers: dict[str, str], body: bytes | None) -> Answer:
        origin = self._checked(uri)
        client = self._client(origin)
        try:
            async with (
                asyncio.timeout(self._deadline),
                client.stream(method, uri, headers=headers, content=body) as reply,
            ):
                return await _read(uri, reply)
        except TimeoutError:
            raise Unreachable(f"{origin} did not answer within {self._deadline:.0f} seconds") from None
        except _FAILURES as error:
            raise Unreachable(f"{origin}: {type(error).__name__}") from error

    def _checked(self, uri: str) -> str:
        """The origin of an address we may talk to. Raises Forbidden."""
        origin = origin_of(uri)
        if origin is None or len(uri) > 2048:
            raise Forbidden("this is no web address")
        if origin == self._settings.origin:
            raise Forbidden("this is our own address")
        if not self._settings.town and (not origin.startswith("https://") or origin.count(":") > 1):
            raise Forbidden(f"{origin}: only https on its usual port")
        return origin

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
            self._clients[origin] = client
        self._clients.move_to_end(origin)
        if len(self._clients) > CLIENTS_MOST:
            _, oldest = self._clients.popitem(last=False)
            closing = asyncio.create_task(oldest.aclose())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
        return client


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
        self._resolve = resolve or _resolved
        self._checked: tuple[tuple[str, int], str, float] | None = None
        limits = httpx.Limits(max_connections=2, max_keepalive_connections=1, keepalive_expiry=KEPT_OPEN)
        self._inner = httpx.AsyncHTTPTransport(verify=tls or False, limits=limits, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
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


async def _resolved(host: str, port: int) -> set[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)
    return {str(info[4][0]) for info in found}


def allowed(address: str, town: bool) -> bool:
    """Whether an IP address is public (or, in a demo town, this very machine); IPv4 in IPv6 is looked
    through."""
    ip = ip_address(address.split("%")[0])
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        return allowed(str(ip.ipv4_mapped), town)
    if town and ip.is_loopback:
        return True
    if any(ip in net for net in _NOWHERE if net.version == ip.version):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


async def _read(uri: str, reply: httpx.Response) -> Answer:
    body = bytearray()
    async for piece in reply.aiter_raw():
        body += piece
        if len(body) > REPLY_MOST:
            raise Unreachable(f"{uri} answered more than {REPLY_MOST} bytes")
    if reply.headers.get("content-encoding", "identity") != "identity":
        raise Unreachable(f"{uri} answered in a form we did not ask for")
    kind = reply.headers.get("content-type", "").strip()
    main, _, rest = kind.partition(";")
    rest = "" if rest.strip().lower().startswith("charset") else rest.strip()
    return Answer(
        reply.status_code, _wait(reply), f"{main.strip().lower()}{'; ' + rest if rest else ''}", bytes(body)
    )


def _wait(reply: httpx.Response) -> float | None:
    """Retry-After in seconds, as a number or a date (RFC 9110 10.2.3)."""
    said = reply.headers.get("retry-after", "")
    if said.isascii() and said.isdigit() and len(said) < 9:
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
