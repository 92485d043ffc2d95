"""What stands before every door."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Message

from node.serving import front
from node.serving.front import MOST_BODY, Front
from node.storage.database import Stopped
from node.trail import trail

SECRET = "medicijnen voor Bea"


async def _reads(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def _breaks(request: Request) -> Response:
    raise ValueError(SECRET)


async def _stops(request: Request) -> Response:
    raise Stopped("the database is closed")


async def _breaks_halfway(request: Request) -> Response:
    async def body() -> AsyncIterator[bytes]:
        yield b"half"
        raise ValueError(SECRET)

    return StreamingResponse(body())


def behind_front(secure: bool = False, body_seconds: float = 5) -> Starlette:
    def sorry(request: Request, status: int, number: str | None) -> Response:
        return PlainTextResponse(f"sorry {number}", status)

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return PlainTextResponse(f"refused {error.status_code}", error.status_code, error.headers)

    return Starlette(
        routes=[
            Route("/reads", _reads, methods=["GET", "POST"]),
            Route("/breaks", _breaks),
            Route("/stops", _stops),
            Route("/halfway", _breaks_halfway),
        ],
        middleware=[Middleware(Front, secure=secure, sorry=sorry, body_seconds=body_seconds)],
        exception_handlers={HTTPException: refused},
    )


def client(app: Starlette) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://centrum.example")


@pytest.mark.parametrize(
    ("path", "status"), [("/reads", 200), ("/nowhere", 404), ("/breaks", 500), ("/stops", 503)]
)
@pytest.mark.parametrize("secure", [True, False])
async def test_H05_H11_every_answer_has_the_safe_headers(path: str, status: int, secure: bool) -> None:
    async with client(behind_front(secure)) as people:
        answer = await people.get(path)
    assert answer.status_code == status
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert ("strict-transport-security" in answer.headers) is secure


async def test_V11_what_breaks_is_told_without_what_it_says(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        async with client(behind_front()) as people:
            answer = await people.get(f"/breaks?about={SECRET}")
    [line] = caplog.messages
    assert answer.text == f"sorry {line[:8]}"
    assert "_breaks in" in line or "test_front._breaks" in line
    assert "ValueError" in line
    assert SECRET not in caplog.text + answer.text
    assert "Traceback" not in caplog.text + answer.text


def test_a_trail_names_the_cause() -> None:
    def inner() -> None:
        raise KeyError(SECRET)

    def outer() -> None:
        try:
            inner()
        except KeyError as error:
            raise RuntimeError(SECRET) from error

    with pytest.raises(RuntimeError) as caught:
        outer()
    words = trail(caught.value)
    assert "builtins.RuntimeError" in words
    assert "because of builtins.KeyError" in words
    assert "inner" in words
    assert SECRET not in words


@pytest.mark.parametrize(("size", "status"), [(MOST_BODY, 200), (MOST_BODY + 1, 413)])
@pytest.mark.parametrize("pieces", [1, 8])
async def test_a_body_has_its_bounds(size: int, status: int, pieces: int) -> None:
    async def body() -> AsyncIterator[bytes]:
        for start in range(0, size, size // pieces + 1):
            yield b"x" * (min(size, start + size // pieces + 1) - start)

    async with client(behind_front()) as people:
        answer = await people.post("/reads", content=body())
    assert answer.status_code == status
    if status == 413:
        assert answer.headers["connection"] == "close"


async def asked(app: Starlette, receive: Callable[[], Any], path: str = "/reads") -> list[Message]:
    """Ask, with a body that comes as `receive` says."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    method = "POST" if path == "/reads" else "GET"
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": []}
    await app(scope, receive, send)
    return sent


async def test_an_endless_body_is_stopped_at_the_bound() -> None:
    given = 0

    async def receive() -> Message:
        nonlocal given
        given += 1
        return {"type": "http.request", "body": b"x" * 1024, "more_body": True}

    sent = await asked(behind_front(), receive)
    assert sent[0]["status"] == 413
    assert given == MOST_BODY // 1024 + 1


async def test_a_slow_body_is_not_waited_for() -> None:
    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("it waits for ever")

    sent = await asked(behind_front(body_seconds=0.01), receive)
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]


async def test_whoever_goes_leaves_no_trace(caplog: pytest.LogCaptureFixture) -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    assert await asked(behind_front(), receive) == []
    assert caplog.text == ""


async def test_what_breaks_halfway_ends_there(caplog: pytest.LogCaptureFixture) -> None:
    first = True

    async def receive() -> Message:
        nonlocal first
        if not first:
            await asyncio.Event().wait()
        first = False
        return {"type": "http.request", "body": b"", "more_body": False}

    sent = await asked(behind_front(), receive, "/halfway")
    assert [message.get("body") for message in sent] == [None, b"half"]
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text


def test_the_doors_have_time_to_say_no_first() -> None:
    from node.serving.connection import Connection

    assert Connection.request_seconds > front.BODY_SECONDS
