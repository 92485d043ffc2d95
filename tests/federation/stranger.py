"""Somebody with an account on other software: keys, documents and an inbox of their own, signed by hand."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from node.federation.signatures import SigningKey
from tests.federation import by_hand
from tests.federation.liar import AS, Document, Liar, described, stamp
from tests.federation.town_of_nodes import Place
from tests.federation.wire import Wire, until_true

PUBLIC = f"{AS}#Public"


@dataclass
class Stranger(Liar):
    """An enemy's server with one honest person on it; made with a wire, it answers there at once."""

    wire: Wire
    name: str = "social"
    user: str = "mo"
    kind: str = "Person"
    notes: list[Document] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.person = f"{self.origin}/users/{self.user}"
        self.inbox, self.shared = f"{self.person}/inbox", f"{self.origin}/inbox"
        self.pen = SigningKey(f"{self.person}#ed25519-key", Ed25519PrivateKey.generate())
        self.serve(self.person, self.document())

    def document(self, **change: Any) -> Document:
        own = {
            "name": "Mo",
            "preferredUsername": self.user,
            "endpoints": {"sharedInbox": self.shared},
            "followers": f"{self.person}/followers",
        }
        return {**described(self.person, self.kind, self.pen), **own, **change}

    def does(self, kind: str, object: Any, **change: Any) -> Document:
        """An activity of the person."""
        return self.activity(kind, object, **{"actor": self.person, **change})

    def writes(self, text: str, **change: Any) -> Document:
        """A Create of a Note by the person, to nobody unless told otherwise."""
        uri = f"{self.person}/statuses/{uuid4().hex}"
        note = {
            "id": uri,
            "type": "Note",
            "attributedTo": self.person,
            "content": f"<p>{text}</p>",
            "published": stamp(),
            "to": [],
            **change,
        }
        return self.does("Create", note, to=note["to"], cc=note.get("cc"))

    def answers(self, uri: str, group: str, text: str, public: bool = False, **change: Any) -> Document:
        """A reply: to the Group alone, or for everybody to read."""
        to = {"to": [PUBLIC], "cc": [group]} if public else {"to": [group]}
        mention = {"type": "Mention", "href": group, "name": "@centrum@centrum.example"}
        words = f"@centrum@centrum.example {text}"
        return self.writes(words, inReplyTo=uri, tag=[mention], **{**to, **change})

    async def tells(self, place: Place, activity: Any, **how: Any) -> httpx.Response:
        """Post something to the node's shared inbox, signed by the person."""
        return await by_hand.posted(place, activity, **{"key": self.pen, **how})

    async def follows(self, place: Place) -> Document:
        """Follow the node's Group, and wait for the Accept."""
        follow = self.does("Follow", place.home.actor)
        assert (await self.tells(place, follow)).status_code == 202
        await self.hears("Accept")
        return follow

    async def hears(self, kind: str, number: int = 1) -> Document:
        """The newest activity of this type that came, once there are so many."""
        await until_true(lambda: len(self.heard(kind)) >= number)
        return self.heard(kind)[-1]

    def heard(self, kind: str) -> list[Document]:
        return [said for said in self.got if said["type"] == kind]
