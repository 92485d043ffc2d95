"""Who says this: keys of other nodes, and from a signed request to a verified actor.

A key counts only when its actor's own document, fetched from its own origin, names it (`federation.md` 7,
rule 5).
"""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from starlette.requests import Request

from node import clock
from node.acts import nodes as acts
from node.federation import multikey, proofs, reading, signatures
from node.federation.documents import origin_of
from node.federation.door import Federation
from node.federation.guarded import Unreachable
from node.federation.reading import Actor
from node.federation.signatures import Claim, Refused, VerificationKey, Verified
from node.neighbourhood.refusal import Conflict
from node.storage import deliveries, nodes
from node.storage.database import Transaction

REFETCH_AFTER = timedelta(minutes=5)  # a key is fetched again at most this often (S25)
UNREACHABLE_FOR = timedelta(minutes=10)  # how long a key that could not be had is not asked for again (X11)
REMEMBERED = 2000  # documents
KNOWN_SECONDS = 10.0  # a key that is known no longer counts so much longer (who is blocked is told at once)
Known = tuple[str, str, datetime]  # of a key: its owner, the key itself, when it was fetched

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Signer:
    """Who signed a request, and the actor document that proved it when it was fetched just now."""

    verified: Verified
    origin: str
    fetched: Actor | None
    key: VerificationKey


async def signer(door: Federation, request: Request, body: bytes) -> Signer:
    """Who sent this request. Raises Refused: 400 unreadable, 401 not proved, 403 blocked."""
    at = clock.now()
    claim, origin, known = await _claimed(door, request, body, at)
    found = await _verified(door, claim, origin, known, at)
    await _lives(door, origin, at)
    return found


async def heard(door: Federation, request: Request) -> None:
    """Take a signed request for a sign of life, if it is by a key that we know: nothing is fetched for it."""
    at = clock.now()
    claim, origin, known = await _claimed(door, request, b"", at)
    if known is not None:
        signatures.verify(claim, _decoded(claim.key_id, known[0], known[1]))
        await _lives(door, origin, at)


async def _claimed(
    door: Federation, request: Request, body: bytes, at: datetime
) -> tuple[Claim, str, Known | None]:
    """What a request says of who signed it, the origin of that, and the key as we know it; refused when we do
    not speak with it."""
    target = door.settings.origin + _path(request)
    claim = signatures.read(request.method, target, request.headers.raw, body, at)
    origin = origin_of(claim.key_id)
    if origin is None:
        raise Refused(400, "The key's id is not a web address.")
    return claim, origin, await _known(door, origin, claim.key_id)


async def _known(door: Federation, origin: str, key_id: str) -> Known | None:
    """The key as we have it, looked up every few seconds for those who send much. Refused(403) when blocked;
    who was blocked since that is refused by the transaction."""
    until, known = door.known.get(key_id, (0.0, None))
    if known is not None and monotonic() < until:
        return known
    blocked, known = await door.database.reading(_looked_up, origin, key_id)
    if blocked:
        raise Refused(403, "This node has blocked yours.")
    if known is not None:
        door.known[key_id] = monotonic() + KNOWN_SECONDS, known
        door.known.move_to_end(key_id)
        while len(door.known) > REMEMBERED:
            door.known.popitem(last=False)
    return known


async def _lives(door: Federation, origin: str, at: datetime) -> None:
    """An origin was heard of: what waits for it in backoff is due now."""
    door.unheard.discard(origin)
    if origin in door.sleeping:
        door.sleeping.discard(origin)
        await door.database.writing(deliveries.revive, origin, at)


async def check_proof(door: Federation, document: dict[str, Any], sender: Signer) -> bool:
    """Refuse a document whose proof is not by its own actor's key. One without a proof stands by its
    signature alone: False, for nobody may pass that on."""
    if "proof" not in document:
        return False
    claim = proofs.read(document)
    key = sender.key if sender.key.key_id == claim.key_id else _key_in(sender.fetched, claim.key_id)
    if key is None:
        key = await _kept(door, claim.key_id)
    if key is None or key.owner != sender.verified.actor:
        raise Refused(401, "The proof names a key that its actor does not.")
    proofs.verify(claim, key)
    return True


async def carried(door: Federation, document: dict[str, Any], actor: str) -> Verified:
    """Who wrote what our hub hands on, byte for byte: a proof by a key that we know to be the author's, or
    fetch now from its own origin. Raises Refused(401)."""
    claim = proofs.read(document)
    if origin_of(claim.key_id) != origin_of(actor):
        raise Refused(401, "The proof is not by its actor.")
    key = await _kept(door, claim.key_id)
    if key is None:
        if await door.database.reading(_pinned, str(origin_of(actor))):
            raise Refused(401, "This node is known by another key; a person has to look at that first.")
        key = _key_in(await _fetched(door, claim.key_id, clock.now()), claim.key_id)
    if key is None or key.owner != actor:
        raise Refused(401, "The proof names a key that its actor does not.")
    return proofs.verify(claim, key)


async def _kept(door: Federation, key_id: str) -> VerificationKey | None:
    known = await door.database.reading(nodes.key, key_id)
    return _decoded(key_id, known[0], known[1]) if known else None


def keep(tx: Transaction, sender: Signer, at: datetime) -> None:
    """Keep the actor that was fetched to check a signature, now that the signature held."""
    if sender.fetched is not None:
        with suppress(Conflict):  # a second Group of one origin is nobody's neighbour
            met(tx, sender.fetched, at)


def met(tx: Transaction, found: Actor, at: datetime) -> None:
    """Keep what an actor's document says: the node it stands for, or the keys of a node's Application. An
    account is kept when it has to do with us (`accounts`); what nobody needs takes no room here."""
    if found.node is not None:
        acts.met(tx, found.node, found.keys, at)
        return
    origin = origin_of(found.id)
    node = nodes.by_origin(tx, origin) if origin is not None else None
    if node is not None and found.id == f"{node.origin}/ap/actor":
        nodes.keep_keys(tx, found.id, node.origin, found.keys, at)


async def fetch_actor(door: Federation, uri: str) -> Actor:
    """An actor from its own address; when that names another id on the same origin, from there. Raises
    Unreachable."""
    for _ in range(2):
        found = reading.actor(await door.remote.document(uri), clock.now())
        if found is None:
            raise Unreachable(f"{uri} is no actor")
        if found.id == uri:
            return found
        if origin_of(found.id) != origin_of(uri):
            raise Unreachable(f"{uri} speaks for another origin")
        uri = found.id
    raise Unreachable(f"{uri} has no id of its own")


async def _verified(door: Federation, claim: Claim, origin: str, known: Known | None, at: datetime) -> Signer:
    if known is not None:
        owner, multibase, fetched = known
        try:
            known_key = _decoded(claim.key_id, owner, multibase)
            return Signer(signatures.verify(claim, known_key), origin, None, known_key)
        except Refused:
            if fetched > at - REFETCH_AFTER or await door.database.reading(_pinned, origin):
                raise
    actor = await _fetched(door, claim.key_id, at)
    key = _key_in(actor, claim.key_id)
    if key is None:
        raise Refused(401, "The actor does not name this key as its own.")
    verified = signatures.verify(claim, key)
    if await door.database.writing(acts.changed_key, origin, actor.id, key.key_id):
        raise Refused(401, "This node is known by another key; a person has to look at that first.")
    return Signer(verified, origin, actor, key)


async def _fetched(door: Federation, key_id: str, at: datetime) -> Actor:
    """The actor whose document holds a key. It is asked for at most once in a while, whatever comes of it;
    who needs it while it is under way waits for that."""
    uri = key_id.split("#")[0]
    one_at_a_time = door.fetching.setdefault(uri, asyncio.Lock())
    async with one_at_a_time:
        asked, actor = door.asked.get(uri, (None, None))
        if asked is None or asked <= at - (REFETCH_AFTER if actor else UNREACHABLE_FOR):
            actor = None
            try:
                actor = await fetch_actor(door, uri)
            except Unreachable as error:
                log.info("a key could not be fetched: %s", error)
            _remember(door, uri, at, actor)
    if actor is None:
        raise Refused(401, "The key could not be fetched.")
    return actor


def _remember(door: Federation, uri: str, at: datetime, actor: Actor | None) -> None:
    door.asked[uri] = at, actor
    door.asked.move_to_end(uri)
    while len(door.asked) > REMEMBERED:
        door.asked.popitem(last=False)


def _key_in(actor: Actor | None, key_id: str) -> VerificationKey | None:
    if actor is None or key_id not in actor.keys:
        return None
    return _decoded(key_id, actor.id, actor.keys[key_id])


def _decoded(key_id: str, owner: str, multibase: str) -> VerificationKey:
    try:
        return VerificationKey(key_id, owner, multikey.decode(multibase))
    except ValueError as error:
        raise Refused(401, f"The key cannot be read: {error}") from None


def _path(request: Request) -> str:
    """Path and query as they came over the wire, for the signature covers those bytes."""
    path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope["query_string"]
    return path.split(b"?")[0].decode("ascii", "replace") + (
        f"?{query.decode('ascii', 'replace')}" if query else ""
    )


def _looked_up(tx: Transaction, origin: str, key_id: str) -> tuple[bool, Known | None]:
    """Whether the origin is blocked, and the key as we last saw it."""
    node = nodes.by_origin(tx, origin)
    return node is not None and node.blocked, nodes.key(tx, key_id)


def _pinned(tx: Transaction, origin: str) -> bool:
    """A partner's keys are not replaced because a signature failed: an alarm and a person come first
    (A22)."""
    node = nodes.by_origin(tx, origin)
    return node is not None and node.partner and bool(nodes.keys_of(tx, node.actor))
