"""Who says this: keys of other nodes, and from a signed request to a verified actor.

A key counts only when its actor's own document, fetched from its own origin, names it (`federation.md` 7,
rule 5).
"""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request

from node import clock
from node.acts import nodes as acts
from node.federation import multikey, proofs, reading, signatures
from node.federation.documents import origin_of
from node.federation.door import Federation
from node.federation.reading import Actor
from node.federation.remote import Unreachable
from node.federation.signatures import Claim, Refused, VerificationKey, Verified
from node.neighbourhood.refusal import Conflict
from node.storage import deliveries, nodes
from node.storage.database import Transaction

REFETCH_AFTER = timedelta(minutes=5)  # a key is fetched again at most this often (S25)
UNREACHABLE_FOR = timedelta(minutes=10)  # how long a key that could not be had is not asked for again (X11)
REMEMBERED = 2000  # documents

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Signer:
    """Who signed a request, and the actor document that proved it when it was fetched just now."""

    verified: Verified
    origin: str
    fetched: Actor | None


async def signer(door: Federation, request: Request, body: bytes) -> Signer:
    """Who sent this request. Raises Refused: 400 unreadable, 401 not proved, 403 blocked."""
    at = clock.now()
    target = door.settings.origin + _path(request)
    claim = signatures.read(request.method, target, request.headers.raw, body, at)
    origin = origin_of(claim.key_id)
    if origin is None:
        raise Refused(400, "The key's id is not a web address.")
    if await door.database.reading(_blocked, origin):
        raise Refused(403, "This node has blocked yours.")
    found = await _verified(door, claim, origin, at)
    door.unheard.discard(origin)
    if origin in door.sleeping:
        door.sleeping.discard(origin)
        await door.database.writing(deliveries.revive, origin, at)
    return found


async def check_proof(door: Federation, document: dict[str, Any], sender: Signer) -> None:
    """Refuse a document whose proof is not by its own actor's key. One without a proof stands by its
    signature."""
    if "proof" not in document:
        return
    claim = proofs.read(document)
    key = _key_in(sender.fetched, claim.key_id)
    if key is None:
        known = await door.database.reading(nodes.key, claim.key_id)
        key = _decoded(claim.key_id, known[0], known[1]) if known else None
    if key is None or key.owner != sender.verified.actor:
        raise Refused(401, "The proof names a key that its actor does not.")
    proofs.verify(claim, key)


def keep(tx: Transaction, sender: Signer, at: datetime) -> None:
    """Keep the actor that was fetched to check a signature, now that the signature held."""
    if sender.fetched is not None:
        with suppress(Conflict):  # a second Group of one origin is nobody's neighbour
            met(tx, sender.fetched, at)


def met(tx: Transaction, found: Actor, at: datetime) -> None:
    """Keep what an actor's document says: the node it stands for, and its keys."""
    owners = dict.fromkeys(found.keys, found.id)
    if found.node is not None:
        acts.met(tx, found.node, found.keys, owners, at)
        return
    origin = origin_of(found.id)
    if origin is not None:
        nodes.keep_keys(tx, found.id, origin, found.keys, at)


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


async def _verified(door: Federation, claim: Claim, origin: str, at: datetime) -> Signer:
    known = await door.database.reading(nodes.key, claim.key_id)
    if known is not None:
        owner, multibase, fetched = known
        try:
            return Signer(signatures.verify(claim, _decoded(claim.key_id, owner, multibase)), origin, None)
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
    return Signer(verified, origin, actor)


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


def _blocked(tx: Transaction, origin: str) -> bool:
    node = nodes.by_origin(tx, origin)
    return node is not None and node.blocked


def _pinned(tx: Transaction, origin: str) -> bool:
    """A partner's keys are not replaced because a signature failed: an alarm and a person come first
    (A22)."""
    node = nodes.by_origin(tx, origin)
    return node is not None and node.we_claim
