"""A node of an enemy: keys of its own, whatever documents it likes, and every request signed by hand.

It shares no code with a node of ours but the signature itself; what it says of itself is written out here.
"""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from node.clock import now
from node.federation import multikey
from node.federation.signatures import SigningKey
from node.neighbourhood.post import Post
from tests.federation import by_hand
from tests.federation.by_hand import TYPE
from tests.federation.town_of_nodes import Place
from tests.federation.wire import Wire, until, until_true

AS = "https://www.w3.org/ns/activitystreams"
Document = dict[str, Any]


@dataclass
class Served:
    """What the enemy answers at one address."""

    document: Any
    status: int = 200
    kind: str = TYPE


@dataclass
class Liar:
    """Made with a wire, it answers there at once. `served` are its documents, `got` what was posted to it."""

    wire: Wire
    name: str = "leugenaar"
    served: dict[str, Served] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    got: list[Document] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.origin = f"https://{self.name}.example"
        self.actor, self.application = f"{self.origin}/ap/buurt/{self.name}", f"{self.origin}/ap/actor"
        self.adjacent, self.outbox = f"{self.actor}/adjacent", f"{self.actor}/outbox"
        self.key = SigningKey(f"{self.actor}#ed25519-key", Ed25519PrivateKey.generate())
        self.reader = SigningKey(f"{self.application}#ed25519-key", Ed25519PrivateKey.generate())
        self.serve(self.actor, self.group())
        self.serve(self.application, described(self.application, "Application", self.reader))
        self.serve(self.adjacent, self.collection(self.adjacent, []))
        self.serve(self.outbox, self.collection(self.outbox, []))
        self.wire.apps[self.origin] = self

    def serve(self, url: str, document: Any, status: int = 200, kind: str = TYPE) -> None:
        self.served[url.removeprefix(self.origin)] = Served(document, status, kind)

    def group(self, **change: Any) -> Document:
        """Its neighbourhood's actor document."""
        own = {"name": "De Leugen", "areaCode": "BU00000009", "adjacentNodes": self.adjacent}
        return {**described(self.actor, "Group", self.key), **own, **change}

    def collection(self, uri: str, items: list[Any]) -> Document:
        kind = "OrderedCollection" if uri == self.outbox else "Collection"
        page = {"first": f"{uri}?page=1"} if uri == self.outbox else {}
        return {"@context": AS, "id": uri, "type": kind, "totalItems": len(items), "items": items, **page}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        if request.method == "POST":
            self.got.append(await request.json())
            await Response(status_code=202)(scope, receive, send)
            return
        self.asked.append(path)
        found = self.served.get(path) or Served({"error": "not found"}, 404)
        body = found.document if isinstance(found.document, bytes) else json.dumps(found.document).encode()
        await Response(body, found.status, media_type=found.kind)(scope, receive, send)

    # What it says

    def uri(self, letter: str = "a") -> str:
        return f"{self.origin}/ap/{letter}/{uuid4().hex}"

    def activity(self, kind: str, object: Any, **change: Any) -> Document:
        """An activity of its own as a node of ours would say it, but for what is changed; None leaves out."""
        usual = {"@context": AS, "id": self.uri(), "type": kind, "actor": self.actor, "published": stamp()}
        said = {**usual, "object": object, **change}
        return {name: value for name, value in said.items() if value is not None}

    def note(self, uri: str | None = None, **change: Any) -> Document:
        """A post of its own, for its neighbours, as a node of ours would say it, but for what is changed."""
        uri = uri or self.uri("o")
        one = {"hasUnit": "one", "hasNumericalValue": "1"}
        usual = {
            "id": uri,
            "type": "Note",
            "attributedTo": self.actor,
            "to": [self.adjacent],
            "name": "Wie wil er een gratis fiets?",
            "content": "<p>Echt waar.</p>",
            "source": {"content": "Echt waar.", "mediaType": "text/plain"},
            "url": uri,
            "published": stamp(),
            "updated": stamp(),
            "endTime": "2199-01-01T00:00:00Z",
            "kind": "offer",
            "purpose": "offer",
            "category": "spullen",
            "urgency": "week",
            "listingState": "open",
            "party": {"id": self.uri("p"), "name": "Lou"},
            "publishes": {"type": "Intent", "id": f"{uri}#primary", "availableQuantity": one},
        }
        return {name: value for name, value in {**usual, **change}.items() if value is not None}

    def offer(self, post: Post, **change: Any) -> Document:
        """A yes to somebody's post."""
        commitment = {"type": "Commitment", "satisfies": f"{post.uri}#primary"}
        usual = {
            "party": {"id": self.uri("p"), "name": "Lou"},
            "source": {"content": "Ik kom wel even.", "mediaType": "text/plain"},
        }
        return self.activity("Offer", {"type": "Agreement", "stipulates": commitment}, **{**usual, **change})

    # How it says it

    async def says(self, place: Place, activity: Any, **how: Any) -> httpx.Response:
        """Post something, signed and proved by its own Group unless told otherwise (`by_hand.posted`)."""
        return await by_hand.posted(place, activity, **{"key": self.key, **how})

    async def reads(self, place: Place, url: str, key: SigningKey | None = None) -> httpx.Response:
        """Read something, signed by its own Application unless told otherwise."""
        return await by_hand.signed(place, "GET", url.removeprefix(place.origin), key or self.reader)

    async def befriend(self, place: Place) -> None:
        """Become a neighbour, as an operator who was talked into it lets one. Its worker has to run."""
        self.serve(self.adjacent, self.collection(self.adjacent, [place.home.actor]))
        await self.says(place, self.activity("Follow", place.home.actor, to=[place.home.actor]))
        await place.wants_at(self.origin)
        await until_true(lambda: [said for said in self.got if said["type"] == "Follow"])
        follow = next(said for said in self.got if said["type"] == "Follow")
        await self.says(place, self.activity("Accept", follow, to=[place.home.actor]))

        async def joined() -> bool:
            return self.origin in await place.neighbours()

        await until(joined)
        await until(place.idle)


def key_called(key_id: str, key: SigningKey) -> SigningKey:
    """The same key under another name."""
    return SigningKey(key_id, key.private)


def described(actor: str, kind: str, *keys: SigningKey) -> Document:
    """An actor document, with the keys it names as its own."""
    methods = [
        {
            "id": key.key_id,
            "type": "Multikey",
            "controller": actor,
            "publicKeyMultibase": multikey.encode(key.private.public_key()),
        }
        for key in keys
    ]
    boxes = {name: f"{actor}/{name}" for name in ("inbox", "outbox", "followers", "following")}
    return {"@context": AS, "id": actor, "type": kind, **boxes, "assertionMethod": methods}


def stamp() -> str:
    return now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
