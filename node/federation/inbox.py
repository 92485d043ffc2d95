"""The inbox: what other nodes send us, refused as cheaply as possible, believed as late as possible.

In order: size and type, blocked, digest and time, key, signature, JSON, who speaks, proof; then one
transaction: seen
before? may this node do that? what it does, and the answer 202 only after COMMIT (`wire.md` 1.8).
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from node import clock
from node.federation import identity, receiving
from node.federation.documents import Unreadable, moment_of, origin_of, parse, uri_of
from node.federation.door import Federation
from node.federation.identity import Signer
from node.federation.signatures import Refused
from node.federation.vocabulary import MEDIA_TYPE
from node.storage import nodes, seen
from node.storage.database import Transaction

BODY_MOST = 256 * 1024
STALE_AFTER = timedelta(days=60)  # older than this only its own origin is believed (`wire.md` 1.7)
_TYPES = {MEDIA_TYPE, "application/ld+json", "application/json"}

log = logging.getLogger(__name__)


async def receive(door: Federation, request: Request) -> Response:
    """Take in one activity. The status says what the other side should know; the log says why, by id."""
    try:
        body = await _body(request)
        sender = await identity.signer(door, request, body)
        activity = _readable(body)
        await _believed(door, activity, sender)
    except Refused as refused:
        log.info("inbox %s: %s", refused.status, refused.words)
        return Response(refused.words, refused.status, media_type="text/plain")
    except ClientDisconnect:
        return Response(status_code=400)
    await door.database.writing(_take_effect, sender, activity, clock.now())
    return Response(status_code=202)


async def _body(request: Request) -> bytes:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in _TYPES:
        raise Refused(415, f"Send {MEDIA_TYPE}.")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Refused(415, "Send it as it is, not compressed.")
    said = request.headers.get("content-length", "0")
    if not (said.isascii() and said.isdigit() and len(said) < 12) or int(said) > BODY_MOST:
        raise Refused(413, f"At most {BODY_MOST} bytes.")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_MOST:
            raise Refused(413, f"At most {BODY_MOST} bytes.")
    return bytes(body)


def _readable(body: bytes) -> dict[str, Any]:
    try:
        return parse(body)
    except Unreadable as error:
        raise Refused(400, str(error)) from None


async def _believed(door: Federation, activity: dict[str, Any], sender: Signer) -> None:
    """Whoever signed must be whoever speaks. Another speaker of the same origin is a lie; of another, not
    for us."""
    actor = uri_of(activity.get("actor"))
    if actor != sender.verified.actor:
        if actor is None or origin_of(actor) == sender.origin:
            raise Refused(401, "Signed by somebody else than its actor.")
        return
    await identity.check_proof(door, activity, sender)


def _take_effect(tx: Transaction, sender: Signer, activity: dict[str, Any], at: datetime) -> None:
    identity.keep(tx, sender, at)
    actor, uri = uri_of(activity.get("actor")), uri_of(activity)
    if (
        actor != sender.verified.actor
        or uri is None
        or origin_of(uri) != sender.origin
        or _stale(activity, at)
    ):
        return
    node = nodes.by_actor(tx, actor, lock=True)
    if node is None or node.blocked:
        return
    nodes.touch(tx, node.id, at)
    first = seen.first_time(tx, uri, sender.origin, at)
    receiving.receive(tx, node, sender.verified, activity, first, at)


def _stale(activity: dict[str, Any], at: datetime) -> bool:
    if "published" not in activity:
        return False
    published = moment_of(activity["published"])
    return published is None or published < at - STALE_AFTER
