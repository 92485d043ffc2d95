"""Who says this: keys of other nodes, and from a signed request to a verified actor.

A key counts only when its actor's own document, fetched from its own origin, names it (`federation.md` 7,
rule 5). In order: a key that is kept here, the actor as it was read in the last day, the actor as it is now.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from starlette.requests import Request

from node import clock
from node.acts import nodes as acts
from node.federation import key_documents, proofs, public_key, signatures
from node.federation.documents import origin_of
from node.federation.door import Federation
from node.federation.guarded import Gone, Unreachable
from node.federation.key_documents import fetch_actor
from node.federation.memory import keep as keep_in
from node.federation.proofs import ProofClaim
from node.federation.reading import Actor
from node.federation.signatures import Claim, Refused, VerificationKey, Verified
from node.neighbourhood.block import Severity
from node.neighbourhood.refusal import Conflict
from node.storage import blocks, deliveries, nodes
from node.storage.database import Transaction

__all__ = ["Signer", "fetch_actor"]

REFETCH_AFTER = timedelta(minutes=5)  # a key is fetched again at most this often (S25)
REMEMBERED = 2000  # keys
OTHERS_MOST = 5000  # nodes that are no partner: nobody can make up more of them than that
KNOWN_SECONDS = 10.0  # a key that is known no longer counts so much longer (who is blocked is told at once)
Known = tuple[str, str, datetime]  # of a key: its owner, the key itself, when it was fetched

log = logging.getLogger(__name__)


class Unfetched(Refused):
    """A key that is not kept here and could not be had. `gone`: its address says that it will not come back
    (410), which is more than that nothing is there (404)."""

    def __init__(self, gone: bool) -> None:
        super().__init__(401, "The key could not be fetched.")
        self.gone = gone


@dataclass(frozen=True)
class Signer:
    """Who signed a request, by which key, and the actor as its own document says it.

    `fetched`: that document, when no key of it was kept here yet; `read_at` when it was read.
    """

    verified: Verified
    origin: str
    fetched: Actor | None
    key: VerificationKey
    read_at: datetime | None = None


@dataclass(frozen=True)
class Claimed:
    """Who a request says it is by. Nothing is proved, and nothing was fetched.

    `known`: the key as it is kept here, if it is. `pinned`: a partner's keys are not replaced because a
    signature failed: an alarm and a person come first (A22).
    """

    claim: Claim
    origin: str
    known: Known | None
    pinned: bool
    at: datetime


async def heard(door: Federation, request: Request) -> None:
    """Take a signed request for a sign of life, if it is by a key that we know: nothing is fetched for it."""
    said = await claimed(door, request, b"")
    if said.known is not None:
        signatures.verify(said.claim, _decoded(said.claim.key_id, said.known[0], said.known[1]))
        await _lives(door, said.origin, said.at)


async def claimed(door: Federation, request: Request, body: bytes) -> Claimed:
    """What a request says of who signed it, and what we know of that. Raises Refused: 400, 401, and 403 when
    we do not speak with it."""
    at, target = clock.now(), door.settings.origin + _path(request)
    claim = signatures.read(request.method, target, request.headers.raw, body, at)
    origin = origin_of(claim.key_id)
    if origin is None:
        raise Refused(400, "The key's id is not a web address.")
    known, pinned = await _known(door, origin, claim.key_id)
    return Claimed(claim, origin, known, pinned, at)


async def proved(door: Federation, said: Claimed) -> Signer:
    """Who it is by. Only here a key is fetched. Raises Refused(401), Unfetched when there is no key."""
    found = await _verified(door, said)
    await _lives(door, said.origin, said.at)
    return found


async def _known(door: Federation, origin: str, key_id: str) -> tuple[Known | None, bool]:
    """The key as we have it, looked up every few seconds for those who send much. Refused(403) when blocked;
    who was blocked since that is refused by the transaction."""
    until, known, pinned = door.known.get(key_id, (0.0, None, False))
    if known is not None and monotonic() < until:
        return known, pinned
    blocked, known, pinned = await door.database.reading(_looked_up, origin, key_id)
    if blocked:
        raise Refused(403, "This node has blocked yours.")
    if known is not None:
        keep_in(door.known, key_id, (monotonic() + KNOWN_SECONDS, known, pinned), REMEMBERED)
    return known, pinned


async def _lives(door: Federation, origin: str, at: datetime) -> None:
    """An origin was heard of: what waits for it in backoff is due now."""
    door.unheard.discard(origin)
    if origin in door.sleeping:
        door.sleeping.discard(origin)
        await door.database.writing(deliveries.revive, origin, at)


async def check_proof(door: Federation, document: dict[str, Any], sender: Signer) -> bool:
    """Refuse a document with a proof that is not by its own actor's key. One without a proof that we read
    stands by its signature alone: False, for nobody may pass that on."""
    if "proof" not in document:
        return False
    if proofs.is_read(document) or await door.database.reading(is_node, sender.verified.actor):
        alone = [document]
    else:
        alone = proofs.apart(document)  # other software has proofs of other kinds, and more than one
    for one in alone:
        await _require_proof(door, proofs.read(one), sender)
    return bool(alone)


async def _require_proof(door: Federation, claim: ProofClaim, sender: Signer) -> None:
    """Refuse a proof that is not by a key of whoever sent it."""
    key = sender.key if sender.key.key_id == claim.key_id else _key_in(sender.fetched, claim.key_id)
    if key is None:
        key = await _kept(door, claim.key_id)
    if key is None or key.owner != sender.verified.actor:
        raise Refused(401, "The proof names a key that its actor does not.")
    proofs.verify(claim, key)


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
        _, author = await _fetched(door, claim.key_id, clock.now())
        key = _key_in(author, claim.key_id)
    if key is None or key.owner != actor:
        raise Refused(401, "The proof names a key that its actor does not.")
    return proofs.verify(claim, key)


async def _kept(door: Federation, key_id: str) -> VerificationKey | None:
    known = await door.database.reading(nodes.key, key_id)
    return _decoded(key_id, known[0], known[1]) if known else None


def keep(tx: Transaction, sender: Signer, at: datetime, asks: bool = False) -> None:
    """Keep the actor that was fetched to check a signature, now that the signature held. A node that we did
    not know is kept when it `asks` for something, and while there is room."""
    found = sender.fetched
    if found is None or (found.node is not None and not _may_stay(tx, found.id, asks)):
        return
    with suppress(Conflict):  # a second Group of one origin is nobody's neighbour
        met(tx, found, sender.read_at or at)


def _may_stay(tx: Transaction, actor: str, asks: bool) -> bool:
    return nodes.by_actor(tx, actor) is not None or (asks and nodes.count_others(tx) < OTHERS_MOST)


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


async def _verified(door: Federation, said: Claimed) -> Signer:
    claim = said.claim
    if said.known is not None:
        owner, text, read_at = said.known
        try:
            kept = _decoded(claim.key_id, owner, text)
            return Signer(signatures.verify(claim, kept), said.origin, None, kept)
        except Refused:
            if said.pinned or read_at > said.at - REFETCH_AFTER:
                raise
    remembered = door.asked.actor(key_documents.address(claim.key_id), said.at)
    if remembered is not None:
        try:
            return await _by_document(door, said, *remembered)
        except Refused:
            if remembered[0] > said.at - REFETCH_AFTER:
                raise
    return await _by_document(door, said, *await _fetched(door, claim.key_id, said.at))


async def _by_document(door: Federation, said: Claimed, read_at: datetime, actor: Actor) -> Signer:
    """By a key that the actor's own document names; of a partner only by one that it had before."""
    key = _key_in(actor, said.claim.key_id)
    if key is None:
        raise Refused(401, "The actor does not name this key as its own, or not one that is read here.")
    verified = signatures.verify(said.claim, key)
    door.known.pop(key.key_id, None)  # what was kept under this name is not what it is now
    if said.pinned and await door.database.writing(acts.changed_key, said.origin, actor.id, key.key_id):
        raise Refused(401, "This node is known by another key; a person has to look at that first.")
    return Signer(verified, said.origin, actor, key, read_at)


async def _fetched(door: Federation, key_id: str, at: datetime) -> tuple[datetime, Actor]:
    """The actor whose document holds a key, and when it was read. It is asked for at most once in a while,
    whatever comes of it; who needs it while it is under way waits for that."""
    uri = key_documents.address(key_id)
    async with door.turn(uri):
        fresh = door.asked.actor(uri, at, REFETCH_AFTER)
        if fresh is not None:
            return fresh
        gone = door.asked.is_absent(uri, at)
        if gone is not None:
            raise Unfetched(gone)
        door.gate.ask(str(origin_of(uri)))
        try:
            actor = await key_documents.owner_of(door, key_id)
        except Unreachable as error:
            log.info("a key could not be fetched: %s", error)
            door.asked.missed(uri, isinstance(error, Gone), at)
            raise Unfetched(isinstance(error, Gone)) from None
        door.asked.found(uri, actor, at)
        return at, actor


def _key_in(actor: Actor | None, key_id: str) -> VerificationKey | None:
    if actor is None or key_id not in actor.keys:
        return None
    return _decoded(key_id, actor.id, actor.keys[key_id])


def _decoded(key_id: str, owner: str, text: str) -> VerificationKey:
    try:
        return VerificationKey(key_id, owner, public_key.decode(text))
    except ValueError as error:
        raise Refused(401, f"The key cannot be read: {error}") from None


def _path(request: Request) -> str:
    """Path and query as they came over the wire, for the signature covers those bytes."""
    path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope["query_string"]
    return path.split(b"?")[0].decode("ascii", "replace") + (
        f"?{query.decode('ascii', 'replace')}" if query else ""
    )


def _looked_up(tx: Transaction, origin: str, key_id: str) -> tuple[bool, Known | None, bool]:
    """Whether the origin is blocked, the key as we last saw it, and whether it is pinned."""
    node = nodes.by_origin(tx, origin)
    blocked, partner = node is not None and node.blocked, node is not None and node.partner
    known = nodes.key(tx, key_id)
    actor = known[0] if known is not None else key_documents.address(key_id)
    blocked = blocked or blocks.severity(tx, origin, actor) is Severity.BLOCK
    return blocked, known, partner and _pinned(tx, origin)


def is_node(tx: Transaction, actor: str) -> bool:
    """Whether an actor is that of a node of our own kind."""
    return nodes.by_actor(tx, actor) is not None


def _pinned(tx: Transaction, origin: str) -> bool:
    """A partner's keys are not replaced because a signature failed: an alarm and a person come first
    (A22)."""
    node = nodes.by_origin(tx, origin)
    return node is not None and node.partner and bool(nodes.keys_of(tx, node.actor))
