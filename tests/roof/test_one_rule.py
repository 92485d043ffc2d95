"""Who may see what: pages, API, lists, feeds and collections all say what the one rule says, to everybody."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from node.acts import residents
from node.clock import now
from node.neighbourhood.audience import may_hold, may_see
from node.neighbourhood.post import ANSWERABLE, PRIVATE, Audience, Kind, Post, State
from node.neighbourhood.resident import Resident
from node.storage import access, posts
from node.storage.database import Transaction
from node.ui.session import cookie
from tests import town
from tests.roof.test_app import built, of_node

STANDINGS = ("stranger", "outsider", "poster", "helper", "broker", "supervisor", "connector", "operator")
FOLDERS = {kind: f"{kind}s" for kind in Kind}


@dataclass
class World:
    """A node with a post for every state, audience and home, and everybody who may look."""

    app: Starlette
    directory: Path
    cast: town.Cast
    posts: list[Post]
    sessions: dict[str, str]
    tokens: dict[str, str]

    def who(self, standing: str) -> Resident | None:
        return None if standing == "stranger" else self.cast.all()[standing]

    @asynccontextmanager
    async def client(self, standing: str) -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(self.app, client=("192.0.2.9", 1))
        client = httpx.AsyncClient(transport=transport, base_url="https://centrum.example")
        if standing != "stranger":
            client.cookies.set(cookie(of_node(self.directory), "session"), self.sessions[standing])
            client.headers["authorization"] = f"Bearer {self.tokens[standing]}"
        async with client:
            yield client

    def seen_by(self, standing: str) -> set[str]:
        """What the rule says, by title: each post has one of its own."""
        return {post.title for post in self.posts if may_see(self.who(standing), post, now())}


def _build(tx: Transaction) -> tuple[town.Cast, list[Post], dict[str, str], dict[str, str]]:
    at, cast = now(), town.people(tx)
    node, made = town.neighbour(tx), []
    for number, (state, audience, home) in enumerate(product(State, Audience, [None, node.id])):
        kind = list(Kind)[number % 4]
        event = {"starts": at + town.DAY, "place": "Buurthuis"} if kind is Kind.EVENT else {}
        name = f"{number:032}"
        post = town.a_post(
            id=name,
            uri=tx.home.uri("o", name) if home is None else f"{node.origin}/ap/o/{name}",
            kind=kind,
            title=f"Bericht nummer {number:03}",
            state=state,
            audience=audience,
            node_id=home,
            author=cast.poster.id if home is None else None,
            created=at,
            updated=at,
            expires=at + 2 * town.DAY,
            **event,
        )
        posts.add(tx, post)
        made.append(post)
    hidden = replace(
        made[23], id="9" * 32, uri=f"{node.origin}/ap/o/hidden", hidden=True, title="Verborgen hier"
    )
    assert hidden.state is State.OPEN  # all could see it, if nobody had hidden it here
    posts.add(tx, hidden)
    sessions, tokens = {}, {}
    for part, person in cast.all().items():
        sessions[part] = f"session of {part}"
        access.add_session(tx, sessions[part], person.id, at + town.DAY, at)
        tokens[part] = residents.make_token(tx, person, "test", at)
    return cast, [*made, hidden], sessions, tokens


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    directory = tmp_path_factory.mktemp("node")
    async with town.opened(directory) as database:
        cast, made, sessions, tokens = await database.writing(_build)
        yield World(built(database, directory), directory, cast, made, sessions, tokens)


def titles(text: str) -> set[str]:
    return set(re.findall(r"Bericht nummer \d{3}|Verborgen hier", text))


@pytest.mark.parametrize("standing", STANDINGS)
async def test_one_post(world: World, standing: str) -> None:
    """Its page and its JSON are there for exactly whoever may see it; for others they are not there."""
    seen = world.seen_by(standing)
    async with world.client(standing) as client:
        for post in world.posts:
            page = await client.get(f"/o/{post.id}")
            item = await client.get(f"/api/v1/{FOLDERS[post.kind]}/{post.id}")
            expected = 200 if post.title in seen else 404
            assert (page.status_code, item.status_code) == (expected, expected), (post.state, post.audience)
            if expected == 404:
                assert post.title not in page.text + item.text


@pytest.mark.parametrize("standing", STANDINGS)
async def test_lists_of_the_api(world: World, standing: str) -> None:
    seen, found = world.seen_by(standing), set[str]()
    async with world.client(standing) as client:
        for folder in FOLDERS.values():
            query: dict[str, Any] = {"limit": 50}
            while True:
                answer = (await client.get(f"/api/v1/{folder}", params=query)).json()
                found |= {post["title"] for post in answer["items"]}
                if answer["next"] is None:
                    break
                query["cursor"] = answer["next"]
    assert found == seen


@pytest.mark.parametrize("standing", STANDINGS)
async def test_pages_with_lists_show_nothing_more(world: World, standing: str) -> None:
    seen, found = world.seen_by(standing), set[str]()
    async with world.client(standing) as client:
        for path in ("/", "/requests", "/offers", "/notices", "/events", "/agenda", "/mine", "/districts"):
            for show in ("", "?show=all"):
                found |= titles((await client.get(path + show)).text)
    assert found <= seen
    assert found


@pytest.mark.parametrize("standing", STANDINGS)
async def test_v04_who_searches_finds_what_they_may_read_no_more(world: World, standing: str) -> None:
    """On the page and in the API, by a long word and by a short one, however narrow: each has what the rule
    shows them, but for what is expired or out of sight, which is in no index."""
    seen = world.seen_by(standing)
    gone = PRIVATE | {State.EXPIRED}
    indexed = {post.title for post in world.posts if post.state not in gone and not post.hidden}
    async with world.client(standing) as client:
        for typed in ("bericht nummer", "nu", "verborgen"):
            found = set[str]()
            for folder in FOLDERS.values():
                query: dict[str, Any] = {"limit": 100, "q": typed}
                answer = (await client.get(f"/api/v1/{folder}", params=query)).json()
                found |= {post["title"] for post in answer["items"]}
            assert found == (seen & indexed if typed != "verborgen" else set())
            for show in ("", "&show=all", "&kind=event", "&where=here", "&where=near", "&category=dier"):
                page = (await client.get(f"/posts?q={typed}{show}")).text
                assert found_in(page) <= seen & indexed
        assert found_in((await client.get("/posts?q=bericht&show=all")).text)


def found_in(page: str) -> set[str]:
    """The titles on a page on which the words are marked."""
    return titles(re.sub(r"</?mark>", "", page))


@pytest.mark.parametrize("standing", STANDINGS)
@pytest.mark.parametrize(
    "path", ["/feed.atom", "/feeds/notices.atom", "/feeds/boodschappen.atom", "/agenda.ics", "/widget"]
)
async def test_what_others_embed_is_public_whoever_asks(world: World, standing: str, path: str) -> None:
    async with world.client(standing) as client:
        found = titles((await client.get(path)).text)
    assert found <= world.seen_by("stranger")
    assert found


async def test_collections_and_objects_for_strangers(world: World) -> None:
    own = [post for post in world.posts if post.own]
    async with world.client("stranger") as client:
        for post in own:
            answer = await client.get(f"/ap/o/{post.id}", headers={"accept": "application/activity+json"})
            assert answer.status_code == (200 if may_hold(None, post) else 404)
        uri, found = "/ap/buurt/centrum/outbox?before=", set[str]()
        while uri:
            page = (await client.get(uri)).json()
            found |= {create["object"]["name"] for create in page["orderedItems"]}
            uri = page.get("next", "").removeprefix("https://centrum.example")
    running = (*ANSWERABLE, State.AGREED)
    assert found == {post.title for post in own if may_hold(None, post) and post.state in running}
