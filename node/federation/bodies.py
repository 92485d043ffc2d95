"""What is read of a message at the inbox: so many bytes, within so much time, and JSON in which ids are
addresses and times are times (`security.md`, Parsing limits)."""

import asyncio
from collections.abc import Iterator
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from node.federation.documents import Unreadable, is_spoiled, is_time, parse
from node.federation.signatures import Refused
from node.federation.vocabulary import MEDIA_TYPE

BODY_MOST = 256 * 1024  # bytes
BODY_SECONDS = 10.0
_TYPES = {MEDIA_TYPE, "application/ld+json", "application/json"}
_ADDRESSES = ("id", "actor", "attributedTo", "object", "target", "inReplyTo")
_TIMES = ("published", "updated", "startTime", "endTime", "deleted")


async def body_of(request: Request, seconds: float = BODY_SECONDS) -> bytes:
    """The bytes of a message, refused before they are read wherever the head says enough.

    Raises Refused 400 and 415; HTTPException 408 and 413, after which the connection is closed;
    ClientDisconnect.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in _TYPES:
        raise Refused(415, f"Send {MEDIA_TYPE}.")
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Refused(415, "Send it as it is, not compressed.")
    _check_length(request.headers.getlist("content-length"))
    try:
        async with asyncio.timeout(seconds):
            return await _read(request)
    except TimeoutError:
        raise HTTPException(408, headers={"Connection": "close"}) from None


def activity_in(body: bytes) -> dict[str, Any]:
    """The activity that the bytes say, with no spoiled address or time where one counts. Refused(400)."""
    try:
        activity = parse(body)
        for thing in _things(activity):
            _check(thing)
    except Unreadable as error:
        raise Refused(400, str(error)) from None
    return activity


def _check_length(said: list[str]) -> None:
    if not all(length.isascii() and length.isdigit() for length in said) or len(set(said)) > 1:
        raise Refused(400, "The length cannot be read.")
    if said and (len(said[0]) > 9 or int(said[0]) > BODY_MOST):
        raise _too_big()


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_MOST:
            raise _too_big()
    return bytes(body)


def _too_big() -> HTTPException:
    return HTTPException(413, f"At most {BODY_MOST} bytes.", {"Connection": "close"})


def _things(activity: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The activity, what it is about, and what that is about."""
    thing: Any = activity
    for _ in range(3):
        if not isinstance(thing, dict):
            return
        yield thing
        thing = thing.get("object")


def _check(thing: dict[str, Any]) -> None:
    for name in _ADDRESSES:
        if is_spoiled(thing.get(name)):
            raise Unreadable(f"{name} is no web address")
    for name in _TIMES:
        if thing.get(name) is not None and not is_time(thing[name]):
            raise Unreadable(f"{name} is no time")
