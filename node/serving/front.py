"""What stands before every door: safe headers on what goes out, bounds on what comes in, no traceback."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from node.storage.database import Stopped
from node.trail import trail
from node.ui.uploads import MORE

MOST_BODY = 256 * 1024  # bytes
BODY_SECONDS = 10.0
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
HEADERS = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
ONLY_HTTPS = (b"strict-transport-security", b"max-age=31536000")

_log = logging.getLogger("node.serving.front")
Sorry = Callable[[Request, int, str | None], Response]


class Front:
    """ASGI middleware. `sorry` makes the page that says kindly that it did not work; `answered` counts the
    answers by status."""

    def __init__(
        self,
        app: ASGIApp,
        secure: bool,
        sorry: Sorry,
        body_seconds: float = BODY_SECONDS,
        answered: Counter[int] | None = None,
    ) -> None:
        self.app = app
        self.answered = Counter[int]() if answered is None else answered
        self.body_seconds = body_seconds
        self.sorry = sorry
        self.headers = (*HEADERS, ONLY_HTTPS) if secure else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def outward(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self.answered[message["status"]] += 1
                message["headers"] = self._with_ours(message.get("headers", ()))
            await send(message)

        if "\0" in scope["path"]:  # no address of ours has one, and PostgreSQL keeps none
            await self.sorry(Request(scope), 404, None)(scope, receive, outward)
            return
        try:
            await self.app(scope, _Body(scope, receive, self.body_seconds), outward)
        except ClientDisconnect:
            return  # whoever asked has gone
        except Exception as error:  # outermost loop: a person gets a page, the log gets where it was
            status, number = _noted(scope, error)
            if not begun:
                await self.sorry(Request(scope), status, number)(scope, receive, outward)

    def _with_ours(self, headers: Any) -> list[tuple[bytes, bytes]]:
        theirs = list(headers)
        there = {name for name, _ in theirs}
        return theirs + [header for header in self.headers if header[0] not in there]


class _Body:
    """Hands a request's body in: at most MOST_BODY bytes, all within `seconds` of the first look at it; of
    who may send a photo the pages take MORE."""

    def __init__(self, scope: Scope, receive: Receive, seconds: float) -> None:
        self._scope = scope
        self._receive = receive
        self._seconds = seconds
        self._left = MOST_BODY
        self._end: float | None = None
        self._whole = False

    async def __call__(self) -> Message:
        if self._whole:
            return await self._receive()
        if self._end is None:
            self._left, self._seconds = self._scope.get(MORE, (self._left, self._seconds))
            self._end = asyncio.get_running_loop().time() + self._seconds
        try:
            async with asyncio.timeout_at(self._end):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, headers={"Connection": "close"}) from None
        self._left -= len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._left < 0:
            raise HTTPException(413, headers={"Connection": "close"})
        return message


def _noted(scope: Scope, error: Exception) -> tuple[int, str | None]:
    """The status to answer with, and the number under which the log tells what happened."""
    if isinstance(error, Stopped):
        return 503, None
    number = uuid4().hex[:8]
    where = "?"
    with suppress(KeyError, AttributeError):  # no path: a sign-in link is a secret
        where = f"{scope['endpoint'].__module__}.{scope['endpoint'].__qualname__}"
    _log.error("%s: %s in %s: %s", number, scope["method"], where, trail(error))
    return 500, number
