"""The network between nodes, in one process: it writes everything down, and a test may meddle with it."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

T = TypeVar("T")
_SIGNER = re.compile(r'key[Ii]d="([^"]*)"')


@dataclass
class Exchange:
    """One request, and what came back; `status` is None while it is under way, and when no answer came."""

    method: str
    url: str
    headers: list[tuple[bytes, bytes]]
    body: bytes
    status: int | None = None
    answer: bytes = b""
    error: str | None = None

    @property
    def to(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def sender(self) -> str:
        """The origin whose key signed it; empty when unsigned."""
        named = dict(self.headers)
        text = named.get(b"signature-input") or named.get(b"signature", b"")
        found = _SIGNER.search(text.decode("latin-1"))
        parts = urlsplit(found[1]) if found else None
        return f"{parts.scheme}://{parts.netloc}" if parts else ""

    @property
    def said(self) -> dict[str, Any]:
        """The activity that was posted; nothing for a GET."""
        found: dict[str, Any] = json.loads(self.body) if self.body else {}
        return found

    @property
    def kind(self) -> str:
        """The activity's type; for an Undo with what it undoes unknown, just Undo. Empty for a GET."""
        return str(self.said.get("type", "")) if self.method == "POST" else ""

    @property
    def raw(self) -> bytes:
        """Every byte that went out or came back."""
        heads = b"\n".join(name + b": " + value for name, value in self.headers)
        return b"\n".join([self.method.encode(), self.url.encode(), heads, self.body, self.answer])


Forward = Callable[[], Awaitable[httpx.Response]]
Meddler = Callable[[Exchange, Forward], Awaitable[httpx.Response]]
Which = Callable[[Exchange], bool]


def those(kind: str | None = None, sender: str | None = None, to: str | None = None, path: str = "") -> Which:
    """The exchanges with this type of activity, from and to these origins."""

    def which(exchange: Exchange) -> bool:
        return (
            kind in (None, exchange.kind)
            and sender in (None, exchange.sender)
            and to in (None, exchange.to)
            and path in exchange.path
        )

    return which


@dataclass
class Held:
    """Requests that are kept on the way until they are let go, in the order they came in or another."""

    waiting: list[tuple[Exchange, asyncio.Future[bool]]] = field(default_factory=list)
    free: bool = False

    def __len__(self) -> int:
        return len(self.waiting)

    def let_go(self, number: int = 0, arrives: bool = True) -> Exchange:
        """Let one of them go on; or, not `arrives`, it is lost on the way."""
        exchange, going = self.waiting.pop(number)
        if not going.done():  # its sender may have given up
            going.set_result(arrives)
        return exchange

    def release(self) -> None:
        """Let all of them go, and hold nothing any more."""
        self.free = True
        while self.waiting:
            self.let_go()


class Wire(httpx.AsyncBaseTransport):
    """Carries a request to the application at its origin, and writes down both ways."""

    def __init__(self) -> None:
        self.apps: dict[str, ASGIApp] = {}
        self.down: set[str] = set()
        self.log: list[Exchange] = []
        self.broken: list[BaseException] = []
        self.under_way = 0
        self._meddlers: list[Meddler] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        exchange = Exchange(request.method, str(request.url), list(request.headers.raw), body)
        self.log.append(exchange)
        self.under_way += 1
        try:
            response = await self._through(exchange, list(self._meddlers))
        except httpx.HTTPError as error:
            exchange.error = str(error)
            raise
        finally:
            self.under_way -= 1
        exchange.status, exchange.answer = response.status_code, await response.aread()
        return httpx.Response(
            response.status_code, headers=response.headers.raw, stream=httpx.ByteStream(exchange.answer)
        )

    async def _through(self, exchange: Exchange, meddlers: list[Meddler]) -> httpx.Response:
        if not meddlers:
            return await self.carried(exchange)
        return await meddlers[-1](exchange, lambda: self._through(exchange, meddlers[:-1]))

    async def carried(self, exchange: Exchange) -> httpx.Response:
        """Hand a request in where it belongs. An error of the application is kept, to fail the test with."""
        app = self.apps.get(exchange.to)
        if app is None or exchange.to in self.down:
            raise httpx.ConnectError(f"{exchange.to} does not answer")
        request = httpx.Request(
            exchange.method, exchange.url, headers=exchange.headers, content=exchange.body or None
        )
        response = await httpx.ASGITransport(
            self._watched(app), raise_app_exceptions=False
        ).handle_async_request(request)
        await response.aread()
        return response

    def _watched(self, app: ASGIApp) -> ASGIApp:
        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                await app(scope, receive, send)
            except Exception as error:  # kept, so that the test fails with it
                self.broken.append(error)
                raise

        return watched

    # What goes wrong

    @contextmanager
    def meddling(self, meddler: Meddler) -> Iterator[None]:
        """For a while, everything goes through this function."""
        self._meddlers.append(meddler)
        try:
            yield
        finally:
            self._meddlers.remove(meddler)

    @contextmanager
    def holding(self, which: Which, replies: bool = False) -> Iterator[Held]:
        """Keep these, or the replies to them, on their way until they are let go; at the end all are."""
        held = Held()

        async def keep(exchange: Exchange, forward: Forward) -> httpx.Response:
            response = await forward() if replies else None
            if not held.free and which(exchange):
                going: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
                held.waiting.append((exchange, going))
                if not await going:
                    raise httpx.ConnectError("lost on the way")
            return response or await forward()

        with self.meddling(keep):
            try:
                yield held
            finally:
                held.release()

    @contextmanager
    def answering(
        self, which: Which, status: int, headers: Mapping[str, str] | None = None
    ) -> Iterator[None]:
        """Somebody else answers these: nobody gets them."""

        async def answer(exchange: Exchange, forward: Forward) -> httpx.Response:
            if which(exchange):
                return httpx.Response(status, headers=headers)
            return await forward()

        with self.meddling(answer):
            yield

    @contextmanager
    def losing_replies(self, which: Which) -> Iterator[None]:
        """These arrive, but the sender does not hear of it."""

        async def lose(exchange: Exchange, forward: Forward) -> httpx.Response:
            response = await forward()
            if which(exchange):
                raise httpx.ReadError("the answer was lost on the way")
            return response

        with self.meddling(lose):
            yield

    @contextmanager
    def doubling(self, which: Which) -> Iterator[None]:
        """These arrive twice."""

        async def double(exchange: Exchange, forward: Forward) -> httpx.Response:
            if which(exchange):
                await forward()
            return await forward()

        with self.meddling(double):
            yield

    # What was said

    def said(
        self, kind: str | None = None, sender: str | None = None, to: str | None = None
    ) -> list[dict[str, Any]]:
        """The activities that were posted and answered with 2xx, in order."""
        which = those(kind, sender, to)
        return [e.said for e in self.log if e.method == "POST" and which(e) and e.status in range(200, 300)]

    def asked(self, sender: str | None = None, to: str | None = None, path: str = "") -> list[Exchange]:
        """The GETs, in order."""
        which = those(None, sender, to, path)
        return [e for e in self.log if e.method == "GET" and which(e)]


async def until(condition: Callable[[], Awaitable[T | None]], seconds: float = 10.0) -> T:
    """Wait until it holds, and give what it says. It is a failure when that takes long."""
    end, pause = monotonic() + seconds, 0.002
    while not (found := await condition()):
        assert monotonic() < end, f"after {seconds} seconds it still does not hold: {found!r}"
        await asyncio.sleep(pause)
        pause = min(0.05, pause * 1.2)
    return found


async def until_true(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """The same for what needs no waiting to be looked at."""

    async def look() -> bool:
        return bool(condition())

    await until(look, seconds)
