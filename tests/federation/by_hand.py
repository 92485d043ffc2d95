"""Requests made by hand: signed as asked, spoiled at will, and handed in exactly as they are."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from node.clock import now
from node.federation import proofs, rfc9421
from node.federation.signatures import SigningKey
from tests.federation.town_of_nodes import Place
from tests.federation.wire import Exchange

TYPE = "application/activity+json"


@dataclass
class Raw:
    """A request as it is going to arrive."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes = b""


Spoil = Callable[[Raw], None]


async def knock(place: Place, raw: Raw) -> httpx.Response:
    """Hand a request in at a node; what it breaks there is kept by the wire."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in raw.headers.items()]
    headers = [(b"host", place.origin.removeprefix("https://").encode()), *headers]
    return await place.wire.carried(Exchange(raw.method, raw.url, headers, raw.body))


async def signed(
    place: Place,
    method: str,
    path: str,
    key: SigningKey,
    body: bytes | None = None,
    spoil: Spoil | None = None,
    created: int | None = None,
) -> httpx.Response:
    """A request as the holder of this key makes it; then spoiled."""
    url, kind = place.origin + path, TYPE if body is not None else None
    at = int(now().timestamp()) if created is None else created
    raw = Raw(method, url, rfc9421.sign(method, url, body, kind, key, at), body or b"")
    if spoil is not None:
        spoil(raw)
    return await knock(place, raw)


async def posted(
    place: Place,
    activity: dict[str, Any] | bytes,
    key: SigningKey,
    path: str = "/inbox",
    proved: SigningKey | bool = True,
    spoil: Spoil | None = None,
    created: int | None = None,
) -> httpx.Response:
    """An activity as the holder of this key posts it, proved by the same key unless told otherwise."""
    if proved and not isinstance(activity, bytes):
        activity = proofs.add(activity, key if proved is True else proved, now())
    body = activity if isinstance(activity, bytes) else json.dumps(activity).encode()
    return await signed(place, "POST", path, key, body, spoil, created)
