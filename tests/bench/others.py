"""The other nodes: each an address of its own on loopback, with an actor, a key, and whatever it has to say.

They live in a thread of those who ask. What is delivered to them is counted; some hang, some are ill.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from hashlib import sha256
from threading import Thread
from typing import Any

import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from node.federation import multikey
from node.federation.own_key import RsaKey
from node.federation.signatures import SigningKey
from node.neighbourhood.account import Account
from node.neighbourhood.node import Follow, Node, NodeKind
from node.storage import accounts, nodes
from node.storage.database import Transaction
from node.storage.tables import nodes as table
from tests.bench import rsa

TYPE = "application/activity+json"


@dataclass(frozen=True)
class Other:
    """One of them, by its number. `by_rsa`: it signs in draft-cavage and proves nothing, as other software
    does."""

    number: int
    port: int
    by_rsa: bool = False

    @property
    def host(self) -> str:
        return f"127.1.{self.number // 250}.{self.number % 250 + 1}"

    @property
    def origin(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def actor(self) -> str:
        return f"{self.origin}/ap/buurt/b{self.number}"

    @property
    def key(self) -> SigningKey:
        return SigningKey(f"{self.actor}#ed25519-key", _private(self.number))

    @property
    def rsa(self) -> RsaKey:
        return rsa.key(self.actor, self.number)

    @property
    def multibase(self) -> str:
        return multikey.encode(_private(self.number).public_key())

    @property
    def keys(self) -> dict[str, str]:
        """What others know of its keys: each text by its id."""
        found = {self.key.key_id: self.multibase}
        return {**found, self.rsa.key_id: rsa.pem(self.number)} if self.by_rsa else found

    def node(self) -> Node:
        """As a neighbour that both sides said yes to."""
        accepted = Follow.ACCEPTED
        return Node(
            id=f"{self.number:032x}",
            actor=self.actor,
            origin=self.origin,
            name=f"Buurt {self.number}",
            kind=NodeKind.NEIGHBOURHOOD,
            area=f"BU9002{self.number:04}",
            inbox=f"{self.origin}/inbox",
            outbox=f"{self.actor}/outbox",
            adjacent=f"{self.actor}/adjacent",
            we_claim=True,
            they_claim=True,
            our_follow=accepted,
            their_follow=accepted,
        )

    def document(self, path: str, neighbour: str) -> dict[str, Any] | None:
        """What it answers a GET with."""
        context = ["https://www.w3.org/ns/activitystreams", "https://www.w3.org/ns/cid/v1"]
        if path == f"/ap/buurt/b{self.number}/adjacent":
            return {"@context": context[0], "id": f"{self.actor}/adjacent", "type": "Collection"} | {
                "items": [neighbour]
            }
        if path == f"/ap/buurt/b{self.number}/outbox":
            uri = f"{self.actor}/outbox"
            return {"@context": context[0], "id": uri, "type": "OrderedCollection", "totalItems": 0}
        if path != f"/ap/buurt/b{self.number}":
            return None
        key = {"id": self.key.key_id, "type": "Multikey", "controller": self.actor}
        return {
            "@context": context,
            "id": self.actor,
            "type": "Group",
            "name": f"Buurt {self.number}",
            "inbox": f"{self.actor}/inbox",
            "outbox": f"{self.actor}/outbox",
            "adjacentNodes": f"{self.actor}/adjacent",
            "areaCode": f"BU9002{self.number:04}",
            "endpoints": {"sharedInbox": f"{self.origin}/inbox"},
            "assertionMethod": [{**key, "publicKeyMultibase": self.multibase}],
            **self._old_key(),
        }

    def _old_key(self) -> dict[str, Any]:
        if not self.by_rsa:
            return {}
        pem = rsa.pem(self.number)
        return {"publicKey": {"id": self.rsa.key_id, "owner": self.actor, "publicKeyPem": pem}}


@cache
def _private(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(f"bench {number}".encode()).digest())


def some(count: int, port: int, first: int = 0, by_rsa: bool = False) -> list[Other]:
    return [Other(number, port, by_rsa) for number in range(first, first + count)]


def know(tx: Transaction, others: list[Other], at: Any, receipts_due: Any = None) -> None:
    """Have a node know them all as neighbours, with their keys; receipts wait until `receipts_due`."""
    for other in others:
        nodes.add(tx, other.node())
        nodes.keep_keys(tx, other.actor, other.origin, other.keys, at)
    tx.run(table.update().values(receipts_due=receipts_due))


def follow(tx: Transaction, others: list[Other], at: Any) -> None:
    """Have an account at each of them follow a node; none has a shared inbox."""
    for other in others:
        accounts.add(
            tx,
            Account(
                id=f"{other.number:032x}",
                actor=other.actor,
                origin=other.origin,
                kind="Person",
                handle=f"b{other.number}@{other.host}",
                name=f"Account {other.number}",
                inbox=f"{other.actor}/inbox",
                met=at,
                their_follow=Follow.ACCEPTED,
            ),
        )


@dataclass
class Town:
    """All of them, listening. `arrived` has a moment for each message that came, in the order of coming."""

    neighbour: str
    arrived: list[tuple[float, int]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    probes: Counter[int] = field(default_factory=Counter)
    hanging: set[int] = field(default_factory=set)
    ill: set[int] = field(default_factory=set)

    def forget(self) -> None:
        self.arrived.clear()
        self.asked.clear()
        self.probes.clear()

    def await_arrivals(self, count: int, seconds: float = 300.0) -> None:
        """Wait until so many messages came."""
        end = time.monotonic() + seconds
        while len(self.arrived) < count:
            if time.monotonic() > end:
                raise SystemExit(f"{len(self.arrived)} of {count} messages came in {seconds:.0f} seconds")
            time.sleep(0.002)


class _Door(asyncio.Protocol):
    """A connection of one of them: reads requests, answers each at once."""

    def __init__(self, town: Town, other: Other) -> None:
        self._town, self._other = town, other
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while (end := self._waiting.find(b"\r\n\r\n")) >= 0:
            head = self._waiting[:end]
            length = _length(head)
            if len(self._waiting) < end + 4 + length:
                return
            self._waiting = self._waiting[end + 4 + length :]
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        if method == "GET":
            self._town.asked[f"{self._other.origin}{path}"] += 1
            found = self._other.document(path, self._town.neighbour)
            body = json.dumps(found).encode() if found else b""
            self._send(200 if found else 404, body)
            return
        number = self._other.number
        if number in self._town.hanging or number in self._town.ill:
            self._town.probes[number] += 1
            if number in self._town.ill:
                self._send(503, b"")
            return
        self._town.arrived.append((time.monotonic(), number))
        self._send(202, b"")

    def _send(self, status: int, body: bytes) -> None:
        head = f"HTTP/1.1 {status} x\r\ncontent-type: {TYPE}\r\ncontent-length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


def _length(head: bytes) -> int:
    at = head.lower().find(b"\r\ncontent-length:")
    return int(head[at + 17 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


@contextmanager
def listening(others: list[Other], neighbour: str) -> Iterator[Town]:
    """The town, in a thread of its own as long as this lasts. `neighbour` is whom it says it borders on."""
    town, loop = Town(neighbour), uvloop.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def open_all() -> None:
        for other in others:
            await loop.create_server(partial(_Door, town, other), other.host, other.port)

    try:
        asyncio.run_coroutine_threadsafe(open_all(), loop).result()
        yield town
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
