"""The inbox: what others send us, refused as cheaply as possible, believed as late as possible.

`receive` goes down the rules of `federation.md` 7 in their order; then one transaction: seen before? may this
node, or this account, do that? what it does, and the answer 202 only after COMMIT (`wire.md` 1.8).
"""

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from node import clock
from node.caller import caller
from node.federation import accounts, flags, identity, key_documents, receiving, relay, replies
from node.federation.bodies import activity_in, body_of
from node.federation.documents import moment_of, origin_of, uri_of
from node.federation.door import Federation
from node.federation.gate import TooMuch
from node.federation.identity import Claimed, Signer, Unfetched
from node.federation.signatures import Refused, Verified
from node.storage import accounts as kept_accounts
from node.storage import nodes, seen
from node.storage.database import Transaction

STALE_AFTER = timedelta(days=60)  # older than this only its own origin is believed (`wire.md` 1.7)
ASKS = ("Follow", "Offer", "Join")
ANSWERED_AGAIN = ("Offer", "Join")
TAKEN, BLOCKED, PAUSED = 202, 403, 503
PAUSED_SECONDS = 3600  # when to come again to a node that rests the traffic with us

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Arrival:
    """What came in and was believed: the bytes, what they say, who brought them, and who speaks.

    `proved`: it carries its author's own proof, so that others believe it too when a hub hands it on.
    `signature`: that of the request, which nobody makes twice.
    """

    body: bytes
    activity: dict[str, Any]
    sender: Signer
    author: Verified
    proved: bool
    signature: bytes


async def receive(door: Federation, request: Request) -> Response:
    """Take in one activity. The status says what the other side should know; the log says why, by id."""
    try:
        arrival = await _arrived(door, request)
    except TooMuch as refused:
        return _words(refused.words, refused.status, refused.wait)
    except Refused as refused:
        log.info("inbox %s: %s", refused.status, refused.words)
        return _words(refused.words, refused.status)
    except ClientDisconnect:
        return Response(status_code=400)
    if arrival is None:
        return Response(status_code=TAKEN)
    with door.gate.writing():
        status = await door.database.writing(_take_effect, arrival, clock.now())
    if status == TAKEN:
        door.gate.done(arrival.signature)
    if status == BLOCKED:
        return _words("This node has blocked yours.", BLOCKED)
    if status == PAUSED:
        return _words("This node rests the traffic with yours for a while.", PAUSED, PAUSED_SECONDS)
    return Response(status_code=TAKEN)


async def _arrived(door: Federation, request: Request) -> Arrival | None:
    """The rules of `federation.md` 7, in their order, up to who speaks; what the activity may do is in
    `receiving` and `accounts`. None: dropped. Raises Refused."""
    address = caller(request, door.settings.trusted_proxies)
    await door.gate.look(door.database)
    body = await body_of(request)  # 1: within limits, before anything else
    said = await identity.claimed(door, request, body)  # 2: not blocked; 4: covered, whole, in time
    door.gate.require_room(said.origin, address)  # 26: what may be sent is not used up
    if await _tells_nothing(door, said, body):  # 21: somebody whom nobody here has met is gone
        return None
    try:
        sender = await identity.proved(door, said)  # 3, 4, 5: the key, by its owner's word; the signature
    except TooMuch:
        raise
    except Unfetched as unfetched:
        door.gate.unproved(address)
        await _gone(door, said, body, unfetched)  # 21
        return None
    except Refused:
        door.gate.unproved(address)
        raise
    activity = activity_in(body)  # 1
    if await _replayed(door, sender, said.claim.signature, activity):  # 4: the same request once more
        return None
    door.gate.take(said.origin, sender.verified.actor)  # 26
    return await _believed(door, body, activity, sender, said.claim.signature)  # 6


async def _replayed(door: Federation, sender: Signer, signature: bytes, activity: dict[str, Any]) -> bool:
    """Whether this very request was taken in already, so that it does nothing again; but an Offer or a Join
    of a node of our kind that comes again is answered again. (What such a node says in a new request is told
    apart by its activity's id, for ever.)"""
    if not door.gate.taken(signature):
        return False
    asks = activity.get("type") in ANSWERED_AGAIN
    return not (asks and await door.database.reading(identity.is_node, sender.verified.actor))


async def _tells_nothing(door: Federation, said: Claimed, body: bytes) -> bool:
    """Whether it is the Delete of an actor, or by one, of whom nothing is here: no key is fetched for that,
    however many come (`federation.md` 6, 27)."""
    if said.known is not None or door.asked.actor(key_documents.address(said.claim.key_id), said.at):
        return False
    actor = _deleted_by(body)
    return actor is not None and not await door.database.reading(_is_known, actor)


async def _gone(door: Federation, said: Claimed, body: bytes, unfetched: Unfetched) -> None:
    """A key that cannot be had. When its origin says that it is gone for good, and so does the message, then
    an account that we know was deleted."""
    actor = _deleted_by(body)
    if not unfetched.gone or actor is None or origin_of(actor) != said.origin:
        raise unfetched
    if actor == key_documents.address(said.claim.key_id):
        await door.database.writing(accounts.vanished, actor, clock.now())


def _deleted_by(body: bytes) -> str | None:
    """The actor that a message says deletes something; None when it says anything else. Nothing is proved."""
    with suppress(Refused):
        activity = activity_in(body)
        if activity.get("type") == "Delete":
            return uri_of(activity.get("actor"))
    return None


def _is_known(tx: Transaction, actor: str) -> bool:
    return nodes.by_actor(tx, actor) is not None or kept_accounts.by_actor(tx, actor) is not None


async def _believed(
    door: Federation, body: bytes, activity: dict[str, Any], sender: Signer, signature: bytes
) -> Arrival | None:
    """Whoever signed must be whoever speaks, but for what our own hub hands on (`wire.md` 5).

    Another speaker of the same origin is a lie; of another origin it is not for us: None.
    """
    actor = uri_of(activity.get("actor"))
    if actor is None or origin_of(actor) == sender.origin:
        if actor != sender.verified.actor:
            raise Refused(401, "Signed by somebody else than its actor.")
        proved = await identity.check_proof(door, activity, sender)
        return Arrival(body, activity, sender, sender.verified, proved, signature)
    if activity.get("type") not in relay.HANDED_ON:
        return None
    if not await door.database.reading(relay.may_hand_on, sender.verified.actor, actor, activity):
        return None
    author = await identity.carried(door, activity, actor)
    return Arrival(body, activity, sender, author, True, signature)


def _take_effect(tx: Transaction, arrival: Arrival, at: datetime) -> int:
    """What it says happens, once, or is dropped: TAKEN. BLOCKED or PAUSED when we do not speak with who sent
    it, since just now or for a while."""
    activity, actor = arrival.activity, arrival.author.actor
    identity.keep(tx, arrival.sender, at, asks=_asks(activity))
    uri, origin = uri_of(activity), origin_of(actor)
    if uri is None or origin is None or origin_of(uri) != origin or _stale(activity, at):  # 7
        return TAKEN
    if flags.is_flag(origin, actor, activity):
        flags.flag(tx, origin, activity, at)  # by its id, once: what is about nothing here leaves no trace
        return TAKEN
    node = nodes.by_actor(tx, actor, lock=True)
    own = origin == arrival.sender.origin
    if node is None:
        return accounts.receive(tx, arrival.sender, activity, at) if own else TAKEN
    if node.blocked:
        return BLOCKED if own else TAKEN
    if node.paused:
        return PAUSED if own else TAKEN
    if own:
        nodes.heard(tx, node, at)
    first = seen.first_time(tx, uri, origin, at)
    receiving.receive(tx, node, arrival.author, activity, first, at)
    if first and arrival.proved:
        relay.hand_on(tx, node, arrival.body, activity, at)
    return TAKEN


def _asks(activity: dict[str, Any]) -> bool:
    """Whether a node that we have not met makes itself known with this: it asks, or answers."""
    return activity.get("type") in ASKS or replies.is_reply(activity.get("object"))


def _stale(activity: dict[str, Any], at: datetime) -> bool:
    if activity.get("published") is None:
        return False
    published = moment_of(activity["published"])
    return published is None or published < at - STALE_AFTER


def _words(words: str, status: int, wait: int | None = None) -> Response:
    headers = {"Retry-After": str(wait)} if wait is not None else None
    return Response(words, status, headers, media_type="text/plain")
