"""Real deliveries of real servers (GoToSocial, Takahē), as they once came in, at the inbox of a node.

The clock stands at the date of each, the node bears the name that they were sent to, and it holds the post
that they are about.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node import clock
from node.acts import posts
from node.federation import inbox
from node.federation.door import Federation, open_door
from node.federation.keys import load_or_make
from node.neighbourhood.node import Area, Follow, Home, NodeKind
from node.neighbourhood.post import Audience, Post
from node.settings import build
from node.storage import accounts, applause, replies
from node.storage import posts as kept_posts
from node.storage.database import Database, Transaction
from node.storage.tables import posts as table
from tests import town
from tests.federation import kept
from tests.federation.by_hand import TYPE
from tests.federation.wire import Exchange, Wire

RECEIVER = "https://misc.test"
NOTE = f"{RECEIVER}/notes/1795352661223968792"


class Rec(Home):
    """The node that the deliveries were sent to: its actor has another path than ours have."""

    @property
    def actor(self) -> str:
        return f"{self.origin}/users/rec"


@dataclass
class Field:
    """That node, with a public notice of its own, and the servers that send."""

    database: Database
    door: Federation
    wire: Wire
    deliveries: dict[str, list[dict[str, Any]]]
    post: Post

    async def deliver(self, delivery: dict[str, Any], body: bytes | None = None) -> httpx.Response:
        """Hand one in exactly as it came, or with another body."""
        headers = [(name.encode(), value.encode()) for name, value in delivery["headers"]]
        raw = body if body is not None else delivery["body"].encode()
        return await self.wire.carried(
            Exchange(delivery["method"], RECEIVER + delivery["path"], headers, raw)
        )

    async def follow(self, actor: str) -> Follow | None:
        found = await self.database.reading(accounts.by_actor, actor)
        return found.their_follow if found else None

    async def heard(self) -> tuple[tuple[int, int], int]:
        """Likes and announces of the notice, and how many replies wait."""
        return await self.database.reading(applause.of_post, self.post.id), await self.database.reading(
            replies.count
        )


@pytest.fixture
async def field(tmp_path: Path, shared: Path) -> AsyncIterator[Field]:
    recorded = json.loads((shared / "vectors/field/deliveries.json").read_text())
    home = Rec(RECEIVER, NodeKind.NEIGHBOURHOOD, "rec", Area("BU00000001", "Rec"))
    async with town.opened(tmp_path, home=home) as database:
        cast = await database.writing(town.people, clock.now() - town.DAY)
        draft = town.tells(audience=Audience.PUBLIC)
        made = await database.writing(posts.post, cast.poster, draft, clock.now())
        await database.writing(_called, made.id)
        post = await database.reading(kept_posts.get, made.id)
        values = {"origin": RECEIVER, "kind": "neighbourhood", "name": "Rec", "area": "BU00000001"}
        wire = Wire()
        door = open_door(database, build(values, tmp_path), load_or_make(tmp_path, home), wire)

        async def take(request: Request) -> Response:
            return await inbox.receive(door, request)

        wire.apps[RECEIVER] = Starlette(routes=[Route("/users/rec/inbox", take, methods=["POST"])])
        for uri, actor in recorded["actors"].items():
            wire.apps[_origin(uri)] = Starlette(routes=[Route("/{path:path}", _serving(actor))])
        yield Field(database, door, wire, recorded["deliveries"], post)
        clock.set_ahead(town.DAY * 0)


def _called(tx: Transaction, post_id: str) -> None:
    tx.run(table.update().where(table.c.id == post_id).values(uri=NOTE))


def _serving(actor: dict[str, Any]) -> Any:
    """Its actor document, at its own address and at that of its key."""

    async def serve(request: Request) -> Response:
        return Response(json.dumps(actor), media_type=TYPE)

    return serve


def _origin(uri: str) -> str:
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def _stand_at(delivery: dict[str, Any]) -> None:
    date = next(value for name, value in delivery["headers"] if name.lower() == "date")
    clock.set_ahead(clock.ahead() + (parsedate_to_datetime(date) - clock.now()))


def _what(delivery: dict[str, Any]) -> tuple[str, str]:
    """The type of an activity, and of what it is about if that is told."""
    said = json.loads(delivery["body"])
    return said["type"], said["object"].get("type", "") if isinstance(said["object"], dict) else ""


def _is_public(note: dict[str, Any]) -> bool:
    said = json.dumps([note.get("to"), note.get("cc")])
    return "as:Public" in said or "#Public" in said


@pytest.mark.parametrize("server", ["gotosocial", "takahe"])
async def test_every_delivery_is_handled_as_its_type_asks_or_dropped(field: Field, server: str) -> None:
    likes, announces, waiting = 0, 0, 0
    for delivery in field.deliveries[server]:
        _stand_at(delivery)
        said = json.loads(delivery["body"])
        kind, thing, actor = said["type"], said.get("object"), said["actor"]
        inner = thing.get("type") if isinstance(thing, dict) else None
        assert (await field.deliver(delivery)).status_code == 202, said
        if kind == "Follow":
            assert await field.follow(actor) is Follow.ACCEPTED
        elif kind == "Block" or (kind, inner) == ("Undo", "Follow"):
            assert await field.follow(actor) is Follow.NONE
        likes = {"Like": 1, "Undo": 0 if inner == "Like" else likes}.get(kind, likes)
        announces = {"Announce": 1, "Undo": 0 if inner == "Announce" else announces}.get(kind, announces)
        if kind == "Create" and isinstance(thing, dict):
            answers = thing.get("inReplyTo") == NOTE
            to_us = f"{RECEIVER}/users/rec" in json.dumps([thing.get("to"), thing.get("cc")])
            waiting += answers or (to_us and not _is_public(thing))
        assert await field.heard() == ((likes, announces), waiting), said


@pytest.mark.parametrize("server", ["gotosocial", "takahe"])
async def test_with_one_byte_changed_nothing_is_believed_and_nothing_stored(
    field: Field, server: str
) -> None:
    before = await field.database.reading(kept.rows, set())
    for delivery in field.deliveries[server]:
        _stand_at(delivery)
        body = delivery["body"].encode()
        middle = len(body) // 2
        spoiled = body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]
        assert (await field.deliver(delivery, spoiled)).status_code == 401
    assert await field.database.reading(kept.rows, set()) == before


async def test_the_same_request_once_more_does_nothing_again(field: Field) -> None:
    sent = {_what(each): each for each in reversed(field.deliveries["gotosocial"])}
    follow, undo = sent["Follow", ""], sent["Undo", "Follow"]
    for delivery in (follow, undo, follow):
        _stand_at(delivery)
        assert (await field.deliver(delivery)).status_code == 202
    assert await field.follow(json.loads(follow["body"])["actor"]) is Follow.NONE
