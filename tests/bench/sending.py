"""What other nodes send us, and the plain way to send: messages really signed, before the clock runs."""

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import httpx

from node import clock
from node.federation import cavage, proofs, rfc9421, vocabulary
from node.federation.documents import written
from node.federation.signatures import SigningKey
from tests.bench.driving import post
from tests.bench.others import TYPE, Other

WORDS = (
    "Dinsdag om half drie moet ik naar het ziekenhuis voor controle. Met de bus lukt het niet meer. Wie "
    "heeft er een uurtje, heen en terug? Ik betaal de benzine en er is koffie met appeltaart toe. Bel aan."
)


def creates(senders: list[Other], count: int, port: int) -> list[bytes]:
    """So many distinct signed Creates, by turns from these senders, as requests to the node at this port."""
    at = clock.now()
    return [request(senders[number % len(senders)], port, at) for number in range(count)]


def request(sender: Other, port: int, at: datetime, key: SigningKey | None = None) -> bytes:
    """One Create, proved and signed; by another key when it has to be a lie. Who signs by RSA proves nothing,
    as other software does not."""
    if sender.by_rsa:
        return signed_by_rsa(json.dumps(create(sender, at), ensure_ascii=False).encode(), port, sender, at)
    body = written(proofs.add(create(sender, at), sender.key, at))
    return signed(body, port, key or sender.key, at, sender.key.key_id)


def signed(body: bytes, port: int, key: SigningKey, at: datetime, named: str) -> bytes:
    """A message as a request, signed by the key, which says that it is the one named."""
    used, url = SigningKey(named, key.private), f"http://localhost:{port}/inbox"
    headers = rfc9421.sign("POST", url, body, TYPE, used, int(at.timestamp()))
    return post("/inbox", port, body, user_agent="bench", accept="*/*", **headers)


def signed_by_rsa(body: bytes, port: int, sender: Other, at: datetime) -> bytes:
    """A message as a request in draft-cavage."""
    headers = cavage.sign("POST", f"http://localhost:{port}/inbox", body, TYPE, sender.rsa, at)
    return post("/inbox", port, body, user_agent="bench", accept="*/*", **headers)


def create(sender: Other, at: datetime) -> dict[str, object]:
    """A Create of a request for help as `wire.md` 4 draws it, of about 4 kB with its context and proof."""
    key, now, later = uuid4().hex, _stamp(at), _stamp(at + timedelta(days=14))
    uri, area = f"{sender.origin}/ap/o/{key}", f"BU9002{sender.number:04}"
    content = f"<p><strong>GEVRAAGD · vervoer</strong><br>Wie rijdt mij?</p><p>{WORDS}</p>"
    twin = {"type": "Link", "mediaType": vocabulary.PROFILE, "href": f"{uri}/proposal"}
    note = {
        "id": uri,
        "type": "Note",
        "attributedTo": sender.actor,
        "to": [f"{sender.actor}/adjacent"],
        "name": f"Wie rijdt mij dinsdag naar het ziekenhuis? {key[:6]}",
        "content": content,
        "contentMap": {"nl": content},
        "source": {"content": WORDS, "mediaType": "text/plain"},
        "url": f"{sender.origin}/o/{key}",
        "published": now,
        "updated": now,
        "endTime": later,
        "sensitive": False,
        "tag": [{**twin, "rel": [f"{vocabulary.VALUEFLOWS}Proposal"], "name": "Wie rijdt mij?"}],
        "kind": "request",
        "purpose": "request",
        "category": "vervoer",
        "urgency": "week",
        "decide": "choose",
        "listingState": "open",
        "party": {"id": f"{sender.origin}/ap/p/{uuid4().hex}", "name": "Miep"},
        "location": {
            "type": "Place",
            "id": f"{sender.origin}/ap/gebied/{area}",
            "name": "B",
            "areaCode": area,
        },
        "unitBased": False,
        "publishes": {
            "type": "Intent",
            "id": f"{uri}#primary",
            "action": "deliverService",
            "resourceConformsTo": f"{sender.origin}/ap/category/vervoer",
            "resourceQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
            "availableQuantity": {"hasUnit": "one", "hasNumericalValue": "1"},
        },
    }
    head = {"@context": vocabulary.CONTEXT, "id": f"{sender.origin}/ap/a/{uuid4().hex}", "type": "Create"}
    return {**head, "actor": sender.actor, "published": now, "to": note["to"], "object": note}


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def sent_plainly(others: list[Other], count: int, at_once: int = 64) -> None:
    """The textbook way to deliver: sign, then httpx, one client for each host."""
    hosts, at = len(others), clock.now()
    body = json.dumps(proofs.add(create(others[0], at), others[0].key, at), ensure_ascii=False).encode()
    clients = [httpx.AsyncClient(trust_env=False, timeout=10) for _ in others]
    waiting: Iterator[int] = iter(range(count))

    async def one() -> None:
        for number in waiting:
            other = others[number % hosts]
            uri, sender = f"{other.origin}/inbox", others[0]
            headers = (
                cavage.sign("POST", uri, body, TYPE, sender.rsa, at)
                if sender.by_rsa
                else rfc9421.sign("POST", uri, body, TYPE, sender.key, int(at.timestamp()))
            )
            (await clients[number % hosts].post(uri, content=body, headers=headers)).raise_for_status()

    await asyncio.gather(*(one() for _ in range(min(at_once, hosts))))
    await asyncio.gather(*(client.aclose() for client in clients))
