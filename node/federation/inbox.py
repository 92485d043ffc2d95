"""The inbox: what other nodes send us, refused as cheaply as possible, believed as late as possible.

In order: size and type, blocked, digest and time, key, signature, JSON, who speaks, proof; then one
transaction: seen
before? may this node do that? what it does, and the answer 202 only after COMMIT (`wire.md` 1.8).
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from node import clock
from node.federation import accounts, flags, identity, receiving, relay
from node.federation.documents import Unreadable, moment_of, origin_of, parse, uri_of
from node.federation.door import Federation
from node.federation.identity import Signer
from node.federation.signatures import Refused, Verified
from node.federation.vocabulary import MEDIA_TYPE
from node.storage import nodes, seen
from node.storage.database import Transaction

BODY_MOST = 256 * 1024
STALE_AFTER = timedelta(days=60)  # older than this only its own origin is believed (`wire.md` 1.7)
_TYPES = {MEDIA_TYPE, "application/ld+json", "application/json"}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Arrival:
    """What came in and was believed: the bytes, what they say, who brought them, and who speaks.

    `proved`: it carries its author's own proof, so that others believe it too when a hub hands it on.
    """

    body: bytes
    activity: dict[str, Any]
    sender: Signer
    author: Verified
    proved: bool


async def receive(door: Federation, request: Request) -> Response:
    """Take in one activity. The status says what the other side should know; the log says why, by id."""
    try:
        body = await _body(request)
        sender = await identity.signer(door, request, body)
        arrival = await _believed(door, body, _readable(body), sender)
    except Refused as refused:
        log.info("inbox %s: %s", refused.status, refused.words)
        return Response(refused.words, refused.status, media_type="text/plain")
    except ClientDisconnect:
        return Response(status_code=400)
    if arrival is not None and not await door.database.writing(_take_effect, arrival, clock.now()):
        return Response("This node has blocked yours.", 403, media_type="text/plain")
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


async def _believed(
    door: Federation, body: bytes, activity: dict[str, Any], sender: Signer
) -> Arrival | None:
    """Whoever signed must be whoever speaks, but for what our own hub hands on (`wire.md` 5).

    Another speaker of the same origin is a lie; of another origin it is not for us: None.
    """
    actor = uri_of(activity.get("actor"))
    if actor is None or origin_of(actor) == sender.origin:
        if actor != sender.verified.actor:
            raise Refused(401, "Signed by somebody else than its actor.")
        proved = await identity.check_proof(door, activity, sender)
        return Arrival(body, activity, sender, sender.verified, proved)
    if activity.get("type") not in relay.HANDED_ON:
        return None
    if not await door.database.reading(relay.may_hand_on, sender.verified.actor, actor, activity):
        return None
    return Arrival(body, activity, sender, await identity.carried(door, activity, actor), True)


def _take_effect(tx: Transaction, arrival: Arrival, at: datetime) -> bool:
    """What it says happens, once, or is dropped. False when we do not speak with who sent it, since just
    now."""
    identity.keep(tx, arrival.sender, at)
    activity, actor = arrival.activity, arrival.author.actor
    uri, origin = uri_of(activity), origin_of(actor)
    if uri is None or origin is None or origin_of(uri) != origin or _stale(activity, at):
        return True
    if flags.is_flag(origin, actor, activity):
        if seen.first_time(tx, uri, origin, at):
            flags.flag(tx, origin, activity, at)
        return True
    node = nodes.by_actor(tx, actor, lock=True)
    if node is None and origin == arrival.sender.origin:
        accounts.receive(tx, arrival.sender, activity, at)
        return True
    if node is None or node.blocked:
        return node is None or origin != arrival.sender.origin
    if origin == arrival.sender.origin:
        nodes.heard(tx, node, at)
    first = seen.first_time(tx, uri, origin, at)
    receiving.receive(tx, node, arrival.author, activity, first, at)
    if first and arrival.proved:
        relay.hand_on(tx, node, arrival.body, activity, at)
    return True


def _stale(activity: dict[str, Any], at: datetime) -> bool:
    if "published" not in activity:
        return False
    published = moment_of(activity["published"])
    return published is None or published < at - STALE_AFTER
